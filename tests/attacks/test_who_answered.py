"""Whether HR, who has the most pages, can find out if one person answered."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from orgunits.models import Role
from surveys.models import Mail, Wave
from surveys.waves.services import open_wave, queue_due_reminders
from tests.surveys.factories import FIRST, City, city

pytestmark = pytest.mark.django_db


def reminded(*, answered: bool) -> tuple[City, Wave]:
    """A wave for a unit of one person, after the day of the reminder; all mail was sent."""
    made = city({"City": 9, "City/Director": 1})
    wave = open_wave(made.active("City/Director", reminder_after_days=3), now=FIRST)
    assert wave is not None
    wave.mails.update(state=Mail.State.SENT, sent_at=FIRST)
    wave.invitations.update(answered=answered)
    queue_due_reminders(FIRST + timedelta(days=3))
    wave.mails.filter(state=Mail.State.DUE).update(state=Mail.State.SENT)
    return made, wave


@pytest.mark.parametrize("page", ["cycle", "today"])
def test_the_mails_of_a_wave_do_not_tell_whether_its_only_person_answered(page: str) -> None:
    seen = []
    for answered in (True, False):
        made, wave = reminded(answered=answered)
        client = Client()
        client.force_login(made.user(Role.HR))
        address = reverse("surveys:cycle", args=[wave.cycle_id]) if page == "cycle" else reverse(page)
        shown = client.get(address, headers={"accept-language": "en"}).content.decode()
        words = re.sub(r"<[^>]+>", " ", shown[shown.index("<main") : shown.index("</main>")])
        seen.append(re.sub(r"user\d+@", "user@", " ".join(words.split())))
    assert seen[0] == seen[1]
