"""HR can have an invitation sent once more, also to a mailbox that HR reads: it may not tell who answered."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orgunits.models import Employee
from surveys.answering.services import Answers, submit
from surveys.letters.services import make_letters, order_letters, withdraw_letters
from surveys.mailing.again import send_again
from surveys.mailing.tokens import new_token, token_hash
from surveys.models import Cycle, Invitation, LetterRun, Mail, Wave
from surveys.waves.services import open_wave, to_remind
from tests.surveys.factories import city

pytestmark = pytest.mark.django_db


def refused_with_a_letter() -> tuple[Wave, Invitation, LetterRun]:
    made, now = city({"City/Care": 6}), timezone.now()
    cycle = made.draft(now=now)
    Cycle.objects.filter(pk=cycle.pk).update(state=Cycle.State.ACTIVE, next_opens_at=now)
    wave = open_wave(cycle, now=now)
    assert wave is not None
    one = wave.invitations.earliest("pk")
    one.mails.update(state=Mail.State.REFUSED, error="550 5.1.1")
    audience, form = LetterRun.Audience.WITHOUT_MAIL, LetterRun.Form.CSV
    run = order_letters(wave, audience=audience, form=form, by=None, now=now)
    assert make_letters(run.pk, now=now)
    return wave, one, run


def answer(one: Invitation) -> None:
    assert submit(one.wave, [Answers(one.pk, [1, 2])], now=timezone.now()) == 1


def sent_to_hr(one: Invitation) -> str:
    """The token of the mail that HR lets go to an address of its own."""
    Employee.objects.filter(invitations=one).update(email="hr-own@example.org")
    assert send_again(one.wave, invitations=[one.pk], by=None, now=timezone.now()) == 1
    return mailed(one)


def mailed(one: Invitation, state: str = Mail.State.SENT) -> str:
    token = new_token()
    invitation = one.mails.filter(kind=Mail.Kind.INVITATION)
    assert invitation.update(state=state, token_hash=token_hash(token)) == 1
    return token


def page(token: str, query: str = "") -> str:
    address = reverse("answer", args=[token]) + query
    shown = Client().get(address, headers={"accept-language": "en"})
    return shown.content.decode().replace(token, "token")


@pytest.mark.parametrize("query", ["", "?sent"])
def test_the_link_of_a_mail_sent_once_more_does_not_tell_whether_a_letter_was_used(query: str) -> None:
    _, one, _ = refused_with_a_letter()
    token = sent_to_hr(one)
    before = page(token, query)
    answer(one)
    assert page(token, query) == before
    assert "been used" not in before


def test_nor_does_it_without_a_letter_or_after_a_third_mail() -> None:
    _, one, run = refused_with_a_letter()
    run.links.all().delete()
    sent_to_hr(one)
    second = mailed(one, Mail.State.UNCONFIRMED)
    third = sent_to_hr(one)
    before = page(second), page(third)
    answer(one)
    assert (page(second), page(third)) == before


def test_a_usual_mail_does_not_tell_either_once_there_was_a_letter_even_a_worthless_one() -> None:
    _, one, run = refused_with_a_letter()
    token = mailed(one)
    withdraw_letters(run, by=None, now=timezone.now())
    before = page(token)
    answer(one)
    assert page(token) == before


def test_nobody_is_reminded_after_an_invitation_that_was_sent_once_more() -> None:
    wave, one, _ = refused_with_a_letter()
    wave.mails.exclude(invitation=one).update(state=Mail.State.SENT)
    sent_to_hr(one)
    assert set(to_remind([wave])) == set(wave.invitations.exclude(pk=one.pk))


@pytest.mark.parametrize("state", [Mail.State.DUE, Mail.State.CLAIMED])
def test_a_reminder_that_waits_is_called_off_before_it_goes_to_another_address(state: str) -> None:
    wave, one, _ = refused_with_a_letter()
    mailed(one, Mail.State.UNCONFIRMED)
    reminder = wave.mails.create(
        organisation=wave.organisation,
        invitation=one,
        kind=Mail.Kind.REMINDER,
        state=state,
        due_at=timezone.now(),
    )
    sent_to_hr(one)
    reminder.refresh_from_db()
    assert reminder.state == Mail.State.CANCELLED
