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
from surveys.mailing.mould import LetterMail
from surveys.mailing.outbox import Batch, Offer, Settled
from surveys.mailing.tokens import new_token, token_hash
from surveys.models import Mail

BATCH = 100
# How many a worker marks as being sent at once, and for how long it goes on with them. When it dies, those
# not yet sent count as perhaps sent, so both are small.
AT_ONCE = 20
AT_ONCE_LASTS = timedelta(minutes=1)
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
    composer: Composer = field(default_factory=lambda: Composer({}))
    trouble: str = ""

    @property
    def is_over(self) -> bool:
        return bool(self.trouble) or self.clock() >= self.ends_at

    def send_batch(self, batch: Batch) -> None:
        self.composer.prepare_for(batch.mails)
        at_once = AT_ONCE if self.delivery.is_quick else 1
        for place in range(0, len(batch.mails), at_once):
            if self.is_over or not self.is_connected():
                self.put_back(batch, batch.mails[place:])
                return
            self.send_some(batch.mails[place : place + at_once], batch)

    def is_connected(self) -> bool:
        try:
            self.delivery.open()
        except ServerUnavailableError as error:
            self.trouble = str(error)
        return not self.trouble

    def put_back(self, batch: Batch, mails: list[Mail]) -> None:
        pause = (self.clock(), self.trouble) if self.trouble else None
        self.states[Mail.State.DUE] += outbox.put_back(mails, batch, pause=pause)

    def send_some(self, mails: list[Mail], batch: Batch) -> None:
        """Marks these mails, sends them one by one, and records what became of each."""
        written = [self.write(mail) for mail in mails]
        began = self.clock()
        started = outbox.start_sending([offer for offer, _message in written], batch, now=began)
        settled, unsent = [], []
        for offer, message in written:
            if offer.mail.pk not in started:
                continue
            if self.trouble or self.clock() > began + AT_ONCE_LASTS:
                unsent.append(offer.mail)
                continue
            outcome = self.delivery.send(message)
            settled.append(Settled(offer.mail, outcome, self.clock()))
            if outcome.server_failed:
                self.trouble = outcome.words
        if settled:
            self.states.update(map(str, outbox.settle(settled, batch)))
        if unsent:
            self.put_back(batch, unsent)
        if len(started) < len(mails):
            not_needed = [mail for mail in mails if mail.pk not in started]
            self.states[Mail.State.CANCELLED] += outbox.cancel(not_needed, batch)

    def write(self, mail: Mail) -> tuple[Offer, LetterMail]:
        token = new_token()
        message = self.composer.compose(mail, token=token, now=self.clock())
        return Offer(mail, token_hash(token), message.extra_headers["Message-ID"]), message
