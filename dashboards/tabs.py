from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.timezone import localdate

from dashboards.days import in_short
from surveys.models import Wave

SHOWN = 6


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    current: bool
    count: int | None = None


def _only_the_wave(*, wave_id: int) -> str:
    return f"?wave={wave_id}"


def wave_tabs(waves: Sequence[Wave], current: Wave, query: Callable[..., str] = _only_the_wave) -> list[Tab]:
    """The newest waves, newest first; always the one on the page, and the last of each journey.

    `query` gives the address of the page with another `wave_id`.
    """
    newest = list(waves[-SHOWN:])
    if current not in newest:
        newest[0] = current
    journeys = {wave.cycle_id: wave for wave in waves if wave.is_journey}
    newest = [*(wave for wave in journeys.values() if wave not in newest), *newest]
    usual, _times = Counter(wave.cycle_id for wave in newest).most_common(1)[0]
    return [
        Tab(_label(wave, named=wave.cycle_id != usual), query(wave_id=wave.pk), wave == current)
        for wave in newest[::-1]
    ]


def _label(wave: Wave, *, named: bool) -> str:
    day = in_short(localdate(wave.closes_at))
    return f"{day}, {wave.name}" if named else day
