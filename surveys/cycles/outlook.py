"""What a cycle will do: the next ten dates with what is asked of how many, and what HR should know before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice, pairwise

from orgunits.models import OrgUnit
from surveys.cycles.headcount import Headcount, headcount
from surveys.cycles.recurrence import RecurrenceError, Schedule, schedule_of
from surveys.cycles.rotation import Rotation, rotation_of
from surveys.journeys.past import PastPeriod, past_periods
from surveys.models import Cycle, Question

DATES_SHOWN = 10
LONGEST_LOOK = 60  # dates of the rule, when many are left out

RuleDate = tuple[datetime, datetime | None]  # of the rule, and the opening that comes of it


@dataclass(frozen=True, slots=True)
class PlannedWave:
    """A date of the rule. For the `reason` it is left out (no `opening`) or moved (another one)."""

    planned: datetime
    reason: str
    opening: datetime | None = None
    closes_at: datetime | None = None
    reminders: list[datetime] = field(default_factory=list)
    number: int = 0
    questions: list[Question] = field(default_factory=list)
    people: int = 0

    @property
    def is_moved(self) -> bool:
        return self.opening is not None and self.opening != self.planned

    @property
    def themes(self) -> list[str]:
        themes = {question.theme_id: question.theme for question in self.questions}
        return [theme.name for theme in themes.values()]


@dataclass(frozen=True, slots=True)
class Outlook:
    cycle: Cycle
    units: list[OrgUnit]
    excluded: list[OrgUnit]
    people: int
    mailed: int
    rotation: Rotation
    waves: list[PlannedWave]
    schedule: Schedule
    heads: Headcount
    past: list[PastPeriod] = field(default_factory=list)  # of a journey

    @property
    def people_per_wave(self) -> int:
        """Rounded up; parts differ by one at most."""
        return -(-self.people // self.cycle.parts)

    @property
    def openings(self) -> list[PlannedWave]:
        return [wave for wave in self.waves if wave.opening is not None]

    @property
    def first(self) -> PlannedWave | None:
        return next(iter(self.openings), None)


def outlook(
    cycle: Cycle, *, now: datetime, heads: Headcount | None = None, rotation: Rotation | None = None
) -> Outlook:
    """Takes the same queries for any number of people, units and questions; fewer for whoever knows some."""
    heads = heads or headcount(cycle.organisation)
    units, excluded = _by_path(cycle.units.all()), _by_path(cycle.excluded_units.all())
    found = Outlook(
        cycle=cycle,
        units=units,
        excluded=excluded,
        people=heads.people_in(units, excluded),
        mailed=heads.mailed_in(units, excluded),
        rotation=rotation or rotation_of(cycle),
        waves=[],
        schedule=schedule_of(cycle),
        heads=heads,
    )
    if cycle.is_journey:
        found.past.extend(past_periods(cycle, today=found.schedule.day_of(now)))
    found.waves.extend(_ten(found, now))
    return found


def _by_path(units: Iterable[OrgUnit]) -> list[OrgUnit]:
    return sorted(units, key=lambda unit: str(unit.path))


def _ten(outlook: Outlook, now: datetime) -> Iterator[PlannedWave]:
    """Up to and with the tenth opening; those of a paused cycle are what it would do when resumed now."""
    if outlook.cycle.state == Cycle.State.ENDED:
        return
    number, since = _latest_wave(outlook.cycle)
    begin = max(filter(None, [now, since, outlook.cycle.skipped_at]))
    with suppress(RecurrenceError):  # the checks say so
        yield from _planned_waves(outlook, _ten_and_one(outlook, begin), number)


def _planned_waves(outlook: Outlook, dates: list[RuleDate], number: int) -> Iterator[PlannedWave]:
    """`number`: of the latest wave so far."""
    following = dict(pairwise(opening for _planned, opening in dates if opening))
    shown = 0
    for planned, opening in dates:
        if shown == DATES_SHOWN:
            return
        shown += opening is not None
        yield _planned_wave(outlook, planned, opening, following, number + shown)


def _ten_and_one(outlook: Outlook, begin: datetime) -> list[RuleDate]:
    """The eleventh opening says when the wave of the tenth ends at the latest."""
    dates: list[RuleDate] = []
    openings = 0
    for date in islice(_dates(outlook, begin), LONGEST_LOOK):
        dates.append(date)
        openings += date[1] is not None
        if openings > DATES_SHOWN:
            break
    return dates


def _latest_wave(cycle: Cycle) -> tuple[int, datetime | None]:
    """Its number and the moment for which it was planned."""
    if cycle.state == Cycle.State.DRAFT:  # has none yet
        return 0, None
    latest = cycle.waves.order_by("-number").values_list("number", "scheduled_for").first()
    return latest or (0, None)


def _dates(outlook: Outlook, begin: datetime) -> Iterator[RuleDate]:
    next_opening = outlook.cycle.next_opens_at
    for planned, opening in outlook.schedule.dates():
        if (opening or planned) <= begin:
            continue
        if next_opening is not None and (opening or planned) < next_opening:
            continue
        if planned > begin + timedelta(days=5 * 366):
            return
        yield planned, opening


def _planned_wave(
    outlook: Outlook,
    planned: datetime,
    opening: datetime | None,
    following: Mapping[datetime, datetime],
    number: int,
) -> PlannedWave:
    schedule = outlook.schedule
    reason = schedule.closed.reason(schedule.day_of(planned)) if opening != planned else ""
    if opening is None:
        return PlannedWave(planned, reason)
    closes_at = schedule.closing(opening, following.get(opening))
    return PlannedWave(
        planned=planned,
        reason=reason,
        opening=opening,
        closes_at=closes_at,
        reminders=schedule.reminders(opening, closes_at),
        number=number,
        questions=outlook.rotation.questions(number),
        people=outlook.people_per_wave,
    )
