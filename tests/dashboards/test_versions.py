"""A question that became another version: the trend goes on when it measures the same, else it begins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import override

from dashboards.unit import QuestionLine, UnitPage, unit_page
from orgunits.access import scope_of
from orgunits.models import Role
from results.queries import with_questions
from surveys.models import Question, Wave, WaveQuestion
from tests.dashboards.test_comparing import Board
from tests.factories import user_with

pytestmark = pytest.mark.django_db
MONTH = timedelta(weeks=4)


def town_with(*, is_equivalent: bool) -> Board:
    """Two closed waves; the second asks a successor of the first question."""
    town = Board(questions=2)
    before, after = town.waves[0], town.wave(after=MONTH)
    old = before.questions.get(position=0).question
    new = successor(old, is_equivalent=is_equivalent)
    after.questions.filter(position=0).update(question=new, text_en=new.text_en, code=new.code)
    town.release(before, "City", [3.0, 3.0], n=400)
    town.release(after, "City", [4.0, 3.0], n=400)
    return town


def successor(old: Question, **fields: Any) -> Question:
    return Question.objects.create(
        organisation=old.organisation,
        theme=old.theme,
        code=old.code,
        version=old.version + 1,
        text_en="In other words",
        text_nl="Met andere woorden",
        predecessor=old,
        **fields,
    )


def page_of(town: Board) -> UnitPage:
    city = town.first.units["City"]
    with override("en"):
        return unit_page(scope_of(user_with(Role.HR, city), on=town.waves[-1].closes_at.date()), city)


def line_of(town: Board) -> QuestionLine:
    return page_of(town).themes[0].questions[0]


def test_an_equivalent_version_goes_on_with_the_line_and_the_page_says_so() -> None:
    line = line_of(town_with(is_equivalent=True))
    assert line.change
    assert (line.change.direction, line.change.size) == ("up", 1.0)
    assert line.note == "In other words since Pulse 2. It asks the same, so the line goes on."


def test_another_version_begins_a_new_line_and_the_page_says_so() -> None:
    town = town_with(is_equivalent=False)
    line = line_of(town)
    assert line.change is None
    assert line.note == "Asks something else since Pulse 2: figures from before are not compared."
    assert "asks something else since Pulse 2" in page_of(town).themes[0].note


def test_a_question_that_stayed_as_it_was_says_nothing() -> None:
    town = town_with(is_equivalent=True)
    other = page_of(town).themes[0].questions[1]
    assert (other.note, page_of(town).themes[0].note) == ("", "")


def test_a_version_of_a_version_is_one_line_as_long_as_each_measures_the_same() -> None:
    town = town_with(is_equivalent=True)
    second = WaveQuestion.objects.get(wave=town.waves[1], position=0).question
    third: Wave = town.wave(after=MONTH)
    third.questions.filter(position=0).update(question=successor(second, is_equivalent=True))
    town.release(third, "City", [4.5, 3.0], n=400)
    line = line_of(town)
    assert line.change
    assert line.change.size == 0.5
    assert "Pulse 3" in line.note


def test_each_wave_keeps_its_own_words_and_place_of_a_question() -> None:
    """Waves that asked the same in the same words share what is read of it; the others do not."""
    town = Board(questions=2)
    same, other = town.wave(after=MONTH), town.wave(after=2 * MONTH)
    other.questions.filter(position=0).update(position=2, text_en="In words of this wave")
    waves = with_questions([town.waves[0], same, other])
    stored = WaveQuestion.objects.order_by("position")
    texts = [list(stored.filter(wave=wave).values_list("text_en", flat=True)) for wave in waves]
    assert [[one.text_en for one in wave.questions.all()] for wave in waves] == texts
    assert texts[0] == texts[1] == [texts[0][0], texts[2][0]] != texts[2]
