"""A language for testing: the English texts, accented, a third longer, and between ‹ and ›.

On a page in it, plain English is a text that nobody marked for translation, and what does not fit will not
fit in German either. Holds Django's and allauth's texts too, so that these do not count as forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import allauth
import django
from babel.messages import Catalog
from babel.messages.pofile import read_po

PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Only what the fonts of the letters have too.
ACCENTED = "áƀçđéƒĝĥíĵķļɱñóþɋŕšţúʋŵẋýžÁßÇĐÉƑĜĤÍĴĶĻṂÑÓÞɊŔŠŢÚƲŴẊÝŽ"
TO_ACCENTED = str.maketrans(PLAIN, ACCENTED)
VOWELS = "áéíóúý"
KEPT = re.compile(r"%\(\w+\)[a-z]|%[a-z%]|\{\w*\}|<[^>]+>|&#?\w+;|https?://\S+")
WORD = re.compile(r"[^\W\d_]{3,}")
DATE_FORMAT = re.compile(r"(?:[A-Za-z](?![A-Za-z])|\\.|[ ,.:/])+")  # such as "l j F Y, H:i"
SINGLE_WORDS = {"a", "A", "I"}
LONGER = 0.3


def pseudo_catalog(used: Catalog) -> Catalog:
    catalog = Catalog(locale="en", header_comment=f"# Name: {pseudo('Pseudo')}", fuzzy=False)
    for source in (used, *others()):
        for message in source:
            if message.id:
                catalog.add(message.id, plural(message.id), context=message.context)
    return catalog


def others() -> Iterator[Catalog]:
    packages = Path(django.__file__).parent, Path(allauth.__file__).parent
    for package in packages:
        for path in sorted(package.rglob("locale/en/LC_MESSAGES/django.po")):
            with path.open("rb") as file:
                yield read_po(file, locale="en")


def plural(text: str | tuple[str, ...] | list[str]) -> str | tuple[str, ...]:
    return pseudo(text) if isinstance(text, str) else tuple(map(pseudo, text))


def pseudo(text: str) -> str:
    if is_date_format(text):
        return text
    between = KEPT.split(text)
    kept = [*KEPT.findall(text), ""]
    body = "".join(longer(part.translate(TO_ACCENTED)) + own for part, own in zip(between, kept, strict=True))
    # A text that ends a line must go on to do so: gettext wants it.
    return f"‹{body}›" if not text.endswith("\n") else f"‹{body[:-1]}›\n"


def is_date_format(text: str) -> bool:
    """What is not a text for people but says how a day is written."""
    return bool(DATE_FORMAT.fullmatch(text)) and text not in SINGLE_WORDS and any(map(str.isalpha, text))


def longer(text: str) -> str:
    return WORD.sub(lambda word: stretched(word[0]), text)


def stretched(word: str) -> str:
    """A vowel of it held: the word itself gets longer, as a compound does, not only the sentence."""
    more = round(len(word) * LONGER)
    place = next((place for place, letter in enumerate(word) if letter in VOWELS), len(word) - 1)
    return word[: place + 1] + word[place] * more + word[place + 1 :]
