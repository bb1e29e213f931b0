"""Numbers in the query of an address; one that is none is as if it were not there. And units' addresses."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse


def number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def numbers(text: str) -> list[int]:
    return [found for part in text.split(",") if (found := number(part)) is not None]


def addresses_of_units(query: str) -> Callable[[int], str]:
    """The address of the page of each unit."""
    address = addresses_of("unit")
    return lambda unit_id: f"{address(unit_id)}{query}"


def addresses_of(page: str) -> Callable[[int], str]:
    """By id, the address of a page that each of many things has; it is looked up once for all of them."""
    before, after = reverse(page, args=[0]).rsplit("0", 1)
    return lambda pk: f"{before}{pk}{after}"
