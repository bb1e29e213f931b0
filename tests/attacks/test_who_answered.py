"""Whether HR, who has the most pages, can find out if one person answered."""

from __future__ import annotations

import re
from datetime import UTC, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orgunits.models import Role
from results.queries import participation_so_far
from surveys.answering.services import Answers, submit
from surveys.models import Cycle, Mail, Wave
from surveys.waves.services import open_wave, queue_due_reminders
from tests.answered import have_answered
from tests.surveys.factories import FIRST, City, city

pytestmark = pytest.mark.django_db


def reminded(*, answered: bool) -> tuple[City, Wave]:
    """A wave for a unit of one person, after the day of the reminder; all mail was sent."""
    made = city({"City": 9, "City/Director": 1})
    wave = open_wave(made.active("City/Director", reminder_after_days=3), now=FIRST)
    assert wave is not None
    wave.mails.update(state=Mail.State.SENT, sent_at=FIRST)
    have_answered(wave.invitations.all() if answered else ())
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


def test_answering_with_someone_s_letter_moves_no_number_that_hr_sees() -> None:
    """Else it would move only for who had not answered."""
    made, now = city({"City/Care": 6}), timezone.now()
    cycle = made.draft(now=now)
    Cycle.objects.filter(pk=cycle.pk).update(state=Cycle.State.ACTIVE, next_opens_at=now)
    wave = open_wave(cycle, now=now)
    assert wave is not None
    yesterday, today, silent, *_ = wave.invitations.order_by("pk")
    submit(wave, [Answers(yesterday.pk, [1, 2])], now=now - timedelta(days=1))
    for one in (today, silent):
        submit(wave, [Answers(one.pk, [1, 2])], now=now)
        assert {taking.answered for taking in participation_so_far(wave, now=now).values()} == {1}
    tomorrow = participation_so_far(wave, now=now + timedelta(days=1))
    assert {taking.answered for taking in tomorrow.values()} == {3}


@pytest.mark.parametrize(("moment", "counted"), [((22, 59), 0), ((23, 0), 1)])
def test_the_day_ends_at_midnight_where_the_organisation_is(moment: tuple[int, int], counted: int) -> None:
    made = city({"City": 6})
    wave = open_wave(made.active("City"), now=FIRST)
    assert wave is not None
    submit(wave, [Answers(wave.invitations.earliest("pk").pk, [1, 2])], now=FIRST)
    late = FIRST.astimezone(UTC).replace(hour=moment[0], minute=moment[1])
    shown = participation_so_far(wave, now=late)
    assert [taking.answered for taking in shown.values()] == [counted]
