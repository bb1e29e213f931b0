"""A question that is changed while a wave opens with it: real threads and real transactions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import transaction

from surveys.bank.rows import all_questions
from surveys.bank.services import StaleQuestionError, change_question
from surveys.models import Question, WaveQuestion
from surveys.waves.services import open_due_waves

from ..factories import FIRST, city
from ..waves.test_at_once import at_once, in_thread
from .factories import NOW, draft, own_question

pytestmark = pytest.mark.django_db(transaction=True)


def asked_by_a_cycle() -> Question:
    made = city({"City": 6})
    question = own_question(made.organisation)
    made.active(questions=[question])
    return question


def change(question: Question, text: str = "Met andere woorden.") -> Question:
    return change_question(question, draft=draft(text), revision=1, by=None, now=NOW)


def test_a_change_waits_for_the_wave_that_is_opening_and_then_makes_a_successor() -> None:
    question = asked_by_a_cycle()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            open_due_waves(FIRST)
            changing = pool.submit(in_thread, lambda: change(question))
            with pytest.raises(TimeoutError):
                changing.result(timeout=0.5)
        assert changing.result(timeout=10).predecessor_id == question.pk
    assert WaveQuestion.objects.get().text_nl == "Ik werk hier graag."


def test_a_wave_waits_for_a_change_and_opens_with_the_new_words() -> None:
    question = asked_by_a_cycle()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            change(question)
            opening = pool.submit(in_thread, lambda: open_due_waves(FIRST))
            with pytest.raises(TimeoutError):
                opening.result(timeout=0.5)
        assert opening.result(timeout=10) == 1
    assert WaveQuestion.objects.get().text_nl == "Met andere woorden."
    assert all_questions().exclude(organisation=None).count() == 1


def test_of_two_changes_at_once_one_is_told_about_the_other() -> None:
    question = asked_by_a_cycle()

    def try_to_change() -> Any:
        try:
            return change(question)
        except StaleQuestionError as error:
            return error

    outcomes = at_once(try_to_change, workers=2)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Question", "StaleQuestionError"]


def test_waves_of_many_cycles_open_at_once_with_the_same_question() -> None:
    teams = [f"City/Team {number}" for number in range(4)]
    made = city(dict.fromkeys(teams, 6))
    question = own_question(made.organisation)
    for team in teams:
        made.active(team, questions=[question])
    assert sum(at_once(lambda: open_due_waves(FIRST))) == 4
