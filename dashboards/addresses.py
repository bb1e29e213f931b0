"""Numbers in the query of an address; one that is none is as if it were not there."""

from __future__ import annotations


def number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def numbers(text: str) -> list[int]:
    return [found for part in text.split(",") if (found := number(part)) is not None]
