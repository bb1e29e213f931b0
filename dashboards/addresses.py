"""Numbers in the query of an address; one that is none is as if it were not there. And addresses in rows."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from django.urls import reverse


def number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def numbers(text: str) -> list[int]:
    return [found for part in text.split(",") if (found := number(part)) is not None]


def addresses_of_units(query: str = "") -> Callable[[int], str]:
    """The address of the page of each unit, which is looked up once for all of them."""
    address = _addresses("unit", query=query)
    return lambda unit_id: address(str(unit_id))


def addresses_of_themes(name: str, unit_id: int, query: str = "") -> Callable[[str], str]:
    """The same of pages with this name about each theme of a unit, by the theme's code."""
    return _addresses(name, unit_id, query=query)


def _addresses(name: str, *others: int, query: str) -> Callable[[str], str]:
    """With each last argument."""
    before, after = reverse(name, args=[*others, 0]).rsplit("0", 1)
    return lambda last: f"{before}{quote(last)}{after}{query}"
