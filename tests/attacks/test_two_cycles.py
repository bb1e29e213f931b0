"""Two cycles that ask the same people the same question in one week: their figures could be subtracted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from results.models import Release
from surveys.cycles.services import end_cycle, launch_cycle, pause_cycle, resume_cycle
from surveys.models import Cycle
from surveys.waves.services import open_due_waves
from tests.results.closing import close
from tests.surveys.factories import BEFORE, FIRST, MONDAY, City, city
from tests.waves import open_wave

pytestmark = pytest.mark.django_db

TWICE = "of these questions too"
ON_WEDNESDAYS: dict[str, Any] = {
    "recurrence": "FREQ=WEEKLY;BYDAY=WE",
    "starts_on": MONDAY + timedelta(days=2),
    "days_open": 5,
}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def made() -> City:
    return city({"City/Care": 10, "City/Works": 10})


def refusal(cycle: Cycle) -> str:
    with pytest.raises(ValidationError) as caught:
        launch_cycle(cycle, by=None, now=BEFORE)
    return " ".join(caught.value.messages)


def test_the_difference_of_two_such_waves_is_the_answer_of_one_person() -> None:
    """Each wave keeps its promise; the two together do not."""
    same = [(1 + one % 5, 3) for one in range(6)]
    totals = []
    for answers in (same, [*same, (2, 3)]):
        built = open_wave({"City": 9})
        built.answer("City", answers)
        close(built.wave)
        figure = Release.objects.get(wave=built.wave, question__code="energy_1")
        totals.append((figure.n, round((figure.mean or 0) * figure.n)))
    (people, total), (more_people, more) = totals
    assert (more_people - people, more - total) == (1, 2)


def test_so_a_second_cycle_may_not_ask_one_of_its_questions(made: City) -> None:
    shared, *others = made.questions(3)
    made.active("City", questions=[shared, others[0]], name="First")
    words = refusal(made.draft("City", questions=[shared, others[1]], **ON_WEDNESDAYS))
    assert f"“First” asks 1 {TWICE}" in words


def test_nor_a_part_of_the_people_or_some_of_the_units(made: City) -> None:
    questions = made.questions(2)
    made.active("City", questions=questions)
    assert TWICE in refusal(made.draft("City/Care", questions=questions, **ON_WEDNESDAYS))
    assert TWICE in refusal(made.draft("City", questions=questions, parts=2, **ON_WEDNESDAYS))


def test_nor_a_later_version_of_the_question(made: City) -> None:
    [old] = made.questions(1)
    made.active("City", questions=[old, *made.questions(1)])
    old.pk, old.version = None, 2
    old.save(force_insert=True)
    assert TWICE in refusal(made.draft("City", questions=[old, *made.questions(1)], **ON_WEDNESDAYS))


def test_nor_can_a_pause_be_used_to_get_there(made: City) -> None:
    questions = made.questions(2)
    first = made.active("City", questions=questions)
    pause_cycle(first, by=None, now=BEFORE)
    made.active("City", questions=questions, **ON_WEDNESDAYS)
    with pytest.raises(ValidationError, match=TWICE):
        resume_cycle(first, by=None, now=BEFORE)
    first.refresh_from_db()
    assert first.state == Cycle.State.PAUSED


@pytest.mark.parametrize("stop", [pause_cycle, end_cycle])
def test_nor_by_stopping_the_first_while_its_wave_is_open(made: City, stop: Callable[..., Cycle]) -> None:
    questions = made.questions(2)
    first = made.active("City", questions=questions)
    assert open_due_waves(FIRST) == 1
    stop(first, by=None, now=FIRST)
    second = made.draft("City", questions=questions, **ON_WEDNESDAYS)
    with pytest.raises(ValidationError, match=TWICE):
        launch_cycle(second, by=None, now=FIRST)


def test_other_questions_other_people_and_other_weeks_are_no_matter(made: City) -> None:
    questions = made.questions(2)
    made.active("City/Care", questions=questions)  # every two weeks
    for units, changes in (
        (["City/Care"], {"questions": made.questions(2), **ON_WEDNESDAYS}),
        (["City/Works"], {"questions": questions, **ON_WEDNESDAYS}),
        (["City/Care"], {"questions": questions, "starts_on": MONDAY + timedelta(days=7), "days_open": 5}),
    ):
        draft = made.draft(*units, **changes)
        assert launch_cycle(draft, by=None, now=BEFORE).state == Cycle.State.ACTIVE
        Cycle.objects.filter(pk=draft.pk).update(state=Cycle.State.ENDED)
