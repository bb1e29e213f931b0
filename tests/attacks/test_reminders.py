"""Only who has not answered is reminded, so what becomes of a reminder may show nowhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from orgunits.models import Role
from surveys.mailing.later import note_complaint, note_returned
from surveys.mailing.outbox import Batch, Settled, claim_batch, settle
from surveys.mailing.outcomes import Fate, Outcome
from surveys.models import Invitation, Mail, RefusedAddress
from tests.surveys.factories import City

from .test_who_answered import reminded

pytestmark = pytest.mark.django_db

REFUSAL = "550 5.1.1 no such user"


def seen_by_hr(made: City) -> list[str]:
    client = Client()
    client.force_login(made.user(Role.HR))
    page = client.get(reverse("waves:refused"), headers={"accept-language": "en"}).content.decode()
    words = (REFUSAL, "example.org", "reported this mail as spam")
    main = page[page.index("<main") : page.index("</main>")]
    return [word for word in words if word in main]


@pytest.mark.parametrize("fate", ["bounces", "complains"])
def test_a_reminder_that_comes_back_does_not_name_who_had_not_answered(fate: str) -> None:
    seen = []
    for answered in (True, False):
        made, wave = reminded(answered=answered)
        for mail in wave.mails.filter(kind=Mail.Kind.REMINDER):
            later = mail.due_at + timedelta(hours=1)
            if fate == "bounces":
                assert note_returned(mail, REFUSAL, bad_address=True, now=later)
            else:
                assert note_complaint(mail, now=later)
        seen.append(seen_by_hr(made))
    assert seen[0] == seen[1] == []


def test_a_reminder_that_the_server_refuses_at_once_is_no_reason_to_be_listed() -> None:
    made, wave = reminded(answered=False)
    reminder = wave.mails.get(kind=Mail.Kind.REMINDER)
    now = reminder.due_at + timedelta(hours=1)
    wave.mails.filter(pk=reminder.pk).update(state=Mail.State.DUE)
    batch: Batch = claim_batch(made.organisation, now=now, at_most=1)
    wave.mails.filter(pk=reminder.pk).update(state=Mail.State.SENDING)
    refused = Outcome(Fate.REFUSED, REFUSAL, bad_address=True)
    settle([Settled(batch.mails[0], refused, now)], batch)
    assert wave.mails.get(pk=reminder.pk).state == Mail.State.REFUSED
    assert not RefusedAddress.objects.exists()


def test_whoever_complains_of_a_reminder_gets_no_more_of_them() -> None:
    _, wave = reminded(answered=False)
    note_complaint(wave.mails.get(kind=Mail.Kind.REMINDER), now=wave.closes_at)
    assert Invitation.objects.get(wave=wave).reminders_stopped


def test_an_invitation_that_comes_back_is_listed_as_before() -> None:
    _, wave = reminded(answered=True)
    invitation = wave.mails.get(kind=Mail.Kind.INVITATION)
    note_returned(invitation, REFUSAL, bad_address=True, now=wave.closes_at)
    assert RefusedAddress.objects.get().email == invitation.invitation.email.lower()
