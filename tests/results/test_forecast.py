from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from orgunits.models import Role
from results.forecast import forecast
from surveys.cycles.groups import PlannedGroup, planned_groups
from surveys.waves.services import open_wave
from tests.surveys.factories import FIRST, City, city


def tree(*sizes: int) -> list[PlannedGroup]:
    """A root with units directly below it."""
    return [PlannedGroup(f"Unit {place}", 0 if place else -1, size) for place, size in enumerate(sizes)]


def test_a_unit_has_figures_when_enough_people_are_expected_to_answer() -> None:
    units = forecast(tree(0, 20, 5), percentage=50, minimum=5)
    assert [unit.has_figures for unit in units] == [True, True, False]
    assert (units[2].invited, units[2].answers, units[2].counts_in) == (5, 2, "")
    assert [unit.above for unit in units] == ["", "Unit 0", "Unit 0"]


def test_answers_of_a_small_unit_count_in_the_first_one_above_that_has_enough() -> None:
    units = forecast(tree(10, 6), percentage=50, minimum=5)
    assert (units[1].has_figures, units[1].counts_in) == (False, "Unit 0")


def test_without_people_there_is_nothing_to_expect() -> None:
    assert forecast([], percentage=50, minimum=5) == []


@given(st.lists(st.integers(0, 60), min_size=1, max_size=30), st.integers(1, 100))
def test_more_participation_never_hides_more(sizes: list[int], percentage: int) -> None:
    def shown(percentage: int) -> int:
        return sum(unit.has_figures for unit in forecast(tree(*sizes), percentage=percentage, minimum=5))

    assert shown(percentage) <= shown(100)


@pytest.fixture
def made() -> City:
    return city({"City": 2, "City/Care": 12, "City/Care/Night": 3, "City/Works": 9, "City/Empty": 0})


@pytest.mark.django_db
@pytest.mark.parametrize("parts", [1, 2, 3])
def test_the_planned_groups_are_those_of_the_wave(made: City, parts: int) -> None:
    cycle = made.active(parts=parts)
    planned = planned_groups(cycle)
    wave = open_wave(cycle, now=FIRST)
    assert wave is not None
    snapshot = {unit.name: unit for unit in wave.units.all()}
    assert [group.name for group in planned] == ["City", "Care", "Night", "Works"]
    for group in planned:
        assert abs(group.invited - snapshot[group.name].invited) <= 1


def shown(made: City, query: str = "") -> str:
    client = Client()
    client.force_login(made.user(Role.HR))
    client.cookies["django_language"] = "en"
    return client.get(reverse("forecast", args=[made.draft().pk]) + query).content.decode()


@pytest.mark.django_db
def test_the_page_says_which_units_will_have_no_figures(made: City) -> None:
    page = shown(made, "?percentage=50")
    assert "If 50% answer, 2 of 4 units have figures" in page
    assert "Night" in page
    assert "Works" in page


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "?percentage=0", "?percentage=101", "?percentage=x"])
def test_without_earlier_waves_or_a_choice_the_usual_participation_counts(made: City, query: str) -> None:
    assert "If 60% answer" in shown(made, query)
