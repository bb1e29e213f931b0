from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import date_format

from surveys.models import Wave

SHOWN = 6


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    current: bool
    count: int | None = None


def wave_tabs(waves: Sequence[Wave], current: Wave) -> list[Tab]:
    """The newest waves, newest first, and always the one on the page."""
    newest = list(waves[-SHOWN:])
    if current not in newest:
        newest[0] = current
    return [
        Tab(date_format(wave.closes_at, "j M Y"), f"?wave={wave.pk}", wave == current)
        for wave in newest[::-1]
    ]
