"""What stands in a report: one unit's page, and figures of the units in it that the reader may see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts.look import appearance_of
from dashboards.charts.sparkline import common_range
from dashboards.charts.trend import Beside, Trend, TrendRow, trend
from dashboards.choices import ChoiceLine
from dashboards.reports.follow_up.rows import ActionRow, action_rows
from dashboards.signals.marks import ShortSignal
from dashboards.unit import ThemeLine, unit_page
from dashboards.unit.standing import standing
from orgunits.access import Scope
from orgunits.models import OrgUnit
from results import queries
from results.figures import Figure, Taking
from results.filter_figures import FilterSheet, filter_sheet
from surveys.models import Theme, Wave, WaveUnit


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit in that of the report: `path` leads to it from there, `figures` are of the themes."""

    path: tuple[str, ...]
    taking: Taking | None
    figures: list[Figure]

    @property
    def is_just_below(self) -> bool:
        return len(self.path) == 1


@dataclass(frozen=True, slots=True)
class Report:
    """`instead` names the unit whose figures stand in when `unit` has none of its own, or is "".

    `above` and `whole` name what the figures stand beside, or are "". `accent` can be read on white.
    `trends`: by code of the theme, where there are two figures or more. `by_trait`: of the unit itself.
    `signals` and `actions` are those of the day on which it is made, as on the page.
    """

    organisation: str
    unit: str
    instead: str
    above: str
    whole: str
    wave: str
    closed_on: date
    made_on: date
    accent: str
    taking: Taking | None
    themes: list[ThemeLine]
    trends: dict[str, Trend]
    choices: list[ChoiceLine]
    units: list[UnitRow]
    by_trait: FilterSheet
    signals: list[ShortSignal]
    actions: list[ActionRow]

    @property
    def own_actions(self) -> list[ActionRow]:
        return [row for row in self.actions if row.is_own]

    @property
    def shown(self) -> str:
        """Whose figures these are."""
        return self.instead or self.unit

    @property
    def title(self) -> str:
        return f"{self.unit} – {self.wave}"

    def course(self, theme: ThemeLine) -> list[TrendRow]:
        """Its figures over the waves, the oldest first; none with fewer than two."""
        return self.trends[theme.code].rows[::-1] if theme.code in self.trends else []


def report_of(scope: Scope, unit: OrgUnit, wave: Wave, *, now: datetime) -> Report | None:
    """None where the wave has nothing about the unit, or may not be shown any more."""
    page = unit_page(scope, unit, wave_id=wave.pk)
    if page.wave is None or page.wave != wave:
        return None
    zone = scope.organisation.zone
    return Report(
        organisation=scope.organisation.name,
        unit=unit.name,
        instead=page.instead.name if page.instead else "",
        above=page.above_name,
        whole=page.whole_name,
        wave=str(wave),
        closed_on=wave.closes_at.astimezone(zone).date(),
        made_on=now.astimezone(zone).date(),
        accent=appearance_of(scope.organisation.pk).palette.link,
        taking=page.taking,
        themes=page.themes,
        trends=_trends(scope, unit, wave),
        choices=page.choices,
        units=list(_units(scope, unit, page.wave)),
        by_trait=filter_sheet(page.wave, unit.pk),
        signals=page.signals,
        actions=action_rows(scope, unit, now=now),
    )


def _trends(scope: Scope, unit: OrgUnit, wave: Wave) -> dict[str, Trend]:
    """Of all themes in one range, so that their slopes can be compared."""
    found = standing(unit, list(unit.get_ancestors()), wave_id=wave.pk, earlier=False)
    if found is None:
        return {}
    waves, whole = found.times.waves, found.whole
    sheet = queries.sheet(waves, [one.pk for one in (found.shown, whole) if one])
    days = [one.closes_at.astimezone(scope.organisation.zone).date() for one in waves]
    themes = queries.themes([wave])

    def course(unit: OrgUnit, theme: Theme) -> list[Figure]:
        return [sheet.index(one, unit.pk, theme.pk) for one in waves]

    own = {theme: course(found.shown, theme) for theme in themes}
    common = common_range([*own.values()])
    drawn = {
        theme.code: trend(
            _("%(theme)s over time") % {"theme": theme.name},
            days,
            figures,
            label=found.shown.name,
            beside=[Beside(whole.name, course(whole, theme))] if whole else [],
            common=common,
        )
        for theme, figures in own.items()
    }
    return {code: one for code, one in drawn.items() if one}


def _units(scope: Scope, unit: OrgUnit, wave: Wave) -> Iterator[UnitRow]:
    paths = _paths_below(scope, unit, wave)
    sheet = queries.sheet([wave], list(paths))
    takings = queries.participation([wave], list(paths))
    themes = queries.themes([wave])
    for unit_id, path in paths.items():
        figures = [sheet.index(wave, unit_id, theme.pk) for theme in themes]
        yield UnitRow(path, takings.get((wave.pk, unit_id)), figures)


def _paths_below(scope: Scope, unit: OrgUnit, wave: Wave) -> dict[int, tuple[str, ...]]:
    """By id, in the order of the tree as it was when the wave opened; only units that are in reach now."""
    allowed = WaveUnit.objects.filter(wave=wave, unit__in=scope.units()).order_by("position")
    by_position: dict[int | None, tuple[str, ...]] = {}
    paths = {}
    for one in allowed:
        if one.unit_id == unit.pk:
            by_position[one.position] = ()
        elif one.parent_position in by_position:
            paths[one.unit_id] = by_position[one.position] = (*by_position[one.parent_position], one.name)
    return paths
