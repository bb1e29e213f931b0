"""Two workers make the same round at the same moment: real threads and real transactions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from surveys.answering.services import Answers, submit
from surveys.journeys.rounds import make_due_rounds
from surveys.models import Invitation, Mail, Wave

from ..factories import city
from ..waves.test_at_once import at_once, in_thread
from .factories import at, journey, tick


@pytest.mark.django_db(transaction=True)
def test_ticks_at_once_ask_each_person_once() -> None:
    made = city({"City": 3})
    made.hire("City", 20, joined_on=date(2026, 1, 20))
    journey(made)
    tick(at(date(2026, 2, 1)))
    assert sum(at_once(lambda: make_due_rounds(at(date(2026, 2, 19))))) == 20
    assert (Invitation.objects.count(), Mail.objects.count()) == (20, 20)


@pytest.mark.django_db(transaction=True)
def test_people_who_are_answering_do_not_hold_up_a_round() -> None:
    made = city({"City": 3})
    made.hire("City", joined_on=date(2026, 1, 20))
    made.hire("City", joined_on=date(2026, 1, 21))
    journey(made)
    tick(at(date(2026, 2, 1)))
    tick(at(date(2026, 2, 19)))
    now = at(date(2026, 2, 20))
    wave, first = Wave.objects.get(), Invitation.objects.get()
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        submit(wave, [Answers(first.pk, [4, 4])], now=now)
        round_of_the_day = pool.submit(in_thread, lambda: make_due_rounds(now))
        assert round_of_the_day.result(timeout=10) == 1  # the answer is not saved yet


def queries_of_a_round(people: int) -> int:
    made = city({"City": 3})
    made.hire("City", people, joined_on=date(2026, 1, 20))
    journey(made, reminder_after_days=5)
    tick(at(date(2026, 2, 1)))
    with CaptureQueriesContext(connection) as queries:
        assert make_due_rounds(at(date(2026, 2, 19))) == people
    return len(queries)


@pytest.mark.django_db
def test_a_round_takes_the_same_few_queries_for_any_number_of_people() -> None:
    assert queries_of_a_round(1) == queries_of_a_round(3) < 30
