"""How the themes of a wave went over the waves before it, for one unit beside the whole organisation."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from dashboards.charts.sparkline import common_range
from dashboards.charts.trend import Trend, trend
from dashboards.timeline import timeline
from orgunits.models import OrgUnit
from results import queries
from results.figures import Figure
from surveys.models import Wave

WAVES = 27  # two years of a wave every four weeks, as on the page


def trends(wave: Wave, unit: OrgUnit, whole: OrgUnit | None) -> list[Trend | None]:
    """In the order of the wave's themes; None with fewer than two figures. `whole` is None for the top."""
    units = [unit, *([whole] if whole else [])]
    waves = timeline(queries.closed_waves(wave.organisation, last=WAVES), wave.pk).waves
    sheet = queries.sheet(waves, [one.pk for one in units])
    waves = [one for one in waves if (one.pk, unit.pk) in sheet.asked]
    themes = queries.themes([wave])
    series = [
        [[sheet.index(one, place.pk, theme.pk) for one in waves] for place in units] for theme in themes
    ]
    common = common_range([figures for rows in series for figures in rows])
    days = [timezone.localdate(one.closes_at) for one in waves]
    return [
        trend(
            _("%(theme)s over time") % {"theme": theme.name},
            days,
            rows[0],
            label=unit.name,
            reference=_beside(rows),
            reference_label=whole.name if whole else "",
            common=common,
        )
        for theme, rows in zip(themes, series, strict=True)
    ]


def _beside(rows: Sequence[Sequence[Figure]]) -> Sequence[Figure]:
    return rows[1] if len(rows) > 1 else ()
