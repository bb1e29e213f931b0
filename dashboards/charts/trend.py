"""The course of one figure over time, beside a reference, with its uncertainty and what happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil, floor
from typing import Protocol

from dashboards.change import margin
from dashboards.charts.line import height, shown, stretches
from results.figures import Figure, Shown

WIDTH, HEIGHT = 400, 190
LEFT, RIGHT, TOP, BOTTOM = 36, 376, 14, 158
FEW = 8  # up to this many waves every point has its number
DAYS_NAMED = 5  # below the axis
LEAST_RANGE = 0.5  # of the scale: two points of five


class Estimated(Protocol):
    @property
    def mean(self) -> float: ...
    @property
    def margin(self) -> float: ...


class Marked(Protocol):
    @property
    def number(self) -> int: ...
    @property
    def day(self) -> date: ...


@dataclass(frozen=True, slots=True)
class TimeFrame:
    """Where values lie in the drawing: x by day, so that equal distances are equal times; y by value."""

    first: date
    last: date
    lowest: float
    highest: float

    def x(self, day: date) -> int:
        whole = (self.last - self.first).days
        return round(LEFT + (RIGHT - LEFT) * ((day - self.first).days / whole if whole else 0.5))

    def y(self, value: float) -> int:
        return height(value, self.lowest, self.highest, TOP, BOTTOM)

    def path(self, days: Sequence[date], figures: Sequence[Figure]) -> str:
        """Interrupted where no figure is shown."""
        return " ".join(
            "M" + " L".join(f"{self.x(days[place])} {self.y(figure.mean)}" for place, figure in stretch)
            for stretch in stretches(figures)
        )

    def outline(self, points: Sequence[tuple[date, float, float]]) -> str:
        """Round points with a margin: day, value, half the width."""
        above = [f"{self.x(day)} {self.y(value + half)}" for day, value, half in points]
        below = [f"{self.x(day)} {self.y(value - half)}" for day, value, half in points]
        return "M" + " L".join([*above, *below[::-1]]) + " Z"


@dataclass(frozen=True, slots=True)
class GridLine:
    y: int
    label: float


@dataclass(frozen=True, slots=True)
class Point:
    """`below`: whether the number stands under the point, out of the way of the reference."""

    x: int
    y: int
    value: float
    below: bool
    named: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """Figures of another unit on the same days. `kind`: of its line, as the style sheet names it."""

    label: str
    figures: Sequence[Figure]
    kind: str = "reference"


@dataclass(frozen=True, slots=True)
class Reference:
    label: str
    path: str
    kind: str


@dataclass(frozen=True, slots=True)
class DayMark:
    x: int
    day: date


@dataclass(frozen=True, slots=True)
class NumberedMark:
    """`numbers`: of all that happened there."""

    x: int
    numbers: str


@dataclass(frozen=True, slots=True)
class Before:
    """The history of the units that this one came from: an estimate."""

    path: str
    band: str


@dataclass(frozen=True, slots=True)
class TrendRow:
    """The same as text. `beside`: as `Trend.beside`; `estimate`: of a reorganised unit's history."""

    day: date
    figure: Figure
    beside: Sequence[Figure]
    estimate: Estimated | None = None


@dataclass(frozen=True, slots=True)
class Trend:
    """`band` runs round the line, as wide as the uncertainty of its figures. `rows`: the newest first.

    `beside`: what it is compared with and can be shown, the whole last.
    """

    title: str
    label: str
    width: int
    height: int
    grid: list[GridLine]
    band: str
    path: str
    points: list[Point]
    beside: list[Reference]
    days: list[DayMark]
    rows: list[TrendRow]
    before: Before | None = None
    withheld: list[int] = field(default_factory=list)
    marks: list[NumberedMark] = field(default_factory=list)


