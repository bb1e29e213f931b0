"""Two journeys that differ in a small unit could be subtracted from each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from surveys.cycles.checks import checks
from surveys.cycles.outlook import outlook
from surveys.cycles.services import end_cycle, launch_cycle, pause_cycle
from surveys.models import Cycle
from tests.surveys.factories import City, city
from tests.surveys.journeys.factories import BEFORE, FIRST_DAY, QUARTER, journey

pytestmark = pytest.mark.django_db

SAME_DAY = "within a week of the same day"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def made() -> City:
    return city({"City/Care": 6, "City/Works": 6, "City/Works/Depot": 1})


def second(made: City, *units: str, **changes: Any) -> Cycle:
    plan = {"kind": Cycle.Kind.ONBOARDING, "days_after": 30, "recurrence": QUARTER, "starts_on": FIRST_DAY}
    return made.draft(*units, now=BEFORE, **plan | {"days_open": 14} | changes)


def refused(cycle: Cycle) -> bool:
    """The page that leads to a launch says the same as the launch."""
    blocking = [one.text for one in checks(outlook(cycle, now=BEFORE), now=BEFORE) if one.blocking]
    said: list[str] = []
    try:
        launch_cycle(cycle, by=None, now=BEFORE)
    except ValidationError as error:
        said = error.messages
    assert blocking == said
    assert all(SAME_DAY in text and "end “Onboarding” first" in text for text in said)
    return bool(said)


def test_a_journey_that_leaves_out_one_small_unit_is_refused_beside_another(made: City) -> None:
    journey(made)
    assert refused(second(made, excluded_units=[made.units["City/Works/Depot"]]))


def test_nor_may_it_ask_the_same_people_by_other_periods(made: City) -> None:
    journey(made)
    assert refused(second(made, recurrence="FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=1"))


@pytest.mark.parametrize(("days", "no"), [(24, True), (36, True), (23, False), (37, False)])
def test_days_a_week_apart_are_other_questions_at_another_time(made: City, days: int, no: bool) -> None:
    journey(made)
    assert refused(second(made, days_after=days)) is no


def test_a_paused_journey_counts_and_one_that_ended_does_not(made: City) -> None:
    first = journey(made)
    pause_cycle(first, by=None, now=BEFORE)
    assert refused(second(made, "City/Care"))
    end_cycle(first, by=None, now=BEFORE)
    assert not refused(second(made, "City/Care"))


def test_journeys_of_another_kind_or_in_other_units_are_launched(made: City) -> None:
    journey(made, "City/Works", excluded_units=[made.units["City/Works/Depot"]])
    assert not refused(second(made, "City/Care"))
    assert not refused(second(made, "City/Works", kind=Cycle.Kind.MOVED))


def test_a_unit_that_the_other_leaves_out_is_not_shared(made: City) -> None:
    journey(made, excluded_units=[made.units["City/Works"]])
    assert not refused(second(made, "City/Works"))
