"""What HR can expect to see of a cycle: how many units will have figures, and which will not."""

from __future__ import annotations

from dataclasses import dataclass

from orgunits.models import OrgUnit
from results import queries
from results.forecast import UnitForecast, forecast
from surveys.cycles.groups import planned_groups
from surveys.models import Cycle, Question

USUAL = 60  # per cent, before an organisation has waves of its own
CHOICES = (30, 40, 50, 60, 70, 80, 90)
WAVES_LOOKED_AT = 3
LISTED = 200


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
    asks_choice: bool = False

    @property
    def with_figures(self) -> int:
        return sum(unit.has_figures for unit in self.units)

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


def forecast_page(cycle: Cycle, percentage: int | None) -> ForecastPage:
    earlier = _earlier_participation(cycle)
    expected = percentage or earlier or USUAL
    minimum = cycle.organisation.minimum_group
    units = forecast(planned_groups(cycle), percentage=expected, minimum=minimum)
    asked = cycle.cycle_questions.filter(question__kind=Question.Kind.CHOICE)
    return ForecastPage(cycle, expected, earlier, minimum, units, asks_choice=asked.exists())


def _earlier_participation(cycle: Cycle) -> int | None:
    waves = queries.closed_waves(cycle.organisation, last=WAVES_LOOKED_AT)
    roots = OrgUnit.objects.filter(organisation=cycle.organisation, depth=1)
    takings = queries.participation(waves, list(roots.values_list("pk", flat=True))).values()
    invited = sum(taking.invited for taking in takings)
    return round(100 * sum(taking.answered for taking in takings) / invited) if invited else None
