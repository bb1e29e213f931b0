from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from results.figures import Figure, Shown

Direction = Literal["up", "down", "same"]


@dataclass(frozen=True, slots=True)
class Change:
    """The difference between two figures as a reader sees them, so after rounding to one decimal."""

    direction: Direction
    size: float


def change(now: Figure, before: Figure) -> Change | None:
    if not isinstance(now, Shown) or not isinstance(before, Shown) or now.highest != before.highest:
        return None
    difference = round(round(now.mean, 1) - round(before.mean, 1), 1)
    if not difference:
        return Change("same", 0.0)
    return Change("up" if difference > 0 else "down", abs(difference))
