"""Themes below each other, each with its own figure as a dot between what it stands beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from results.figures import Figure, Shown

WIDTH, LEFT, RIGHT = 520, 190, 470
TOP, ROW = 26, 24
LONGEST = 34  # characters of a name


@dataclass(frozen=True, slots=True)
class DotRow:
    """`own`, `above` and `whole`: where they lie from left to right, None for what is not shown."""

    name: str
    y: int
    mean: float | None
    own: int | None
    above: int | None
    whole: int | None


@dataclass(frozen=True, slots=True)
class Dots:
    width: int
    height: int
    left: int
    right: int
    ticks: list[tuple[int, int]]  # where, and which number
    rows: list[DotRow]


Line = tuple[str, Figure, Figure | None, Figure | None]  # name, own, above, whole


def dots(lines: Sequence[Line], lowest: int, highest: int) -> Dots:
    def x(figure: Figure | None) -> int | None:
        if not isinstance(figure, Shown):
            return None
        part = (figure.mean - lowest) / (highest - lowest)
        return round(LEFT + (RIGHT - LEFT) * part)

    rows = [
        DotRow(
            name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…",
            TOP + ROW * place,
            own.mean if isinstance(own, Shown) else None,
            x(own),
            x(above),
            x(whole),
        )
        for place, (name, own, above, whole) in enumerate(lines)
    ]
    step = 1 if highest - lowest <= 5 else 2
    ticks = [
        (round(LEFT + (RIGHT - LEFT) * (mark - lowest) / (highest - lowest)), mark)
        for mark in range(lowest, highest + 1, step)
    ]
    return Dots(WIDTH, TOP + ROW * len(rows), LEFT, RIGHT, ticks, rows)
