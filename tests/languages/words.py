"""Plain English in what should be in the pseudo-language: texts that nobody marked for translation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

from django.apps import apps
from django.db import models

OURS = ("accounts", "orgunits", "surveys", "results", "actions")
READ_OUT = {"aria-label", "title", "placeholder", "alt", "data-label", "content"}
NOT_FOR_PEOPLE = {"script", "style", "code", "svg"}
EMPTY = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
# Letters in the pseudo-language are all accented, so a plain one is not of it.
PLAIN_WORD = re.compile(r"(?<![^\W\d_])[A-Za-z]{2,}(?![^\W\d_])")
LINK = re.compile(r"https?://\S+")
ADDRESS = re.compile(r"\S+@\S+|/\w[\w/.?=&#-]*|\S+\.(?:csv|xlsx|pdf)\b")
PLACEHOLDER = re.compile(r"\{\w+\}")  # in words of a mail
LINE_OR_MASK = re.compile(r"\n+|\[…[^\]]*\]")  # of a comment
CODE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b|\b[A-Z2-7]{32}\b")  # to sign in, or of a second factor
NAMES = {"Polsslag", "Nederlands", "English", "CSV", "XLSX", "PDF", "QR", "testserver", "NL", "EN"}
NAMES |= {"Excel", "PowerPoint"}


class Visible(HTMLParser):
    """Lines that people see or hear; without what says that it is in another language, such as its name."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language
        self.lines: list[str] = []
        self.inside: list[tuple[str, bool]] = []

    @property
    def hidden(self) -> bool:
        return any(hidden for _tag, hidden in self.inside)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        hidden = tag in NOT_FOR_PEOPLE or given.get("lang", self.language) != self.language
        if not (hidden or self.hidden):
            self.lines += [value for name, value in given.items() if name in READ_OUT and tag != "meta"]
        if tag not in EMPTY:
            self.inside.append((tag, hidden))

    def handle_endtag(self, tag: str) -> None:
        if tag in {one for one, _hidden in self.inside}:
            while self.inside.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.lines.append(" ".join(data.split()))


def visible(html: str, language: str) -> list[str]:
    parser = Visible(language)
    parser.feed(html)
    return [line for line in parser.lines if line]


def language_of(html: str) -> str:
    found = re.search(r'<html lang="([\w-]+)"', html)
    return found[1] if found else ""


def values_in_tables() -> Iterator[str]:
    """What people, imports and the bank of questions filled in, which nobody translates."""
    for model in (model for name in OURS for model in apps.get_app_config(name).get_models()):
        for field in model._meta.get_fields():
            if isinstance(field, models.CharField | models.TextField) and not field.choices:
                for text in model._default_manager.values_list(field.name, flat=True).distinct():
                    yield from LINE_OR_MASK.split(text or "")
            elif isinstance(field, models.JSONField):
                whole = field.name == "options"  # of a question: texts of the bank
                for value in model._default_manager.values_list(field.name, flat=True).distinct():
                    yield from words_in(value, whole=whole)


def words_in(value: object, *, whole: bool = False) -> Iterator[str]:
    """Single ones, such as names and those of columns: what is said about them are texts of the product.

    `whole`: sentences too.
    """
    if isinstance(value, str) and (whole or " " not in value):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from words_in(one, whole=whole)


class Leftovers:
    def __init__(self, data: Iterable[str], names: Iterable[str] = NAMES) -> None:
        known = {" ".join(text.split()) for text in [*data, *names] if text and PLAIN_WORD.search(text)}
        longest_first = sorted(known, key=len, reverse=True)
        self.known = re.compile("|".join(rf"(?<!\w){re.escape(text)}(?!\w)" for text in longest_first))

    def in_lines(self, lines: Iterable[str]) -> list[str]:
        return sorted({line for line in lines if self.words(line)})

    def words(self, line: str) -> list[str]:
        if not PLAIN_WORD.search(line):  # most lines: trying all that is known takes long
            return []
        without_known = self.known.sub(" ", LINK.sub(" ", line))
        for not_words in (ADDRESS, PLACEHOLDER, CODE):
            without_known = not_words.sub(" ", without_known)
        return PLAIN_WORD.findall(without_known)
