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

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, prefetch_related_objects

from orgunits.models import OrgUnit
from orgunits.tree import paths_down_to
from surveys.audience import topmost
from surveys.cycles.headcount import headcount
from surveys.cycles.recurrence import RecurrenceError, Schedule, schedule_of
from surveys.models import Cycle, CycleQuestion, Wave

WEEK = timedelta(days=7)
LOOKED_AT = 10  # waves of each cycle
BEHIND_ALL_BELOW = "~"  # paths are written in digits and letters, which sort before it


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
    paths = sorted(people)
    asked = _asked(cycle, paths)
    codes = _codes([cycle, *others])
    found = []
    for other in others:
        other.organisation = cycle.organisation
        meeting = _first_within_a_week(own, sorted(map(schedule.day_of, _moments(other, now))))
        if meeting is None:
            continue
        theirs = _asked(other, paths)
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
    """Those that go on, or that ended or paused and asked lately; with their units and when they asked."""
    if cycle.is_journey:  # asks each on a day of their own: see surveys/journeys/overlap.py
        return []
    lately = Wave.objects.filter(cycle=OuterRef("pk"), opened_at__gt=now - 2 * WEEK).order_by("opened_at")
    others = Cycle.objects.annotate(asked_at=ArraySubquery(lately.values("opened_at"))).filter(
        Q(state=Cycle.State.ACTIVE) | ~Q(asked_at=[]),
        organisation=cycle.organisation_id,
        kind=Cycle.Kind.RECURRING,
    )
    return list(others.exclude(pk=cycle.pk).order_by("pk").prefetch_related("units", "excluded_units"))


def _moments(other: Cycle, now: datetime) -> Iterator[datetime]:
    yield from other.asked_at  # type: ignore[attr-defined]  # by `others_of`
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


def _asked(cycle: Cycle, paths: Sequence[str]) -> set[str]:
    """Of all paths, sorted: those of a branch stand side by side."""
    return _within(cycle.units.all(), paths) - _within(cycle.excluded_units.all(), paths)


def _within(units: Iterable[OrgUnit], paths: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for unit in topmost(units):
        end = unit.path + BEHIND_ALL_BELOW
        found.update(paths[bisect_left(paths, unit.path) : bisect_left(paths, end)])
    return found


def _alone(only: Collection[str], both: Collection[str], people: Counter[str]) -> list[int]:
    """People whom one of the two asks alone: in each branch that the other leaves out whole, and in all."""
    if not only:
        return []
    shared = {at_or_above for path in both for at_or_above in paths_down_to(path)}
    branches: Counter[str] = Counter()
    for path in only:
        top = next((at_or_above for at_or_above in paths_down_to(path) if at_or_above not in shared), path)
        branches[top] += people[path]
    return [*branches.values(), branches.total()]
