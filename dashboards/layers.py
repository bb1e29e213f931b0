"""The layer gap: what leaders and staff of each layer answer, beside what the layers below them answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from django.utils.translation import gettext as _

from dashboards.change import Change, change, margin_between
from dashboards.charts.interval import Axis, axis_for
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
    earlier = layer_sheet(times.year_before, tops) if times.year_before else None
    themes = queries.themes([times.wave])
    axis = axis_for([sheet.index(layer, theme.pk) for theme in themes for layer in range(sheet.layers)])
    lines = [_line(theme, sheet, earlier, axis) for theme in themes]
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


def _line(theme: Theme, sheet: LayerSheet, earlier: LayerSheet | None, axis: Axis) -> GapLine:
    figures = [sheet.index(layer, theme.pk) for layer in range(sheet.layers)]
    then = [earlier.index(layer, theme.pk) for layer in range(earlier.layers)] if earlier else []
    pair = _furthest_apart(figures)
    upper, lower = (figures[layer] for layer in pair) if pair else (None, None)
    found = change(upper, lower) if upper and lower else None
    return GapLine(
        theme=theme.name,
        dots=[
            Dot(layer, one, axis.x(one.mean) if isinstance(one, Shown) else None)
            for layer, one in enumerate(figures)
        ],
        gap=found,
        size=_difference(figures, pair) or 0.0,
        reading=_reading(found, pair, _difference(figures, pair), _difference(then, pair)),
    )


def _furthest_apart(figures: Sequence[Figure]) -> tuple[int, int] | None:
    """The two layers whose difference is surely the largest, the upper one first."""
    shown = [(layer, one) for layer, one in enumerate(figures) if isinstance(one, Shown)]
    pairs = [
        (abs(upper.mean - lower.mean) - margin_between(upper, lower), (above, below))
        for (above, upper), (below, lower) in combinations(shown, 2)
    ]
    return max(pairs)[1] if pairs else None


def _difference(figures: Sequence[Figure], pair: tuple[int, int] | None) -> float | None:
    if pair is None or pair[1] >= len(figures):
        return None
    upper, lower = (figures[layer] for layer in pair)
    if not (isinstance(upper, Shown) and isinstance(lower, Shown)):
        return None
    return upper.mean - lower.mean


def _reading(
    gap: Change | None, pair: tuple[int, int] | None, now: float | None, before: float | None
) -> str:
    if gap is None or pair is None or now is None:
        return _("Too few people in a layer of their own to compare.")
    if not gap.clear:
        return _("The layers see this alike, as far as so few answers tell.")
    sentence = (
        _("%(upper)s is more positive than %(lower)s.")
        if now > 0
        else _("%(upper)s is less positive than %(lower)s.")
    )
    found = sentence % {"upper": _name(pair[0]), "lower": _name(pair[1])}
    return " ".join(filter(None, (found, _course(now, before))))


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
