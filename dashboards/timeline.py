"""The waves that a figure can be compared with: those of the same cycle, before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from surveys.models import Wave

YEAR = timedelta(days=365)
ABOUT = timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The wave on the page is the last; waves of other cycles asked other people other questions."""

    waves: list[Wave]

    @property
    def wave(self) -> Wave:
        return self.waves[-1]

    @property
    def before(self) -> Wave | None:
        return self.waves[-2] if len(self.waves) > 1 else None

    @property
    def year_before(self) -> Wave | None:
        """The wave that closed about a year before, if there is one."""
        then = self.wave.closes_at - YEAR
        nearest = min(self.waves, key=lambda wave: abs(wave.closes_at - then))
        return nearest if abs(nearest.closes_at - then) <= ABOUT else None


def timeline(waves: Sequence[Wave], wave_id: int | None) -> Timeline:
    """Up to the wave with this id, or else the newest; `waves` are not empty, the oldest first.

    A wave of a journey is about the few who came or left: it is chosen only where there is no other.
    """
    usual = [wave for wave in waves if not wave.is_journey] or waves
    chosen = next((wave for wave in waves if wave.pk == wave_id), usual[-1])
    until = waves[: waves.index(chosen) + 1]
    return Timeline([wave for wave in until if wave.cycle_id == chosen.cycle_id])
