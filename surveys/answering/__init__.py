"""Answering by a personal link: no account, one page, and nothing kept that ties an answer to a person."""
