"""Sending what is due. Nobody gets two mails of a kind, whatever stops, fails or runs twice."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from accounts.models import Organisation
from surveys.mailing import outbox
from surveys.mailing.compose import Composer
from surveys.mailing.delivery import Delivery, ServerUnavailableError
from surveys.mailing.outbox import Batch
from surveys.mailing.tokens import new_token, token_hash
from surveys.models import Mail

BATCH = 100
LONGEST_RUN = timedelta(seconds=50)  # the next tick goes on
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SendReport:
    """How many mails ended in which state; `due` are those that will be tried again."""

    sent: int = 0
    refused: int = 0
    unconfirmed: int = 0
    cancelled: int = 0
    due: int = 0
    trouble: str = ""


def send_due_mail(organisation: Organisation, *, now: datetime, limit: int = 5000) -> SendReport:
    """Send what is due and what the rate allows, over one connection.

    Commits as it goes, so it cannot run inside a transaction.
    """
    with closing(Delivery()) as delivery:
        run = Run(delivery, ticking_from(now), ends_at=now + LONGEST_RUN)
        while not run.is_over and (room := limit - run.states.total()) > 0:
            batch = outbox.claim_batch(organisation, now=run.clock(), at_most=min(BATCH, room))
            if not batch.mails:
                break
            run.send_batch(batch)
    if run.trouble:
        logger.warning("mail of organisation %s waits: %s", organisation.pk, run.trouble)
    return SendReport(**{str(state): count for state, count in run.states.items()}, trouble=run.trouble)


def organisations_with_due_mail(now: datetime) -> list[int]:
    due = Mail.objects.due(now).filter(organisation=OuterRef("pk"))
    return list(Organisation.objects.filter(Exists(due)).values_list("pk", flat=True))


def release_stuck_mail(now: datetime) -> int:
    """Settle mails whose worker died while sending, and those of waves that ended; returns how many."""
    return outbox.give_up_unfinished(now)


def ticking_from(now: datetime) -> Callable[[], datetime]:
    """A clock that starts at `now`: a run takes long enough to matter for leases and rates."""
    started = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - started)


@dataclass(slots=True)
class Run:
    delivery: Delivery
    clock: Callable[[], datetime]
    ends_at: datetime
    states: Counter[str] = field(default_factory=Counter)
    trouble: str = ""

    @property
    def is_over(self) -> bool:
        return bool(self.trouble) or self.clock() >= self.ends_at

    def send_batch(self, batch: Batch) -> None:
        composer = Composer.for_mails(batch.mails)
        for place, mail in enumerate(batch.mails):
            if self.is_over or not self.is_connected():
                self.put_back(batch, batch.mails[place:])
                return
            self.send(mail, batch, composer)

    def is_connected(self) -> bool:
        try:
            self.delivery.open()
        except ServerUnavailableError as error:
            self.trouble = str(error)
        return not self.trouble

    def put_back(self, batch: Batch, mails: list[Mail]) -> None:
        if self.trouble:
            self.states[Mail.State.DUE] += outbox.postpone(mails, batch, self.trouble, now=self.clock())
        else:
            self.states[Mail.State.DUE] += outbox.put_back(mails, batch)

    def send(self, mail: Mail, batch: Batch, composer: Composer) -> None:
        token = new_token()
        message = composer.compose(mail, token=token, now=self.clock())
        message_id = message.extra_headers["Message-ID"]
        started = outbox.start_sending(
            mail, batch, token_hash=token_hash(token), message_id=message_id, now=self.clock()
        )
        if not started:
            self.states[Mail.State.CANCELLED] += outbox.cancel(mail, batch)
            return
        outcome = self.delivery.send(message)
        self.states[outbox.settle(mail, batch, outcome, now=self.clock())] += 1
        if outcome.server_failed:
            self.trouble = outcome.words
