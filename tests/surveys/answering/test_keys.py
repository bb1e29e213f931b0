"""That a wave keeps to its key, so that a new one lets nobody answer twice, and loses no answer."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django import Settings

from results.models import FilterOutcome, Participation, Response
from surveys.answering.keys import LostKeyError
from surveys.answering.lost_keys import open_waves_have_their_keys
from surveys.answering.services import Answers, submit
from surveys.answering.tickets import ticket_of, without_those_who_answered
from surveys.mailing.services import send_due_mail
from surveys.models import Invitation, Mail, Submission, Ticket, Wave
from tests.answered import have_answered, who_answered
from tests.results.closing import close
from tests.smtp import SmtpServer
from tests.waves import OPENED, OpenWave, open_wave

pytestmark = pytest.mark.django_db

OLD, NEW = "an-old-key" * 5, "a-new-key" * 5
WITH_OLD = override_settings(SECRET_KEY=NEW, SECRET_KEY_FALLBACKS=[OLD])
WITHOUT_OLD = override_settings(SECRET_KEY=NEW, SECRET_KEY_FALLBACKS=[])


@pytest.fixture
def built(settings: Settings) -> OpenWave:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OLD, []
    return open_wave({"City": 9})


def give(built: OpenWave, number: int) -> int:
    one = built.invitations["City"][number]
    return submit(built.wave, [Answers(one.pk, [3, 4])], now=OPENED)


def test_after_a_new_key_who_answered_under_the_old_one_does_not_answer_again(built: OpenWave) -> None:
    assert give(built, 0) == 1
    with WITH_OLD:
        assert (give(built, 0), give(built, 1)) == (0, 1)
        assert who_answered(built.wave) == built.invitations["City"][:2]
    assert Submission.objects.count() == Ticket.objects.count() == 2


def test_a_wave_that_opens_under_the_new_key_keeps_to_that(built: OpenWave) -> None:
    with WITH_OLD:
        later = open_wave({"City": 9})
        assert later.wave.key_name != built.wave.key_name
        assert give(later, 0) == 1
    with WITHOUT_OLD:
        assert give(later, 0) == 0
        assert who_answered(later.wave) == later.invitations["City"][:1]


def test_without_the_old_key_nothing_is_taken_and_nothing_is_lost(built: OpenWave) -> None:
    for number in range(6):
        give(built, number)
    with WITHOUT_OLD:
        with pytest.raises(LostKeyError, match="SECRET_KEY_FALLBACKS"):
            give(built, 6)
        close(built.wave)
    assert Participation.objects.get().answered == Response.objects.count() == 6


def test_without_the_old_key_a_link_says_so_and_keeps_what_was_filled_in(
    built: OpenWave, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    Wave.objects.update(closes_at=timezone.now() + timedelta(days=1))
    address = f"/a/{built.link(built.invitations['City'][0])}/?lang=en"
    with WITHOUT_OLD:
        opened = client.get(address)
        sent = client.post(address, {"q1": "4"})
    assert opened.status_code == sent.status_code == 503
    assert "Answering is not possible just now" in opened.content.decode()
    assert re.search(r'id="q1-4"[^>]*\bchecked', sent.content.decode())
    assert "SECRET_KEY_FALLBACKS" in caplog.text
    assert not Submission.objects.exists()


def test_without_the_old_key_the_operator_is_told(built: OpenWave) -> None:
    with WITH_OLD:
        assert open_waves_have_their_keys() == []
    with (
        WITHOUT_OLD,
        pytest.raises(SystemCheckError, match=rf"Wave {built.wave.pk} is open under a SECRET_KEY"),
    ):
        call_command("check", "--deploy")
    close(built.wave)
    with WITHOUT_OLD:
        assert open_waves_have_their_keys() == []


def test_without_the_old_key_a_wave_closes_without_filters(built: OpenWave) -> None:
    Invitation.objects.update(bands={"age": "25-34"})
    give(built, 0)
    with WITHOUT_OLD:
        close(built.wave)
    assert not FilterOutcome.objects.exists()


def test_without_the_old_key_nobody_is_reminded_who_may_have_answered(
    built: OpenWave, smtp_server: SmtpServer
) -> None:
    Wave.objects.update(closes_at=timezone.now() + timedelta(days=1))
    give(built, 0)
    one = built.invitations["City"][1]
    Mail.objects.create(
        organisation=built.wave.organisation,
        wave=built.wave,
        invitation=one,
        kind=Mail.Kind.REMINDER,
        due_at=OPENED,
    )
    with WITHOUT_OLD:
        assert not without_those_who_answered(Invitation.objects.all(), [built.wave]).exists()
        assert send_due_mail(built.wave.organisation, now=timezone.now()).cancelled == 1


def test_a_ticket_tells_nothing_of_the_invitation_without_the_key(built: OpenWave) -> None:
    have_answered(built.invitations["City"][:1])
    number = built.invitations["City"][0].pk
    with WITHOUT_OLD:
        other = open_wave({"City": 1})
        assert ticket_of(other.wave, number) != bytes(Ticket.objects.get().value)


def test_the_page_says_that_a_link_was_used_also_after_a_new_key(built: OpenWave, client: Client) -> None:
    Wave.objects.update(closes_at=timezone.now() + timedelta(days=1))
    address = f"/a/{built.link(built.invitations['City'][0])}/"
    client.post(address, {"q1": "4"})
    with WITH_OLD:
        assert "This link has been used" in client.get(address + "?lang=en").content.decode()


@pytest.mark.django_db(transaction=True)
def test_processes_with_the_old_and_with_the_new_key_take_one_answer_of_each_person(built: OpenWave) -> None:
    """As while one after the other is started anew: both make the same ticket."""

    def send(number: int) -> int:
        try:
            return give(built, number % 9)
        finally:
            connection.close()

    def at_once(times: int) -> int:
        with ThreadPoolExecutor(4) as pool:
            return sum(pool.map(send, range(times)))

    with WITH_OLD:
        taken = at_once(20)
    assert taken + at_once(20) == 9
    assert Submission.objects.count() == 9
