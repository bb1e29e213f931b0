"""The large trend as a figure for Plotly: a plain mapping, as JSON on the page, drawn by static/js/charts.js.

Colours are names of design tokens, which the script looks up, so that a chart follows the page into the dark.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from html import escape
from typing import Any

from django.utils.formats import date_format, get_format, number_format
from django.utils.translation import gettext as _

from dashboards.change import margin
from dashboards.charts.trend import DayMark, Estimated, grid_of
from dashboards.days import in_words
from dashboards.rounding import with_one_decimal
from dashboards.trends.course import Course, Moment
from dashboards.trends.marks import Mark
from results.figures import Shown

ACCENT, INK, SOFT, LINE, PAPER = (
    f"--polsslag-color-{one}" for one in ("accent", "ink", "ink-soft", "line", "paper")
)
BAND, BAND_OF_ESTIMATE = 0.14, 0.1
HEIGHT, ABOVE, BELOW, BESIDE = 420, 24, 52, 40
ROOM = 0.02  # of the time drawn, before the first wave and after the last
CLEAR, LINE_OF_TEXT = 10, 18  # pixels: between a line and its figure, and of two figures

Json = dict[str, Any]


def big_trend(own: Course, others: Sequence[Course], marks: Sequence[Mark], ticks: Sequence[DayMark]) -> Json:
    """`others`: the unit above and the organisation, as thinner lines."""
    lowest, highest = own.lowest, own.highest
    traces = [
        *_band(
            [(one.day, one.figure.mean, margin(one.figure)) for one in stretch] for stretch in own.stretches()
        ),
        *_estimate(own),
        *(_line(other, "dash" if other is others[-1] else "dot") for other in others),
        _line_of_own(own),
        _withheld(own, lowest),
        _marks(marks, lowest),
    ]
    return {
        "data": [trace for trace in traces if trace],
        "layout": _layout(own, others, lowest, highest, [tick.day for tick in ticks]),
    }


def _line_of_own(own: Course) -> Json:
    return {
        **_course(own),
        "mode": "lines+markers",
        "line": {"color": ACCENT, "width": 3},
        "marker": {"color": ACCENT, "size": 8, "line": {"color": PAPER, "width": 2}},
    }


def _line(other: Course, dash: str) -> Json:
    """Drawn as without script."""
    return {**_course(other), "mode": "lines", "line": {"color": SOFT, "width": 2, "dash": dash}}


def _course(course: Course) -> Json:
    """Without a value where a figure is withheld, so that the line is interrupted there."""
    return {
        "type": "scatter",
        "name": course.name,
        "x": [one.day.isoformat() for one in course.moments],
        "y": [one.figure.mean if isinstance(one.figure, Shown) else None for one in course.moments],
        "text": [_told(course, one) for one in course.moments],
        "hoverinfo": "text",
        "connectgaps": False,
    }


def _told(course: Course, moment: Moment) -> str:
    if not isinstance(moment.figure, Shown):
        return ""
    return _("%(name)s, %(day)s: %(mean)s (%(n)s answers)") % {
        "name": escape(course.name, quote=False),
        "day": in_words(moment.day),
        "mean": with_one_decimal(moment.figure.mean),
        "n": moment.figure.n,
    }


def _band(stretches: Any) -> list[Json]:
    return [_outline(stretch, ACCENT, BAND) for stretch in stretches if len(stretch) > 1]


def _outline(points: Sequence[tuple[Any, float, float]], colour: str, opacity: float) -> Json:
    there = [(day.isoformat(), value + half) for day, value, half in points]
    back = [(day.isoformat(), value - half) for day, value, half in reversed(points)]
    return {
        "type": "scatter",
        "x": [day for day, _value in [*there, *back]],
        "y": [value for _day, value in [*there, *back]],
        "fill": "toself",
        "fillcolor": colour,
        "opacity": opacity,
        "mode": "none",
        "hoverinfo": "skip",
    }


def _estimate(own: Course) -> list[Json]:
    guessed = [(one.day, one.estimate) for one in own.moments if one.estimate]
    if not guessed:
        return []
    band = _outline([(day, one.mean, one.margin) for day, one in guessed], ACCENT, BAND_OF_ESTIMATE)
    line = {
        "type": "scatter",
        "name": _("estimate"),
        "x": [day.isoformat() for day, _one in guessed],
        "y": [one.mean for _day, one in guessed],
        "text": [_guess_told(day, one) for day, one in guessed],
        "hoverinfo": "text",
        "mode": "lines",
        "line": {"color": ACCENT, "width": 2, "dash": "dash"},
    }
    return [band, line]


def _guess_told(day: Any, one: Estimated) -> str:
    return _("Estimate, %(day)s: %(mean)s, give or take %(margin)s") % {
        "day": in_words(day),
        "mean": with_one_decimal(one.mean),
        "margin": with_one_decimal(one.margin),
    }


def _withheld(own: Course, lowest: float) -> Json | None:
    days = [one.day for one in own.moments if not isinstance(one.figure, Shown) and not one.estimate]
    if not days:
        return None
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [day.isoformat() for day in days],
        "y": [lowest] * len(days),
        "text": [_("%(day)s: not shown") % {"day": in_words(day)} for day in days],
        "hoverinfo": "text",
        "marker": {"symbol": "x-thin-open", "size": 9, "color": SOFT, "line": {"width": 2, "color": SOFT}},
        "cliponaxis": False,
    }


def _marks(marks: Sequence[Mark], lowest: float) -> Json | None:
    if not marks:
        return None
    there: defaultdict[date, list[Mark]] = defaultdict(list)
    for mark in marks:
        there[mark.day].append(mark)
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [day.isoformat() for day in there],
        "y": [lowest] * len(there),
        "text": [", ".join(str(mark.number) for mark in marks) for marks in there.values()],
        "textposition": "top center",
        "textfont": {"color": INK, "size": 12},
        "hovertext": ["<br>".join(map(_happened, marks)) for marks in there.values()],
        "hoverinfo": "text",
        "marker": {"symbol": "triangle-up", "size": 10, "color": INK},
        "cliponaxis": False,
    }


def _happened(mark: Mark) -> str:
    return escape(f"{mark.name} ({mark.kind})", quote=False)  # Plotly takes a few tags for what they are


def _layout(
    own: Course, others: Sequence[Course], lowest: float, highest: float, ticks: Sequence[Any]
) -> Json:
    """Without a legend, which stands above it as that of the drawing without script."""
    grid = grid_of(lowest, highest)
    return {
        "height": HEIGHT,
        "margin": {"l": 36, "r": BESIDE, "t": ABOVE, "b": BELOW},
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": False,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": SOFT, "size": 13},
        "separators": get_format("DECIMAL_SEPARATOR") + " ",
        "xaxis": {
            "type": "date",
            "range": _days_round([one.day for one in own.moments]),
            "tickvals": [day.isoformat() for day in ticks],
            "ticktext": [date_format(day, _("M Y")).replace(" ", "<br>") for day in ticks],
            "tickangle": 0,
            "ticks": "outside",
            "tickcolor": LINE,
            "showgrid": False,
            "zeroline": False,
            "linecolor": LINE,
            "mirror": True,
            "fixedrange": True,
        },
        "yaxis": {
            "range": [lowest, highest],
            "tickvals": grid,
            "ticktext": [number_format(value) for value in grid],
            "gridcolor": LINE,
            "zeroline": False,
            "fixedrange": True,
        },
        "annotations": list(_figures(own, others, lowest, highest)),
    }


def _days_round(days: Sequence[date]) -> list[str]:
    """Of all waves, with little room at the ends."""
    room = timedelta(days=max(round(ROOM * (days[-1] - days[0]).days), 1))
    return [(days[0] - room).isoformat(), (days[-1] + room).isoformat()]


def _figures(own: Course, others: Sequence[Course], lowest: float, highest: float) -> Iterator[Json]:
    """Beside the end of each line, none over another."""
    ends = sorted(
        ((end, course) for course in (own, *others) if (end := course.last)), key=lambda one: one[0][1]
    )
    height = -math.inf  # of the last figure, in pixels above the axis
    for (day, mean), course in ends:
        line = (HEIGHT - ABOVE - BELOW) * (mean - lowest) / (highest - lowest)
        height = max(line, height + LINE_OF_TEXT)
        yield {
            "x": day.isoformat(),
            "y": mean,
            "text": with_one_decimal(mean),
            "showarrow": False,
            "xanchor": "left",
            "xshift": CLEAR,
            "yanchor": "middle",
            "yshift": round(height - line),
            "font": {"color": ACCENT if course is own else SOFT, "size": 13},
        }
