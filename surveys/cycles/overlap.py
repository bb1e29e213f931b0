"""Two cycles that ask many of the same people in one week.

Whoever sees the figures of both can subtract them. What is left is about the people whom only one of the two
asked, so these must be nobody, or enough. And of the people whom both asked, some answer only one of the two,
so the two may not ask the same question (docs/decisions/0023-one-question-once-a-week.md).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from django.db.models import Exists, OuterRef, Prefetch, Q, prefetch_related_objects

from orgunits.models import OrgUnit
from surveys.audience import topmost
from surveys.cycles.headcount import headcount
from surveys.cycles.recurrence import RecurrenceError, Schedule, schedule_of
from surveys.models import Cycle, CycleQuestion, Wave

WEEK = timedelta(days=7)
LOOKED_AT = 10  # waves of each cycle


@dataclass(frozen=True, slots=True)
class Overlap:
    """`day`: the first wave of this cycle with one of the other's within a week.

    `alone`: the fewest people in one branch whom only one of the two asks; 0 when both ask the same people.
    `asked_twice`: questions, in whatever version, that both ask.
    """

    other: Cycle
    day: date
    alone: int
    asked_twice: int

    def too_few(self, minimum: int) -> bool:
        return 0 < self.alone < minimum


def overlaps(
    cycle: Cycle,
    *,
    now: datetime,
    placed: Counter[str] | None = None,
    others: Sequence[Cycle] | None = None,
) -> list[Overlap]:
    """With active cycles and recent waves. Takes the same queries for any number of cycles and units.

    For whoever knows already: `placed`, how many people each unit holds itself, by its path; and the `others`
    (`others_of`).
    """
    if others is None:
        others = others_of(cycle, now)
    if not others:
        return []
    prefetch_related_objects([cycle.organisation], "quiet_periods")
    people = headcount(cycle.organisation).placed if placed is None else placed
    schedule = schedule_of(cycle)
    own = [schedule.day_of(moment) for moment in _own(cycle, schedule, now)]
    asked = _asked(cycle, people)
    codes = _codes([cycle, *others])
    found = []
    for other in others:
        other.organisation = cycle.organisation
        meeting = _first_within_a_week(own, sorted(map(schedule.day_of, _moments(other, now))))
        if meeting is None:
            continue
        theirs = _asked(other, people)
        if both := asked & theirs:
            alone = _alone(asked - both, both, people) + _alone(theirs - both, both, people)
            asked_twice = len(codes[cycle.pk] & codes[other.pk])
            found.append(Overlap(other, meeting, min(alone, default=0), asked_twice))
    return found


def _codes(cycles: Collection[Cycle]) -> defaultdict[int, set[str]]:
    """What all versions of a question have in common, of each cycle."""
    codes: defaultdict[int, set[str]] = defaultdict(set)
    asked = CycleQuestion.objects.filter(cycle__in=cycles)
    for cycle_id, code in asked.order_by().values_list("cycle", "question__code"):
        codes[cycle_id].add(code)
    return codes


def others_of(cycle: Cycle, now: datetime) -> list[Cycle]:
    """Those that go on, or that ended or paused and asked lately; with their units and recent waves."""
    if cycle.is_journey:  # asks each on a day of their own: see surveys/journeys/overlap.py
        return []
    lately = Wave.objects.filter(opened_at__gt=now - 2 * WEEK)
    meeting = Cycle.objects.filter(
        Q(state=Cycle.State.ACTIVE) | Exists(lately.filter(cycle=OuterRef("pk"))),
        organisation=cycle.organisation_id,
        kind=Cycle.Kind.RECURRING,
    )
    recent = Prefetch("waves", lately, to_attr="recent_waves")
    others = meeting.exclude(pk=cycle.pk).order_by("pk")
    return list(others.prefetch_related("units", "excluded_units", recent))


def _moments(other: Cycle, now: datetime) -> Iterator[datetime]:
    yield from (wave.opened_at for wave in other.recent_waves)  # type: ignore[attr-defined]
    yield from _coming(schedule_of(other), other.next_opens_at, now)


def _own(cycle: Cycle, schedule: Schedule, now: datetime) -> list[datetime]:
    try:
        return _coming(schedule, cycle.next_opens_at or schedule.first_opening(), now)
    except RecurrenceError:  # said elsewhere
        return []


def _coming(schedule: Schedule, first: datetime | None, now: datetime) -> list[datetime]:
    if first is None:
        return []
    return [first, *islice(schedule.openings(max(first, now)), LOOKED_AT)]


def _first_within_a_week(own: Iterable[date], theirs: list[date]) -> date | None:
    for day in own:
        place = bisect_left(theirs, day)
        if any(abs(one - day) < WEEK for one in theirs[max(place - 1, 0) : place + 1]):
            return day
    return None


def _asked(cycle: Cycle, people: Counter[str]) -> set[str]:
    paths = tuple(unit.path for unit in topmost(cycle.units.all()))
    without = tuple(unit.path for unit in topmost(cycle.excluded_units.all()))
    asked = {path for path in people if path.startswith(paths)}
    return {path for path in asked if not path.startswith(without)} if without else asked


def _alone(only: Collection[str], both: Collection[str], people: Counter[str]) -> list[int]:
    """People whom one of the two asks alone: in each branch that the other leaves out whole, and in all."""
    if not only:
        return []
    shared = {path[:end] for path in both for end in range(OrgUnit.steplen, len(path) + 1, OrgUnit.steplen)}
    branches: Counter[str] = Counter()
    for path in only:
        ends = range(OrgUnit.steplen, len(path) + 1, OrgUnit.steplen)
        top = next((path[:end] for end in ends if path[:end] not in shared), path)
        branches[top] += people[path]
    return [*branches.values(), branches.total()]
