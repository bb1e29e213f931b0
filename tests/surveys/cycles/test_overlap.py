"""Too few people for a wave, and two cycles whose figures could be subtracted from each other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from surveys.cycles.checks import checks
from surveys.cycles.outlook import outlook
from surveys.cycles.overlap import overlaps
from surveys.cycles.services import launch_cycle, pause_cycle
from surveys.models import Cycle
from surveys.waves.services import open_due_waves

from ..factories import BEFORE, FIRST, MONDAY, City, city

pytestmark = pytest.mark.django_db

CLOSE = "asks nearly the same people"
COMPARED = "asks part of the same people"
WEEKLY: dict[str, Any] = {
    "recurrence": "FREQ=WEEKLY;BYDAY=WE",
    "starts_on": MONDAY + timedelta(days=2),
    "days_open": 5,
}


@pytest.fixture
def made() -> City:
    """Units of ten people each, and a team of three."""
    return city({"City/Care": 10, "City/Care/Team": 3, "City/Works": 10, "City/Works/Depot": 10})


def blocking(cycle: Cycle) -> list[str]:
    return [one.text for one in checks(outlook(cycle, now=BEFORE), now=BEFORE) if one.blocking]


def warnings(cycle: Cycle) -> list[str]:
    return [one.text for one in checks(outlook(cycle, now=BEFORE), now=BEFORE) if not one.blocking]


def refusal(cycle: Cycle) -> str:
    with pytest.raises(ValidationError) as caught:
        launch_cycle(cycle, by=None, now=BEFORE)
    cycle.refresh_from_db()
    assert cycle.state == Cycle.State.DRAFT
    return " ".join(caught.value.messages)


# Few people


@pytest.mark.parametrize(("people", "parts"), [(4, 1), (9, 2), (19, 4)])
def test_a_wave_of_fewer_people_than_a_figure_needs_is_refused(people: int, parts: int) -> None:
    draft = city({"City": people}).draft(parts=parts)
    assert f"would ask {people // parts} people" in refusal(draft)
    assert any("would ask" in text for text in blocking(draft))


def test_the_number_that_is_needed_is_the_organisation_s_own() -> None:
    made = city({"City": 9}, minimum_group=10)
    assert "fewer than 10" in refusal(made.draft())


def test_a_wave_of_hardly_enough_people_is_a_warning() -> None:
    draft = city({"City": 5}).draft()
    assert blocking(draft) == []
    assert any("A wave asks 5 people" in text for text in warnings(draft))
    assert launch_cycle(draft, by=None, now=BEFORE).state == Cycle.State.ACTIVE


# Two cycles in one week


def test_two_cycles_that_differ_in_a_few_people_are_not_launched_for_one_week(made: City) -> None:
    made.active("City", name="First")
    second = made.draft("City", excluded_units=[made.units["City/Care/Team"]], **WEEKLY)
    words = refusal(second)
    assert f"“First” {CLOSE} in the week of 4 March 2026" in words
    assert "3 people" in words
    assert "Choose the same units as “First”" in words
    assert [text for text in blocking(second) if CLOSE in text]


def test_it_does_not_matter_which_of_the_two_asks_fewer(made: City) -> None:
    made.active("City", name="First", excluded_units=[made.units["City/Care/Team"]])
    assert CLOSE in refusal(made.draft("City", **WEEKLY))


def test_a_small_team_left_out_beside_a_large_unit_still_stands_alone(made: City) -> None:
    made.active("City")
    left_out = [made.units["City/Care/Team"], made.units["City/Works/Depot"]]
    assert CLOSE in refusal(made.draft("City", excluded_units=left_out, **WEEKLY))


def test_enough_people_that_differ_are_a_warning(made: City) -> None:
    made.active("City", name="First")
    second = made.draft("City", excluded_units=[made.units["City/Works/Depot"]], **WEEKLY)
    assert blocking(second) == []
    assert any(COMPARED in text for text in warnings(second))


@pytest.mark.parametrize("units", [["City"], ["City/Care", "City/Works"]])
def test_the_same_people_are_no_matter_of_comparing(made: City, units: list[str]) -> None:
    made.active("City")
    again = made.draft(*units, **WEEKLY)
    assert not [text for text in blocking(again) + warnings(again) if CLOSE in text or COMPARED in text]


def test_cycles_for_other_people_do_not_meet(made: City) -> None:
    made.active("City/Care")
    assert overlaps(made.draft("City/Works", **WEEKLY), now=BEFORE) == []


def test_cycles_in_other_weeks_do_not_meet(made: City) -> None:
    made.active("City")  # every two weeks
    draft = made.draft(
        "City",
        excluded_units=[made.units["City/Care/Team"]],
        starts_on=MONDAY + timedelta(days=7),
        days_open=5,
    )
    assert overlaps(draft, now=BEFORE) == []
    assert launch_cycle(draft, by=None, now=BEFORE).state == Cycle.State.ACTIVE


def test_an_open_wave_of_a_cycle_counts_though_its_next_one_is_far_off(made: City) -> None:
    made.active("City", recurrence="FREQ=MONTHLY;BYDAY=1MO", days_open=7)
    assert open_due_waves(FIRST) == 1
    draft = made.draft("City", excluded_units=[made.units["City/Care/Team"]], **WEEKLY)
    assert [one.alone for one in overlaps(draft, now=FIRST)] == [3]


def test_a_paused_cycle_does_not_count(made: City) -> None:
    pause_cycle(made.active("City"), by=None, now=BEFORE)
    assert overlaps(made.draft("City", **WEEKLY), now=BEFORE) == []


def test_parts_of_the_people_are_not_compared(made: City) -> None:
    made.active("City")
    draft = made.draft("City", excluded_units=[made.units["City/Care/Team"]], parts=2, **WEEKLY)
    assert blocking(draft) == []
    assert any(COMPARED in text for text in warnings(draft))


def test_a_rule_that_cannot_be_read_is_left_to_the_other_checks(made: City) -> None:
    made.active("City")
    draft = made.draft("City", **WEEKLY)
    Cycle.objects.filter(pk=draft.pk).update(recurrence="FREQ=WEEKLY;BYDAY=XX")
    draft.refresh_from_db()
    assert overlaps(draft, now=BEFORE) == []
    assert blocking(draft)


def test_the_number_of_queries_is_the_same_for_any_number_of_cycles(made: City) -> None:
    def queries() -> int:
        draft = Cycle.objects.select_related("organisation").get(state=Cycle.State.DRAFT)
        with CaptureQueriesContext(connection) as taken:
            assert overlaps(draft, now=BEFORE)
        return len(taken)

    made.active("City")
    made.draft("City", excluded_units=[made.units["City/Works"]], **WEEKLY)
    one = queries()
    made.active("City/Care")
    made.active("City")
    assert queries() == one
