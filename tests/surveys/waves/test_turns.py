"""One part of the people per wave: everyone has a turn in every round, whoever comes, leaves or moves."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orgunits.models import Employee
from surveys.models import Cycle, Wave
from surveys.waves.services import open_wave
from surveys.waves.turns import deal, deal_turns

from ..factories import FIRST, City, city

WEEK = timedelta(days=7)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=20), st.integers(1, 13))
def test_parts_differ_by_one_at_most_in_each_group_and_in_all(groups: list[int], parts: int) -> None:
    units = [unit for unit, size in enumerate(groups) for _ in range(size)]
    dealt = list(deal(units, Counter(), parts))
    assert even(Counter(dealt), parts)
    for unit in set(units):
        assert even(Counter(part for one, part in zip(units, dealt, strict=True) if one == unit), parts)


def even(counts: Counter[int], parts: int) -> bool:
    numbers = [counts[part] for part in range(parts)]
    return max(numbers) - min(numbers) <= 1


def next_wave(cycle: Cycle, number: int) -> set[int]:
    """Open the wave, say who is invited, and have it out of the way of the next."""
    wave = open_wave(cycle, now=FIRST + number * WEEK)
    assert wave is not None
    Wave.objects.filter(pk=wave.pk).update(state=Wave.State.CLOSED)
    return set(wave.invitations.values_list("employee_id", flat=True))


def waves(cycle: Cycle, number: int) -> list[set[int]]:
    return [next_wave(cycle, one) for one in range(number)]


def happen(made: City, what: str, which: int) -> None:
    paths = sorted(made.units)
    if what == "hire":
        made.hire(paths[which % len(paths)], 1 + which % 3)
        return
    people = list(Employee.objects.employed().filter(organisation=made.organisation).order_by("pk"))
    if not people:
        return
    someone = people[which % len(people)]
    if what == "leave":
        someone.left_on = FIRST.date()
    else:
        someone.unit = made.units[paths[which % len(paths)]]
    someone.save()


def weekly(made: City, parts: int) -> Cycle:
    return made.active(parts=parts, recurrence="FREQ=WEEKLY", days_open=6)


@pytest.mark.django_db
def test_with_a_quarter_a_week_everyone_is_asked_once_in_four_weeks() -> None:
    made = city({"City": 1, "City/Care": 7, "City/Works": 2})
    rounds = waves(weekly(made, 4), 8)
    for asked in (rounds[:4], rounds[4:]):
        assert Counter(person for wave in asked for person in wave) == Counter(
            Employee.objects.values_list("pk", flat=True)
        )
    assert {len(wave) for wave in rounds} <= {2, 3}


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(1, 4),
    st.lists(
        st.tuples(st.integers(0, 7), st.sampled_from(["hire", "leave", "move"]), st.integers(0, 50)),
        max_size=12,
    ),
)
def test_nobody_is_passed_over_whatever_happens(parts: int, events: list[tuple[int, str, int]]) -> None:
    made = city({"City": 1, "City/Care": 5, "City/Works": 3})
    here: list[set[int]] = []
    cycle = weekly(made, parts)
    asked = []
    for number in range(8):
        for when, what, which in events:
            if when == number:
                happen(made, what, which)
        employed = Employee.objects.employed().filter(organisation=made.organisation)
        if not employed.exists():
            made.hire("City")  # an empty organisation has no waves
        here.append(set(employed.values_list("pk", flat=True)))
        asked.append(next_wave(cycle, number))
    for first in range(8 - parts + 1):
        stayed = set.intersection(*here[first : first + parts])
        counted = Counter(person for wave in asked[first : first + parts] for person in wave)
        assert all(counted[person] == 1 for person in stayed)


@pytest.mark.django_db
def test_dealing_again_changes_nobody_s_part() -> None:
    made = city({"City": 5})
    cycle = weekly(made, 3)
    people = Employee.objects.filter(organisation=made.organisation)
    deal_turns(cycle, people)
    before = dict(cycle.turns.values_list("employee", "part"))
    deal_turns(cycle, people)
    assert dict(cycle.turns.values_list("employee", "part")) == before


@pytest.mark.django_db
def test_a_part_without_people_is_a_wave_without_people_and_the_round_goes_on() -> None:
    made = city({"City": 2})
    assert [len(wave) for wave in waves(weekly(made, 3), 4)] == [1, 1, 0, 1]
