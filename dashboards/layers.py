"""The layer gap: what leaders and staff of each layer answer, beside what the layers below them answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple

from django.utils.translation import gettext as _

from dashboards.change import Change, change, margin_between
from dashboards.charts.interval import WIDTH, Axis, axis_for
from dashboards.tabs import Tab, wave_tabs
from dashboards.timeline import timeline
from orgunits.access import RESULT_ROLES, Scope
from results import queries
from results.figures import Figure, Shown
from results.layers import LayerSheet, layer_sheet
from surveys.models import Theme, Wave

WAVES = 27
SAME = 0.05  # points: a gap that changed by less looks the same
EDGE, LANE = 9, 13  # each layer has a lane of its own in the drawing, so that no dot hides another


@dataclass(frozen=True, slots=True)
class Dot:
    layer: int
    figure: Figure
    x: int | None

    @property
    def number(self) -> str:
        return str(self.layer + 1)

    @property
    def y(self) -> int:
        return EDGE + LANE * self.layer


@dataclass(frozen=True, slots=True)
class GapLine:
    """`gap`: how much higher the upper of the two layers is that differ most clearly."""

    theme: str
    dots: list[Dot]
    gap: Change | None
    size: float
    reading: str

    @property
    def height(self) -> int:
        return 2 * EDGE + LANE * (len(self.dots) - 1)

    @property
    def lanes(self) -> str:
        """The axis of each layer, as one path."""
        return " ".join(f"M0 {dot.y} H{WIDTH}" for dot in self.dots)


@dataclass(frozen=True, slots=True)
class LayerPage:
    wave: Wave | None = None
    waves: list[Tab] = field(default_factory=list)
    layers: list[str] = field(default_factory=list)
    lines: list[GapLine] = field(default_factory=list)
    headline: str = ""


def layer_page(scope: Scope, *, wave_id: int | None = None) -> LayerPage:
    waves = queries.closed_waves_bare(scope.organisation, last=WAVES)
    if not waves:
        return LayerPage()
    times = timeline(waves, wave_id)
    compared = [wave for wave in (times.year_before, times.wave) if wave]
    queries.with_questions(compared)
    tops = _tops(scope)
    sheet = layer_sheet(times.wave, tops)
    themes = queries.themes([times.wave])
    figures = {theme.pk: sheet.figures(theme.pk) for theme in themes}
    gaps = {theme.pk: _gap(figures[theme.pk]) for theme in themes}
    told = {theme_id for theme_id, gap in gaps.items() if gap and gap.change.clear}
    earlier = layer_sheet(times.year_before, tops, theme_ids=told) if times.year_before and told else None
    axis = axis_for([figure for row in figures.values() for figure in row])
    lines = [_line(theme, figures[theme.pk], gaps[theme.pk], earlier, axis) for theme in themes]
    return LayerPage(
        wave=times.wave,
        waves=wave_tabs(waves, times.wave),
        layers=[_name(layer) for layer in range(sheet.layers)],
        lines=lines,
        headline=_headline(lines),
    )


def _tops(scope: Scope) -> list[int]:
    """The highest units in reach; two that lie in each other count once."""
    granted = {grant.path: grant.unit.pk for grant in scope.grants if grant.role in RESULT_ROLES}
    return [
        unit_id
        for path, unit_id in granted.items()
        if not any(path.startswith(other) for other in granted if other != path)
    ]


def _name(layer: int) -> str:
    return _("Top") if layer == 0 else _("Layer %(number)s") % {"number": layer + 1}


class _Gap(NamedTuple):
    """Between the two layers of `pair`, the upper one first; `size`: how much higher that one is."""

    pair: tuple[int, int]
    change: Change
    size: float


def _gap(figures: Sequence[Figure]) -> _Gap | None:
    pair = _furthest_apart(figures)
    if pair is None:
        return None
    found, size = change(*(figures[layer] for layer in pair)), _difference(figures, pair)
    return _Gap(pair, found, size) if found and size is not None else None


def _line(
    theme: Theme, figures: Sequence[Figure], gap: _Gap | None, earlier: LayerSheet | None, axis: Axis
) -> GapLine:
    before = _difference(earlier.figures(theme.pk), gap.pair) if earlier and gap else None
    return GapLine(
        theme=theme.name,
        dots=[
            Dot(layer, one, axis.x(one.mean) if isinstance(one, Shown) else None)
            for layer, one in enumerate(figures)
        ],
        gap=gap.change if gap else None,
        size=gap.size if gap else 0.0,
        reading=_reading(gap, before),
    )


def _furthest_apart(figures: Sequence[Figure]) -> tuple[int, int] | None:
    """The two layers whose difference is surely the largest, the upper one first."""
    shown = [(layer, one) for layer, one in enumerate(figures) if isinstance(one, Shown)]
    pairs = [
        (abs(upper.mean - lower.mean) - margin_between(upper, lower), (above, below))
        for (above, upper), (below, lower) in combinations(shown, 2)
    ]
    return max(pairs)[1] if pairs else None


def _difference(figures: Sequence[Figure], pair: tuple[int, int]) -> float | None:
    if pair[1] >= len(figures):
        return None
    upper, lower = (figures[layer] for layer in pair)
    if not (isinstance(upper, Shown) and isinstance(lower, Shown)):
        return None
    return upper.mean - lower.mean


def _reading(gap: _Gap | None, before: float | None) -> str:
    if gap is None:
        return _("Too few people in a layer of their own to compare.")
    if not gap.change.clear:
        return _("The layers see this alike, as far as so few answers tell.")
    sentence = (
        _("%(upper)s is more positive than %(lower)s.")
        if gap.size > 0
        else _("%(upper)s is less positive than %(lower)s.")
    )
    upper, lower = map(_name, gap.pair)
    return " ".join(filter(None, (sentence % {"upper": upper, "lower": lower}, _course(gap.size, before))))


def _course(now: float, before: float | None) -> str:
    if before is None or abs(now - before) < SAME:
        return ""
    grew = now * before < 0 or abs(now) > abs(before)
    return _("The gap grew in a year.") if grew else _("The gap became smaller in a year.")


def _headline(lines: list[GapLine]) -> str:
    if not any(line.gap for line in lines):
        return ""
    clear = [line for line in lines if line.gap and line.gap.clear]
    if not clear:
        return _("No theme is seen clearly differently by the layers.")
    widest = max(clear, key=lambda line: abs(line.size))
    return _("The layers differ most on %(theme)s.") % {"theme": widest.theme}
