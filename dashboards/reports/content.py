"""What stands in a report: the figures of one unit's page, and of the units in it that the reader may see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from accounts.look import appearance_of
from dashboards.change import Change
from dashboards.charts.trend import Trend, TrendRow
from dashboards.choices import ChoiceLine
from dashboards.reports.courses import trends
from dashboards.unit import QuestionLine, UnitPage, unit_page
from orgunits.access import Scope
from orgunits.models import OrgUnit
from results import queries
from results.figures import Figure, Taking
from surveys.models import Wave, WaveUnit
from surveys.waves.queries import units_down_to


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
class ReportTheme:
    """As on the page; `above` and `whole` are None where the figure stands beside nothing."""

    name: str
    description: str
    figure: Figure
    change: Change | None
    above: Figure | None
    whole: Figure | None
    questions: list[QuestionLine]
    note: str
    trend: Trend | None


@dataclass(frozen=True, slots=True)
class Report:
    """`instead` names the unit whose figures stand in when `unit` has none of its own, or is "".

    `above` and `whole` name what the figures stand beside, or are "". `accent` can be read on white.
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
    themes: list[ReportTheme]
    choices: list[ChoiceLine]
    units: list[UnitRow]

    @property
    def shown(self) -> str:
        """Whose figures these are."""
        return self.instead or self.unit

    @property
    def title(self) -> str:
        return f"{self.unit} – {self.wave}"


def report_of(scope: Scope, unit: OrgUnit, wave: Wave, *, now: datetime) -> Report | None:
    """None where the wave has nothing about the unit, or may not be shown any more."""
    page = unit_page(scope, unit, wave_id=wave.pk)
    if page.wave is None or page.wave != wave:
        return None
    line = _line(page.wave, page.instead or unit)
    zone = scope.organisation.zone
    return Report(
        organisation=scope.organisation.name,
        unit=unit.name,
        instead=page.instead.name if page.instead else "",
        above=page.above_name,
        whole=line[0].name if len(line) > 2 else "",
        wave=str(wave),
        closed_on=wave.closes_at.astimezone(zone).date(),
        made_on=now.astimezone(zone).date(),
        accent=appearance_of(scope.organisation.pk).palette.link,
        taking=page.taking,
        themes=_themes(page, page.wave, line),
        choices=page.choices,
        units=list(_units(scope, unit, page.wave)),
    )


def _line(wave: Wave, unit: OrgUnit) -> list[OrgUnit]:
    """From the top to the unit, as the tree was when the wave opened."""
    ids = units_down_to(wave, unit.pk)
    found = OrgUnit.objects.filter(organisation=wave.organisation_id).in_bulk(ids)
    return [found[one] for one in ids]


def _themes(page: UnitPage, wave: Wave, line: list[OrgUnit]) -> list[ReportTheme]:
    courses = trends(wave, line[-1], line[0] if len(line) > 1 else None)
    return [
        ReportTheme(
            name=theme.name,
            description=theme.description,
            figure=theme.figure,
            change=theme.change,
            above=theme.above,
            whole=theme.whole if len(line) > 2 else None,
            questions=theme.questions,
            note=theme.note,
            trend=course,
        )
        for theme, course in zip(page.themes, courses, strict=True)
    ]


def course(theme: ReportTheme) -> list[TrendRow]:
    """Its figures over the waves, the oldest first; none with fewer than two."""
    return theme.trend.rows[::-1] if theme.trend else []


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
