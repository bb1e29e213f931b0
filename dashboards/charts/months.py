"""A figure per month as SVG geometry in whole units, beside that of the whole organisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, log10

from django.template.defaultfilters import floatformat
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from dashboards.charts.line import Frame, path

WIDTH, HEIGHT = 400, 150
LEFT, RIGHT, TOP, BOTTOM = 44, 376, 14, 118
MONTHS_NAMED = 5
LINES = 4
ROW = '<tr><th scope="row">{}</th>{}</tr>'
CELL = '<td class="table__number">{}</td>'


@dataclass(frozen=True, slots=True)
class MonthMark:
    x: int
    month: date


@dataclass(frozen=True, slots=True)
class Level:
    y: int
    value: float


@dataclass(frozen=True, slots=True)
class MonthChart:
    """`rows`: the same as rows of a table, the newest first. `decimals`: of the levels."""

    width: int
    height: int
    levels: list[Level]
    decimals: int
    path: str
    whole: str
    months: list[MonthMark]
    rows: SafeString


def month_chart(
    months: Sequence[date], values: Mapping[date, float], whole: Mapping[date, float] | None = None
) -> MonthChart | None:
    """`months`: all of them, without gaps. None with fewer than two values: one point is no line."""
    if len(values) < 2:
        return None
    lines = [values] if whole is None else [values, whole]
    step, lowest, highest = _range([value for line in lines for value in line.values()])
    frame = Frame(LEFT, RIGHT, TOP, BOTTOM, lowest, highest)
    levels = [lowest + step * number for number in range(round((highest - lowest) / step) + 1)]
    decimals = max(-floor(log10(step)), 0)
    return MonthChart(
        width=WIDTH,
        height=HEIGHT,
        levels=[Level(frame.y(level), level) for level in levels],
        decimals=decimals,
        path=_path(frame, months, values),
        whole=_path(frame, months, whole or {}),
        months=_marks(frame, months),
        rows=_rows(months[::-1], lines, max(decimals, 1)),
    )


def _range(values: Sequence[float]) -> tuple[float, float, float]:
    """A round step, and the range that it makes around the values."""
    least, most = min(values), max(values)
    spread = most - least or abs(most) or 1.0
    rough = spread / LINES
    size = 10.0 ** floor(log10(rough))
    step = next(size * part for part in (1, 2, 5, 10) if size * part >= rough)
    lowest, highest = floor(least / step) * step, ceil(most / step) * step
    return step, lowest, max(highest, lowest + step)


def _path(frame: Frame, months: Sequence[date], values: Mapping[date, float]) -> str:
    """Interrupted where a month has no value."""
    return path(
        (frame.x(place, len(months)), frame.y(values[month])) if month in values else None
        for place, month in enumerate(months)
    )


def _marks(frame: Frame, months: Sequence[date]) -> list[MonthMark]:
    gaps = max(min(MONTHS_NAMED, len(months)) - 1, 1)
    places = sorted({round(number * (len(months) - 1) / gaps) for number in range(gaps + 1)})
    return [MonthMark(frame.x(place, len(months)), months[place]) for place in places]


def _rows(months: Sequence[date], lines: Sequence[Mapping[date, float]], decimals: int) -> SafeString:
    """Without a template for each: a page may have a hundred."""
    month_format = _("F Y")
    rows = (
        (
            date_format(month, month_format),
            format_html_join("", CELL, ((floatformat(line.get(month), decimals) or "–",) for line in lines)),
        )
        for month in months
    )
    return format_html_join("\n", ROW, rows)
