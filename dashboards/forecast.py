"""What HR can expect to see of a cycle: how many units will have figures, and which will not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from orgunits.models import OrgUnit
from results import queries
from results.forecast import UnitForecast, forecast, units_with_figures
from surveys.cycles.groups import groups_of, planned_groups
from surveys.journeys.past import PastPeriod, past_periods
from surveys.models import Cycle, Question

USUAL = 60  # per cent, before an organisation has waves of its own
CHOICES = (30, 40, 50, 60, 70, 80, 90)
WAVES_LOOKED_AT = 3
LISTED = 200
SWING = 10  # points of participation, either way: about as much as it differs from wave to wave


@dataclass(frozen=True, slots=True)
class PeriodForecast:
    """What a journey would have shown of a period; `units` are those with figures of their own."""

    period: PastPeriod
    units: list[UnitForecast]


@dataclass(frozen=True, slots=True)
class ForecastPage:
    """`earlier` is the participation of the last waves in per cent, None without them.

    `asks_choice`: there is a single choice among the questions, which needs more answers than the others.
    """

    cycle: Cycle
    percentage: int
    earlier: int | None
    minimum: int
    units: list[UnitForecast]
    fewest: int = 0  # units with figures when `SWING` points fewer answer, and when so many more do
    most: int = 0
    asks_choice: bool = False
    periods: list[PeriodForecast] = field(default_factory=list)  # of a journey

    @property
    def with_figures(self) -> int:
        return len(self.units) - len(self.hidden)

    @property
    def hidden(self) -> list[UnitForecast]:
        return [unit for unit in self.units if not unit.has_figures]

    @property
    def listed(self) -> list[UnitForecast]:
        return self.hidden[:LISTED]

    @property
    def not_listed(self) -> int:
        return len(self.hidden) - len(self.listed)

    @property
    def choices(self) -> tuple[int, ...]:
        return tuple(sorted({*CHOICES, self.percentage}))


def forecast_page(cycle: Cycle, percentage: int | None, *, now: datetime) -> ForecastPage:
    earlier = _earlier_participation(cycle)
    expected = percentage or earlier or USUAL
    minimum = cycle.organisation.minimum_group
    if cycle.is_journey:
        periods = _periods(cycle, expected, now.astimezone(cycle.organisation.zone).date())
        return ForecastPage(cycle, expected, earlier, minimum, [], periods=periods)
    groups = planned_groups(cycle)
    units = forecast(groups, percentage=expected, minimum=minimum)
    swing = max(expected - SWING, 1), min(expected + SWING, 100)
    fewest, most = units_with_figures(groups, swing, minimum=minimum)
    asked = cycle.cycle_questions.filter(question__kind=Question.Kind.CHOICE)
    return ForecastPage(cycle, expected, earlier, minimum, units, fewest, most, asks_choice=asked.exists())


def _periods(cycle: Cycle, percentage: int, today: date) -> list[PeriodForecast]:
    minimum = cycle.organisation.minimum_group
    found = []
    for period in past_periods(cycle, today=today):
        units = forecast(groups_of(cycle, period.by_path), percentage=percentage, minimum=minimum)
        found.append(PeriodForecast(period, [unit for unit in units if unit.has_figures]))
    return found


def _earlier_participation(cycle: Cycle) -> int | None:
    waves = queries.closed_waves(cycle.organisation, last=WAVES_LOOKED_AT)
    roots = OrgUnit.objects.filter(organisation=cycle.organisation, depth=1)
    takings = queries.participation(waves, list(roots.values_list("pk", flat=True))).values()
    invited = sum(taking.invited for taking in takings)
    return round(100 * sum(taking.answered for taking in takings) / invited) if invited else None
