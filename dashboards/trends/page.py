"""One theme in one unit over the years, with what happened meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dashboards.change import margin_between
from dashboards.charts.trend import Trend, trend
from dashboards.rounding import as_shown, with_one_decimal
from dashboards.timeline import timeline
from dashboards.trends.big import big_trend
from dashboards.trends.course import Course, course
from dashboards.trends.lineage import Lineage, lineage_of
from dashboards.trends.marks import Mark, marks
from dashboards.unit.page import Step, path_to
from dashboards.unit.standing import WAVES, Standing, standing
from orgunits.access import Scope
from orgunits.models import OrgUnit
from results import queries
from results.figures import Shown
from surveys.models import Theme, Wave


@dataclass(frozen=True, slots=True)
class TrendPage:
    """`drawing`: for Plotly. `trend`: the same without script, and as a table."""

    unit: OrgUnit
    theme: Theme
    path: list[Step]
    wave: Wave
    instead: OrgUnit | None
    reading: str
    trend: Trend | None
    drawing: dict[str, Any] | None
    marks: list[Mark] = field(default_factory=list)
    has_estimate: bool = False


def trend_page(scope: Scope, unit: OrgUnit, theme_code: str, *, wave_id: int | None = None) -> TrendPage:
    ancestors = list(unit.get_ancestors())
    found = standing(unit, ancestors, wave_id=wave_id, earlier=False)
    themes = queries.themes(found.times.waves) if found else []
    theme = next((one for one in themes if one.code == theme_code), None)
    if found is None or theme is None:
        raise Http404
    lineage = lineage_of(scope)
    asked = [wave for wave in _waves(found, lineage) if queries.questions_of(theme.pk, [wave])]
    own, others = _courses(found, lineage, theme, asked)
    waves = asked[len(asked) - len(own.moments) :]
    happened = marks(scope, found.shown, found.sheet, waves, theme)
    drawn = trend(
        _("%(theme)s over time") % {"theme": theme.name},
        [one.day for one in own.moments],
        own.figures,
        label=own.name,
        beside=[one.beside("reference" if one is others[-1] else "above") for one in others],
        common=_parts(own),
        estimates=[one.estimate for one in own.moments],
        marks=happened,
    )
    return TrendPage(
        unit=unit,
        theme=theme,
        path=path_to(scope, [*ancestors, unit], theme.name),
        wave=found.times.wave,
        instead=found.instead,
        reading=reading(own, others),
        trend=drawn,
        drawing=big_trend(own, others, happened, drawn.days) if drawn else None,
        marks=happened,
        has_estimate=any(one.estimate for one in own.moments),
    )


def _waves(found: Standing, lineage: Lineage) -> list[Wave]:
    """Up to the one on the page, with earlier ones that asked only the units its people came from."""
    units = lineage.unit_ids(found.shown.pk)
    if len(units) == 1:
        return found.times.waves
    asked = queries.closed_waves_bare(found.unit.organisation, asked=units)
    return queries.with_questions(timeline(asked, found.times.wave.pk).waves[-WAVES:])


def _courses(
    found: Standing, lineage: Lineage, theme: Theme, waves: Sequence[Wave]
) -> tuple[Course, list[Course]]:
    beside = [one for one in dict.fromkeys((found.above, found.whole)) if one]
    sheet = queries.sheet(
        waves,
        lineage.unit_ids(found.shown.pk) | {one.pk for one in beside},
        question_ids=queries.questions_of(theme.pk, waves),
        lines=found.sheet.lines,
    )
    own = course(found.shown.name, found.shown.pk, theme, waves, sheet, lineage)
    since = waves[len(waves) - len(own.moments) :]
    return own, [course(one.name, one.pk, theme, since, sheet) for one in beside]


def _parts(own: Course) -> tuple[float, float]:
    """The range of the drawing in parts of the scale."""
    scale = next((one for one in own.figures if isinstance(one, Shown)), None)
    if scale is None:
        return 0.0, 1.0
    points = scale.highest - scale.lowest
    return (own.lowest - scale.lowest) / points, (own.highest - scale.lowest) / points


def reading(own: Course, others: Sequence[Course]) -> str:
    """What the chart says, in two or three short sentences."""
    shown = [one for stretch in own.stretches() for one in stretch]
    if len(shown) < 2:
        return ""
    words = {
        "unit": own.name,
        "then": with_one_decimal(shown[0].figure.mean),
        "now": with_one_decimal(shown[-1].figure.mean),
        "since": date_format(shown[0].day, _("F Y")),
    }
    sentences = [_moved(shown[0].figure, shown[-1].figure) % words, _beside(others)]
    return " ".join(filter(None, sentences))


def _moved(first: Shown, last: Shown) -> str:
    difference = last.mean - first.mean
    if first.highest == last.highest:
        if as_shown(first.mean) == as_shown(last.mean):
            return _("%(unit)s is at %(now)s now, as in %(since)s.")
        if difference > margin_between(first, last):
            return _("%(unit)s rose from %(then)s in %(since)s to %(now)s now.")
        if difference < -margin_between(first, last):
            return _("%(unit)s fell from %(then)s in %(since)s to %(now)s now.")
    return _("%(unit)s was at %(then)s in %(since)s and is at %(now)s now. That may be chance.")


def _beside(others: Sequence[Course]) -> str:
    """Without “above” or “below”: of the two figures, either may be chance."""
    whole = others[-1].last if others else None
    if whole is None:
        return ""
    words = {"whole": others[-1].name, "figure": with_one_decimal(whole[1])}
    return _("%(whole)s is at %(figure)s.") % words
