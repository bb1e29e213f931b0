"""Numbers in the query of an address; one that is none is as if it were not there. And addresses in rows."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from django.urls import reverse


def number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def numbers(text: str) -> list[int]:
    return [found for part in text.split(",") if (found := number(part)) is not None]


def addresses_of(page: str, *others: int, query: str = "") -> Callable[[int | str], str]:
    """The address of a page that each of many things has, by its id or code; looked up once for all of them.

    `others`: what stands before that in the address.
    """
    before, after = reverse(page, args=[*others, 0]).rsplit("0", 1)
    return lambda last: f"{before}{quote(str(last))}{after}{query}"
