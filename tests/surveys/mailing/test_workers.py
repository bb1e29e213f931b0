"""Several workers at once, and workers that are killed between two steps."""

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import pytest
from django.db import connection, transaction

from accounts.models import Organisation
from surveys.mailing.delivery import Delivery
from surveys.mailing.outbox import claim_batch
from surveys.mailing.services import AT_ONCE, Run, release_stuck_mail, send_due_mail
from surveys.models import Mail, Wave
from tests.processes import wait_until
from tests.smtp import SmtpServer

from .factories import NOW, make_mails, make_many_mails, make_wave, states
from .scripted_smtp import HOLD, ScriptedSmtp
from .workers import kill, start_worker, wait_until_blocked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

SOON = NOW + timedelta(seconds=30)
AFTER_THE_LEASES = NOW + timedelta(minutes=15)


def at_once(number: int, work: Callable[[], None]) -> None:
    ready = threading.Barrier(number)

    def run() -> None:
        ready.wait()
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_four_workers_at_once_send_each_mail_once(wave: Wave, scripted_smtp: ScriptedSmtp) -> None:
    make_many_mails(wave, 350)
    reports = []
    at_once(4, lambda: reports.append(send_due_mail(wave.organisation, now=NOW)))
    assert sum(report.sent for report in reports) == 350
    assert len(set(scripted_smtp.addresses())) == len(scripted_smtp.addresses()) == 350
    assert scripted_smtp.steps["CONNECT"] > 1


def test_two_worker_processes_at_once_send_each_mail_once(wave: Wave, scripted_smtp: ScriptedSmtp) -> None:
    make_many_mails(wave, 250)
    scripted_smtp.at("BODY", 1, HOLD)
    scripted_smtp.at("BODY", 2, HOLD)
    workers = [start_worker(wave.organisation, NOW) for _ in range(2)]
    wait_until(lambda: scripted_smtp.steps["BODY"] == 2, seconds=90, what="a mail of each worker")
    scripted_smtp.released.set()
    assert [worker.wait(60) for worker in workers] == [0, 0]
    assert set(states(wave)) == {"sent"}
    assert len(set(scripted_smtp.addresses())) == len(scripted_smtp.addresses()) == 250


def test_workers_at_once_keep_to_the_rate_together(organisation: Organisation) -> None:
    organisation.mails_per_minute = 10
    organisation.save()
    make_many_mails(make_wave(organisation), 40)
    claimed: list[int] = []
    at_once(4, lambda: claimed.append(len(claim_batch(organisation, now=NOW, at_most=7).mails)))
    assert sorted(claimed) == [0, 0, 3, 7]


def test_a_worker_slower_than_its_lease_still_records_what_became_of_its_mail(
    wave: Wave, scripted_smtp: ScriptedSmtp
) -> None:
    make_mails(wave, 2 * AT_ONCE + 1)
    scripted_smtp.at("BODY", 1, HOLD)
    worker = start_worker(wave.organisation, NOW)
    wait_until(scripted_smtp.held.is_set, what="the message")
    release_stuck_mail(AFTER_THE_LEASES)
    send_due_mail(wave.organisation, now=AFTER_THE_LEASES)
    assert states(wave) == ["unconfirmed"] * 2 * AT_ONCE + ["sent"]
    scripted_smtp.released.set()
    assert worker.wait(60) == 0
    assert states(wave) == ["sent"] * (2 * AT_ONCE + 1)
    assert len(set(scripted_smtp.addresses())) == len(scripted_smtp.mails) == 2 * AT_ONCE + 1


def everyone_gets_one_mail(wave: Wave, scripted_smtp: ScriptedSmtp, *, in_doubt: int = 0) -> None:
    """However far the worker that died had come; `in_doubt` mails are not sent again."""
    scripted_smtp.released.set()
    scripted_smtp.script.clear()
    for now in (SOON, AFTER_THE_LEASES, AFTER_THE_LEASES + timedelta(hours=1)):
        release_stuck_mail(now)
        send_due_mail(wave.organisation, now=now)
    found = Counter(states(wave))
    assert found == Counter(sent=wave.mails.count() - in_doubt, unconfirmed=in_doubt)
    addresses = scripted_smtp.addresses()
    assert len(addresses) == len(set(addresses))
    certain = [mail.invitation.email for mail in wave.mails.filter(state=Mail.State.SENT)]
    assert set(certain) <= set(addresses)


