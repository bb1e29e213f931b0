"""Finds English texts of the product, of Django and of allauth on a page that should be Dutch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import allauth
import django
from babel.messages.pofile import read_po

from listening.translations import FILES

FOLDERS = [
    FILES,
    Path(django.__file__).parent / "conf/locale",
    Path(django.__file__).parent / "contrib/auth/locale",
    Path(allauth.__file__).parent / "locale",
]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
NAMES_OF_LANGUAGES = {"English"}  # each language is named in itself
WORDS_OF_A_PHRASE = 3  # shorter texts must be the whole line: "open" and "name" are also parts of Dutch ones


def english_in(lines: Iterable[str]) -> list[str]:
    clean = {" ".join(line.split()) for line in lines} - NAMES_OF_LANGUAGES
    return sorted(line for line in clean if any(pattern.search(line) for pattern in english()))


@cache
def english() -> tuple[re.Pattern[str], ...]:
    texts = {text for folder in FOLDERS for text in translated(folder / "nl/LC_MESSAGES/django.po")}
    with_words = (text for text in sorted(texts) if re.search(r"[a-z]{3}", PLACEHOLDER.sub("", text)))
    return tuple(pattern_of(text) for text in with_words)


def translated(path: Path) -> Iterator[str]:
    """The English of what reads differently in Dutch."""
    with path.open("rb") as file:
        catalog = read_po(file, locale="nl")
    for message in catalog:
        pairs = zip(as_list(message.id), as_list(message.string), strict=False)
        yield from (english for english, dutch in pairs if english and english.lower() != str(dutch).lower())


def as_list(text: object) -> list[str]:
    return [str(one) for one in text] if isinstance(text, list | tuple) else [str(text)]


def pattern_of(text: str) -> re.Pattern[str]:
    parts = [re.escape(part) for part in PLACEHOLDER.split(" ".join(text.split()))]
    words = PLACEHOLDER.sub(" ", text).split()
    pattern = ".+?".join(parts)
    return re.compile(pattern if len(words) >= WORDS_OF_A_PHRASE else rf"\A{pattern}\Z")
