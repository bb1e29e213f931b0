from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from surveys.models import Invitation, Mail, Wave
from surveys.waves.services import open_wave, queue_due_reminders
from tests.answered import have_answered

from ..factories import FIRST, City, city

pytestmark = pytest.mark.django_db

REMIND_AT = FIRST + timedelta(days=3)


def open_and_sent(made: City, **changes: Any) -> Wave:
    wave = open_wave(made.active(reminder_after_days=3, **changes), now=FIRST)
    assert wave is not None
    wave.mails.update(state=Mail.State.SENT, sent_at=FIRST)
    return wave


def reminders() -> list[Mail]:
    return list(Mail.objects.filter(kind=Mail.Kind.REMINDER))


def test_everyone_who_was_mailed_and_has_not_answered_gets_one_reminder() -> None:
    wave = open_and_sent(city({"City": 3}))
    have_answered([wave.invitations.earliest("pk")])
    assert queue_due_reminders(REMIND_AT) == 2
    assert {(mail.state, mail.due_at) for mail in reminders()} == {(Mail.State.DUE, REMIND_AT)}
    wave.refresh_from_db()
    assert wave.reminded_at == REMIND_AT


def test_before_its_time_nobody_is_reminded() -> None:
    open_and_sent(city({"City": 3}))
    assert queue_due_reminders(REMIND_AT - timedelta(seconds=1)) == 0


def test_reminding_twice_sends_nothing_more() -> None:
    open_and_sent(city({"City": 3}))
    assert queue_due_reminders(REMIND_AT) == 3
    assert queue_due_reminders(REMIND_AT) == 0
    Wave.objects.update(reminded_at=None)  # as after a crash between two machines
    assert queue_due_reminders(REMIND_AT) == 0
    assert len(reminders()) == 3


def test_a_late_tick_still_reminds_while_the_wave_is_open() -> None:
    wave = open_and_sent(city({"City": 3}))
    assert queue_due_reminders(wave.closes_at) == 0
    assert queue_due_reminders(wave.closes_at - timedelta(hours=1)) == 3


def test_people_who_left_get_no_reminder() -> None:
    made = city({"City": 3})
    open_and_sent(made)
    made.organisation.employees.filter(pk=made.organisation.employees.earliest("pk").pk).update(
        left_on=date(2026, 3, 3)
    )
    assert queue_due_reminders(REMIND_AT) == 2


def test_someone_removed_from_the_organisation_gets_no_reminder() -> None:
    open_and_sent(city({"City": 1}))
    Invitation.objects.update(employee=None)
    assert queue_due_reminders(REMIND_AT) == 0


def test_people_who_want_no_reminders_get_none() -> None:
    wave = open_and_sent(city({"City": 3}))
    wave.invitations.filter(pk=wave.invitations.earliest("pk").pk).update(reminders_stopped=True)
    assert queue_due_reminders(REMIND_AT) == 2


def test_people_without_an_address_get_no_reminder() -> None:
    made = city({"City": 2})
    made.hire("City", 2, email="")
    open_and_sent(made)
    assert queue_due_reminders(REMIND_AT) == 2


@pytest.mark.parametrize(
    ("state", "number"),
    [
        (Mail.State.SENT, 1),
        (Mail.State.UNCONFIRMED, 1),
        (Mail.State.DUE, 0),  # the invitation itself is still to come
        (Mail.State.CLAIMED, 0),
        (Mail.State.SENDING, 0),
        (Mail.State.REFUSED, 0),
        (Mail.State.CANCELLED, 0),
    ],
)
def test_only_who_may_have_had_the_invitation_is_reminded(state: Mail.State, number: int) -> None:
    open_and_sent(city({"City": 1}))
    Mail.objects.update(state=state)
    assert queue_due_reminders(REMIND_AT) == number


def test_a_cycle_without_a_reminder_reminds_nobody() -> None:
    wave = open_wave(city({"City": 3}).active(), now=FIRST)
    assert wave is not None
    assert wave.remind_at is None
    assert queue_due_reminders(wave.closes_at - timedelta(seconds=1)) == 0


def queries_to_remind(people: int, now: datetime = REMIND_AT) -> int:
    open_and_sent(city({"City": people}))
    with CaptureQueriesContext(connection) as queries:
        assert queue_due_reminders(now) == people
    return len(queries)


def test_reminding_takes_the_same_few_queries_for_any_number_of_people() -> None:
    assert queries_to_remind(1) == queries_to_remind(3) == 6