def test_a_worker_killed_while_claiming(wave: Wave, scripted_smtp: ScriptedSmtp) -> None:
    make_mails(wave, 3)
    with transaction.atomic():
        Organisation.objects.select_for_update().get(pk=wave.organisation_id)
        worker = start_worker(wave.organisation, NOW)
        wait_until_blocked()
        kill(worker)
    assert states(wave) == ["due"] * 3
    everyone_gets_one_mail(wave, scripted_smtp)


def test_a_worker_killed_between_claiming_and_sending(wave: Wave, scripted_smtp: ScriptedSmtp) -> None:
    make_mails(wave, 3)
    scripted_smtp.at("CONNECT", 1, HOLD)
    worker = start_worker(wave.organisation, NOW)
    wait_until(scripted_smtp.held.is_set, what="the connection")
    assert states(wave) == ["claimed"] * 3
    kill(worker)
    everyone_gets_one_mail(wave, scripted_smtp)


def test_a_worker_killed_before_the_next_mails_are_marked(wave: Wave, scripted_smtp: ScriptedSmtp) -> None:
    """What became of the first is recorded together with that."""
    next_one = make_mails(wave, 2 * AT_ONCE + 2)[2 * AT_ONCE]
    scripted_smtp.at("BODY", AT_ONCE, HOLD)
    worker = start_worker(wave.organisation, NOW)
    wait_until(scripted_smtp.held.is_set, what="the last message of the first")
    with transaction.atomic():
        Mail.objects.select_for_update().get(pk=next_one.pk)
        scripted_smtp.released.set()
        wait_until_blocked()
        kill(worker)
    assert states(wave) == ["sending"] * 2 * AT_ONCE + ["claimed"] * 2
    everyone_gets_one_mail(wave, scripted_smtp, in_doubt=2 * AT_ONCE)


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "BODY"])
def test_a_worker_killed_during_the_conversation_about_a_mail(
    wave: Wave, scripted_smtp: ScriptedSmtp, step: str
) -> None:
    """Those before were recorded and the next ones marked while it went on; later ones are not in doubt."""
    make_mails(wave, 3 * AT_ONCE + 3)
    scripted_smtp.at(step, AT_ONCE + 2, HOLD)
    worker = start_worker(wave.organisation, NOW)
    wait_until(scripted_smtp.held.is_set, what=step)
    expected = ["sent"] * AT_ONCE + ["sending"] * 2 * AT_ONCE + ["claimed"] * 3
    wait_until(lambda: states(wave) == expected, what="the commit")
    kill(worker)
    everyone_gets_one_mail(wave, scripted_smtp, in_doubt=2 * AT_ONCE)


def test_a_worker_killed_between_acceptance_and_recording_it(wave: Wave, scripted_smtp: ScriptedSmtp) -> None:
    mails = make_mails(wave, 3)
    scripted_smtp.at("BODY", 3, HOLD)
    worker = start_worker(wave.organisation, NOW)
    wait_until(scripted_smtp.held.is_set, what="the message")
    with transaction.atomic():
        Mail.objects.select_for_update().get(pk=mails[1].pk)
        scripted_smtp.released.set()
        wait_until_blocked()
        kill(worker)
    assert states(wave) == ["sending"] * 3
    assert len(scripted_smtp.addresses()) == 3
    everyone_gets_one_mail(wave, scripted_smtp, in_doubt=3)


def test_a_worker_killed_after_the_last_mail(wave: Wave, scripted_smtp: ScriptedSmtp) -> None:
    make_mails(wave, 3)
    scripted_smtp.at("AFTER", 3, HOLD)
    worker = start_worker(wave.organisation, NOW)
    wait_until(lambda: states(wave) == ["sent"] * 3, what="three mails")
    kill(worker)
    everyone_gets_one_mail(wave, scripted_smtp)


def test_what_a_worker_did_not_come_to_in_time_goes_back_and_is_not_in_doubt(
    wave: Wave, smtp_server: SmtpServer
) -> None:
    """A worker that stood still for minutes, such as one that was suspended, does not just go on."""
    make_mails(wave, 3)
    batch = claim_batch(wave.organisation, now=NOW, at_most=3)
    moments = iter([NOW] * 6 + [NOW + timedelta(minutes=3)] * 20)
    with closing(Delivery()) as delivery:
        run = Run(delivery, lambda: next(moments), ends_at=NOW + timedelta(hours=1))
        run.send_batch(batch)
    assert states(wave) == ["sent", "due", "due"]
    waiting = wave.mails.filter(state="due")
    assert set(waiting.values_list("attempts", "token_hash", "claim")) == {(0, None, None)}
    assert send_due_mail(wave.organisation, now=NOW).sent == 2
    assert len(smtp_server.addresses()) == len(set(smtp_server.addresses())) == 3
