"""What is sent, to whom, how fast, and what is no longer needed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation
from surveys.mailing.outbox import Batch, Offer, cancel, claim_batch, settling_and_marking
from surveys.mailing.services import (
    AT_ONCE,
    organisations_with_due_mail,
    release_stuck_mail,
    send_due_mail,
)
from surveys.mailing.tokens import new_token, token_hash
from surveys.models import Mail, Wave
from surveys.tasks import send_mail
from tests.answered import have_answered
from tests.smtp import SmtpServer

from .factories import NOW, make_mail, make_mails, make_organisation, make_wave, queue, states
from .scripted_smtp import ScriptedSmtp

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def token_in(text: str) -> str:
    return text.partition("/a/")[2].partition("/")[0]


def test_all_due_mails_leave_over_one_connection(wave: Wave, smtp_server: SmtpServer) -> None:
    mails = make_mails(wave, 250)
    report = send_due_mail(wave.organisation, now=NOW)
    assert report.sent == 250
    assert smtp_server.connections == 1
    assert smtp_server.addresses() == [mail.invitation.email for mail in mails]
    assert states(wave) == ["sent"] * 250


def test_the_row_keeps_the_hash_of_the_token_that_went_out_and_the_message_id(
    wave: Wave, smtp_server: SmtpServer
) -> None:
    mail = make_mail(wave)
    send_due_mail(wave.organisation, now=NOW)
    mail.refresh_from_db()
    [received] = smtp_server.mails
    assert mail.token_hash == token_hash(token_in(received.text))
    assert received.message["Message-ID"] == mail.message_id
    assert NOW <= (mail.sent_at or NOW - MINUTE) < NOW + MINUTE


def test_each_mail_has_a_link_of_its_own(wave: Wave, smtp_server: SmtpServer) -> None:
    mail = make_mail(wave)
    queue(mail.invitation, kind=Mail.Kind.REMINDER)
    make_mail(wave)
    send_due_mail(wave.organisation, now=NOW)
    assert len({token_in(received.text) for received in smtp_server.mails}) == 3


def test_tokens_are_192_bits_and_no_two_are_the_same() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert {len(token) for token in tokens} == {192 // 6}
    assert len({token_hash(token) for token in tokens}) == 1000


def test_a_mail_that_is_not_yet_due_waits(wave: Wave, smtp_server: SmtpServer) -> None:
    make_mail(wave, due_at=NOW + MINUTE)
    assert organisations_with_due_mail(NOW) == []
    assert send_due_mail(wave.organisation, now=NOW).sent == 0
    assert organisations_with_due_mail(NOW + MINUTE) == [wave.organisation_id]
    assert send_due_mail(wave.organisation, now=NOW + MINUTE).sent == 1


def test_mails_of_another_organisation_are_left_alone(wave: Wave, smtp_server: SmtpServer) -> None:
    other = make_wave(make_organisation())
    make_mail(wave)
    make_mail(other)
    send_due_mail(wave.organisation, now=NOW)
    assert (states(wave), states(other)) == (["sent"], ["due"])


def test_sending_again_sends_nothing(wave: Wave, smtp_server: SmtpServer) -> None:
    make_mails(wave, 3)
    for hours in range(3):
        send_due_mail(wave.organisation, now=NOW + timedelta(hours=hours))
    assert len(smtp_server.mails) == 3


def test_the_task_sends_what_is_due(wave: Wave, smtp_server: SmtpServer) -> None:
    wave.closes_at = NOW + timedelta(days=36500)
    wave.save()
    make_mail(wave)
    send_mail(wave.organisation_id)
    assert states(wave) == ["sent"]


def test_a_limit_holds(wave: Wave, smtp_server: SmtpServer) -> None:
    make_mails(wave, 5)
    assert send_due_mail(wave.organisation, now=NOW, limit=3).sent == 3
    assert states(wave) == ["sent"] * 3 + ["due"] * 2


def test_no_more_mails_leave_in_any_minute_than_the_organisation_allows(
    organisation: Organisation, smtp_server: SmtpServer
) -> None:
    organisation.mails_per_minute = 10
    organisation.save()
    wave = make_wave(organisation)
    make_mails(wave, 25)
    sent = [
        send_due_mail(organisation, now=NOW + timedelta(seconds=seconds)).sent
        for seconds in (0, 1, 30, 59, 62, 63, 124)
    ]
    assert sent == [10, 0, 0, 0, 10, 0, 5]


def test_a_rate_of_none_stops_all_mail(organisation: Organisation, smtp_server: SmtpServer) -> None:
    organisation.mails_per_minute = 0
    organisation.save()
    make_mails(make_wave(organisation), 2)
    assert send_due_mail(organisation, now=NOW).sent == 0


def test_mails_that_wait_for_a_server_do_not_use_up_the_rate(
    organisation: Organisation, scripted_smtp: ScriptedSmtp
) -> None:
    organisation.mails_per_minute = 2
    organisation.save()
    wave = make_wave(organisation)
    make_mails(wave, 4)
    scripted_smtp.down()
    send_due_mail(organisation, now=NOW)
    scripted_smtp.up()
    assert send_due_mail(organisation, now=NOW + timedelta(seconds=1)).sent == 2


def test_a_wave_that_closed_gets_no_more_mails(wave: Wave, smtp_server: SmtpServer) -> None:
    make_mail(wave)
    assert send_due_mail(wave.organisation, now=wave.closes_at).sent == 0
    wave.state = Wave.State.CLOSING
    wave.save()
    assert send_due_mail(wave.organisation, now=NOW).sent == 0
    release_stuck_mail(NOW)
    assert states(wave) == ["cancelled"]


@pytest.mark.parametrize("change", ["answered", "reminders_stopped"])
def test_a_reminder_that_is_no_longer_wanted_is_cancelled(
    wave: Wave, smtp_server: SmtpServer, change: str
) -> None:
    mail = make_mail(wave, state=Mail.State.SENT)
    queue(mail.invitation, kind=Mail.Kind.REMINDER)
    if change == "answered":
        have_answered(wave.invitations.all())
    else:
        wave.invitations.update(reminders_stopped=True)
    report = send_due_mail(wave.organisation, now=NOW)
    assert (report.sent, report.cancelled) == (0, 1)
    assert states(wave) == ["sent", "cancelled"]


def test_stopping_reminders_does_not_stop_the_invitation(wave: Wave, smtp_server: SmtpServer) -> None:
    make_mail(wave)
    wave.invitations.update(reminders_stopped=True)
    assert send_due_mail(wave.organisation, now=NOW).sent == 1


def test_a_mail_of_a_dead_worker_is_taken_over_when_its_lease_ends(
    wave: Wave, smtp_server: SmtpServer
) -> None:
    make_mail(wave, state=Mail.State.CLAIMED, claimed_at=NOW, claimed_until=NOW + 10 * MINUTE)
    assert send_due_mail(wave.organisation, now=NOW + 9 * MINUTE).sent == 0
    assert send_due_mail(wave.organisation, now=NOW + 10 * MINUTE).sent == 1


def test_a_worker_that_comes_back_after_its_lease_leaves_the_mail_to_the_one_that_took_over(
    wave: Wave,
) -> None:
    make_mail(wave)
    slow = claim_batch(wave.organisation, now=NOW, at_most=1)
    quick = claim_batch(wave.organisation, now=NOW + 10 * MINUTE, at_most=1)

    def start(batch: Batch, digest: bytes) -> int:
        offer = Offer(batch.mails[0], digest, "<1@example.org>")
        with settling_and_marking([], [offer], batch, now=NOW + 11 * MINUTE) as started:
            assert not started
        return len(started)

    assert [start(slow, b"slow"), start(quick, b"quick"), start(quick, b"again")] == [0, 1, 0]
    assert not cancel(slow.mails, slow)
    assert wave.mails.get().token_hash == b"quick"


def test_a_mail_that_a_dead_worker_was_sending_stays_unconfirmed(wave: Wave, smtp_server: SmtpServer) -> None:
    mail = make_mail(wave, state=Mail.State.SENDING, claimed_at=NOW, claimed_until=NOW + 5 * MINUTE)
    assert release_stuck_mail(NOW + 4 * MINUTE) == 0
    assert release_stuck_mail(NOW + 5 * MINUTE) == 1
    assert send_due_mail(wave.organisation, now=NOW + 60 * MINUTE).sent == 0
    mail.refresh_from_db()
    assert mail.state == "unconfirmed"
    assert mail.error


def test_a_mail_that_failed_until_its_wave_ended_is_refused_with_the_last_words(wave: Wave) -> None:
    failed = make_mail(wave, error="451 Try later")
    make_mail(wave)
    assert release_stuck_mail(wave.closes_at - MINUTE) == 0
    assert release_stuck_mail(wave.closes_at) == 2
    assert states(wave) == ["refused", "cancelled"]
    failed.refresh_from_db()
    assert failed.error == "451 Try later"


def queries_for(number: int) -> int:
    wave = make_wave(make_organisation())
    make_mails(wave, number)
    with CaptureQueriesContext(connection) as queries:
        send_due_mail(wave.organisation, now=NOW)
    return len(queries)


def test_many_mails_take_as_many_queries_as_one_besides_those_that_mark_them(smtp_server: SmtpServer) -> None:
    assert queries_for(4 * AT_ONCE) == queries_for(1)
