"""What a journey would have done in the last twelve months, by the dates that are known of people."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from dateutil.relativedelta import relativedelta
from django.db.models import Q

from surveys.journeys.moments import with_dates
from surveys.journeys.periods import months_of
from surveys.models import Cycle

MONTHS_LOOKED_AT = 12
COLUMNS = ("event_on", "left_on", "unit__path")


@dataclass(frozen=True, slots=True)
class PastPeriod:
    """How many would have been asked on these days, both included, by path of the unit they are in now."""

    first_day: date
    last_day: date
    by_path: Counter[str] = field(default_factory=Counter)

    @property
    def people(self) -> int:
        return self.by_path.total()


def past_periods(cycle: Cycle, *, today: date) -> list[PastPeriod]:
    """Up to yesterday, the newest first; one query for people beside those for the units."""
    months = months_of(cycle)
    starts = [
        today - relativedelta(months=months * number) for number in range(MONTHS_LOOKED_AT // months + 1)
    ]
    periods = [PastPeriod(earlier, later - timedelta(days=1)) for later, earlier in pairwise(starts)]
    shift = timedelta(days=cycle.days_after)
    people = with_dates(cycle).filter(Q(event_on__gte=starts[-1] - shift, event_on__lt=today - shift))
    for event_on, left_on, path in people.values_list(*COLUMNS):
        day = event_on + shift
        if cycle.kind != Cycle.Kind.LEAVING and left_on is not None and left_on <= day:
            continue
        period = next(one for one in periods if one.first_day <= day)
        period.by_path[path] += 1
    return periods


def has_dates(cycle: Cycle) -> bool:
    return with_dates(cycle).exists()
