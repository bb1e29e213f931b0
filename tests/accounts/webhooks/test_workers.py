"""A real worker that is killed while the other system thinks."""

from __future__ import annotations

import threading

import pytest
from django.utils import timezone

from accounts.webhooks.models import Delivery
from accounts.webhooks.outbox import send_soon
from accounts.webhooks.services import send_test
from tests.accounts.webhooks.made import make
from tests.accounts.webhooks.receiver import Receiver
from tests.processes import LiveProcesses, wait_until
from tests.smtp import SmtpServer


@pytest.mark.django_db(transaction=True)
@pytest.mark.processes
def test_what_a_killed_worker_was_sending_comes_again_under_the_same_number(
    smtp_server: SmtpServer, live_processes: LiveProcesses, receiver: Receiver
) -> None:
    made = make(receiver)
    receiver.hangs = threading.Event()
    worker = live_processes.start("worker")
    send_test(made.webhook, by=made.user, now=timezone.now())
    wait_until(lambda: len(receiver.received) == 1, what="the first try")
    live_processes.kill(worker)
    left = Delivery.objects.get()
    assert (left.tries, left.delivered_at, left.problem) == (1, None, Delivery.Problem.UNKNOWN)
    receiver.hangs.set()
    Delivery.objects.update(due_at=timezone.now())  # a minute later
    live_processes.start("worker")
    send_soon(made.webhook.pk)
    wait_until(lambda: Delivery.objects.exclude(delivered_at=None).exists(), what="the second try")
    first, second = receiver.received
    assert (first.number, first.body) == (second.number, second.body)
    second.verified_by(made.secret)
