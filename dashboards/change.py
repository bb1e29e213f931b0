from __future__ import annotations

from math import ceil, sqrt
from typing import Literal, NamedTuple

from dashboards.rounding import as_shown
from results.figures import SPREAD, Figure, Shown

Direction = Literal["up", "down", "same"]

CONFIDENCE = 1.96  # 95 of 100 differences by chance alone stay within this many standard errors


class Change(NamedTuple):
    """The difference between two figures as a reader sees them, so after rounding to one decimal.

    `clear`: larger than chance would easily give with so few answers.
    """

    direction: Direction
    size: float
    clear: bool = True


def change(now: Figure, before: Figure) -> Change | None:
    if not isinstance(now, Shown) or not isinstance(before, Shown) or now.highest != before.highest:
        return None
    difference = round(as_shown(now.mean) - as_shown(before.mean), 1)
    if not difference:
        return Change("same", 0.0, clear=False)
    clear = abs(now.mean - before.mean) > margin_between(now, before)
    return Change("up" if difference > 0 else "down", abs(difference), clear)


def margin(figure: Shown, *, people: int | None = None) -> float:
    """Half the width of the 95 % interval of a figure, in points of its scale.

    `people`: how many of its answers it stands for; all of them when that is not said.
    """
    return (
        CONFIDENCE * SPREAD * (figure.highest - figure.lowest) / sqrt(figure.n if people is None else people)
    )


def margin_between(now: Shown, before: Shown) -> float:
    """The same for the difference of two figures; too wide rather than too narrow, as many answer twice."""
    return sqrt(margin(now) ** 2 + margin(before) ** 2)


def smallest_clear_change(figure: Shown) -> float:
    """Between two waves with as many answers as this figure, as a reader sees it."""
    return ceil(10 * margin_between(figure, figure)) / 10