def trend(
    title: str,
    days: Sequence[date],
    figures: Sequence[Figure],
    *,
    label: str,
    beside: Sequence[Beside] = (),
    common: tuple[float, float] = (0.0, 1.0),
    estimates: Sequence[Estimated | None] = (),
    marks: Sequence[Marked] = (),
) -> Trend | None:
    """`days` of closing, the oldest first. `common`: range of all trends on a page, in parts of the scale.

    None with fewer than two figures: one point is no line.
    """
    scale, beside = shown(figures), [one for one in beside if shown(one.figures)]
    guessed = [(day, one) for day, one in zip(days, estimates, strict=False) if one]
    if not scale or len(scale) + len(guessed) < 2:
        return None
    lowest, highest = range_on_scale(scale[0], common)
    frame = TimeFrame(days[0], days[-1], lowest, highest)
    return Trend(
        title=title,
        label=label,
        width=WIDTH,
        height=HEIGHT,
        grid=[GridLine(frame.y(value), value) for value in grid_of(lowest, highest)],
        band=" ".join(
            frame.outline([(days[place], one.mean, margin(one)) for place, one in stretch])
            for stretch in stretches(figures)
        ),
        path=frame.path(days, figures),
        points=_points(frame, days, figures, beside),
        beside=[Reference(one.label, frame.path(days, one.figures), one.kind) for one in beside],
        days=_days(frame, days),
        rows=_rows(days, figures, beside, estimates)[::-1],
        before=_before(frame, guessed),
        withheld=[frame.x(day) for day, one in zip(days, figures, strict=True) if not isinstance(one, Shown)],
        marks=_marks(frame, days, marks),
    )


def range_on_scale(figure: Shown, common: tuple[float, float]) -> tuple[float, float]:
    """In points, on whole or half ones, within the scale and at least half of it."""
    points = figure.highest - figure.lowest
    step = 0.5 if points <= 4 else 1.0
    steps = round(points / step)
    first, last = max(floor(common[0] * steps), 0), min(ceil(common[1] * steps), steps)
    width = max(last - first, ceil(LEAST_RANGE * steps))
    first = min(max(first - (width - (last - first)) // 2, 0), steps - width)
    return figure.lowest + first * step, figure.lowest + (first + width) * step


def grid_of(lowest: float, highest: float) -> list[float]:
    step = 0.5 if highest - lowest < 3 else 1 if highest - lowest <= 5 else 2
    return [lowest + step * number for number in range(int((highest - lowest) / step) + 1)]


def _marks(frame: TimeFrame, days: Sequence[date], marks: Sequence[Marked]) -> list[NumberedMark]:
    numbers: defaultdict[int, list[str]] = defaultdict(list)
    for one in marks:
        numbers[frame.x(min(max(one.day, days[0]), days[-1]))].append(str(one.number))
    return [NumberedMark(x, ", ".join(there)) for x, there in numbers.items()]


def _before(frame: TimeFrame, guessed: Sequence[tuple[date, Estimated]]) -> Before | None:
    if not guessed:
        return None
    path = "M" + " L".join(f"{frame.x(day)} {frame.y(one.mean)}" for day, one in guessed)
    return Before(path, frame.outline([(day, one.mean, one.margin) for day, one in guessed]))


def _points(
    frame: TimeFrame, days: Sequence[date], figures: Sequence[Figure], beside: Sequence[Beside]
) -> list[Point]:
    whole: Sequence[Figure | None] = beside[-1].figures if beside else [None] * len(figures)
    places = [place for place, figure in enumerate(figures) if isinstance(figure, Shown)]
    named = places if len(figures) <= FEW else [places[0], places[-1]]
    return [
        Point(
            x=frame.x(days[place]),
            y=frame.y(figure.mean),
            value=figure.mean,
            below=isinstance(other, Shown) and other.mean > figure.mean,
            named=place in named,
        )
        for place, (figure, other) in enumerate(zip(figures, whole, strict=True))
        if isinstance(figure, Shown)
    ]


def _days(frame: TimeFrame, days: Sequence[date]) -> list[DayMark]:
    """The first, the last and some between them at equal distances."""
    gaps = min(DAYS_NAMED, len(days)) - 1
    places = sorted({round(number * (len(days) - 1) / gaps) for number in range(gaps + 1)})
    return [DayMark(frame.x(days[place]), days[place]) for place in places]


def _rows(
    days: Sequence[date],
    figures: Sequence[Figure],
    beside: Sequence[Beside],
    estimates: Sequence[Estimated | None],
) -> list[TrendRow]:
    guessed: Sequence[Estimated | None] = estimates or [None] * len(days)
    return [
        TrendRow(day, figure, [one.figures[place] for one in beside], guess)
        for place, (day, figure, guess) in enumerate(zip(days, figures, guessed, strict=True))
    ]
