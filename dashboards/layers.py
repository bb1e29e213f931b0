"""The layer gap: what leaders and staff of each layer answer, beside what the layers below them answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from dashboards.change import Change, change
from dashboards.charts.interval import Axis, axis_for
from dashboards.tabs import Tab, wave_tabs
from dashboards.timeline import Timeline, timeline
from orgunits.access import Scope
from results import queries
from results.figures import Figure, Shown
from results.layers import LayerSheet, layer_sheet
from surveys.models import Theme, Wave

WAVES = 27


@dataclass(frozen=True, slots=True)
class Dot:
    layer: int
    figure: Figure
    x: int | None


@dataclass(frozen=True, slots=True)
class GapLine:
    """`gap`: from the top layer with a figure to the lowest; `before`: the same a year ago, as points."""

    theme: str
    dots: list[Dot]
    gap: Change | None
    now: float
    before: float | None
    reading: str


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
        headline=_headline(lines, times),
    )


def _tops(scope: Scope) -> list[int]:
    """The highest units in reach; two that lie in each other count once."""
    units = list(scope.units().order_by("path").values_list("pk", "path"))
    found: list[tuple[int, str]] = []
    for pk, path in units:
        if not found or not path.startswith(found[-1][1]):
            found.append((pk, path))
    return [pk for pk, _path in found]


def _name(layer: int) -> str:
    return _("Top") if layer == 0 else _("Layer %(number)s") % {"number": layer + 1}


def _line(theme: Theme, sheet: LayerSheet, earlier: LayerSheet | None, axis: Axis) -> GapLine:
    figures = [sheet.index(layer, theme.pk) for layer in range(sheet.layers)]
    gap, size = _gap(figures)
    before = _gap([earlier.index(layer, theme.pk) for layer in range(earlier.layers)])[1] if earlier else None
    return GapLine(
        theme=theme.name,
        dots=[
            Dot(layer, one, axis.x(one.mean) if isinstance(one, Shown) else None)
            for layer, one in enumerate(figures)
        ],
        gap=gap,
        now=size or 0.0,
        before=before,
        reading=_reading(gap, size, before),
    )


def _gap(figures: list[Figure]) -> tuple[Change | None, float | None]:
    """How much higher the top layer with a figure is than the lowest one with a figure."""
    shown = [one for one in figures if isinstance(one, Shown)]
    if len(shown) < 2:
        return None, None
    return change(shown[0], shown[-1]), shown[0].mean - shown[-1].mean


def _reading(gap: Change | None, now: float | None, before: float | None) -> str:
    if gap is None or now is None:
        return _("Too few people in a layer of their own to compare.")
    if not gap.clear:
        return _("The layers see this alike, as far as so few answers tell.")
    higher = _("Higher layers see this better than those below.")
    lower = _("Higher layers see this worse than those below.")
    found = higher if now > 0 else lower
    if before is None or abs(now - before) < 0.05:
        return found
    grew = abs(now) > abs(before)
    return " ".join((found, _("The gap grew in a year.") if grew else _("The gap became smaller in a year.")))


def _headline(lines: list[GapLine], times: Timeline) -> str:
    clear = [line for line in lines if line.gap and line.gap.clear]
    if not clear:
        return _("No theme is seen clearly differently by the layers.")
    widest = max(clear, key=lambda line: abs(line.now))
    return _("The layers differ most on %(theme)s.") % {"theme": widest.theme}
