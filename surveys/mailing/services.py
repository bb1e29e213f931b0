"""Sending what is due. Nobody gets two mails of a kind, whatever stops, fails or runs twice."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
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

BATCH = 200
# How many a worker marks as being sent at once, and for how long it goes on with them. When it dies, these
# count as perhaps sent, and those that it marked meanwhile, so both are small.
AT_ONCE = 5
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


@dataclass(frozen=True, slots=True)
class Written:
    offer: Offer
    message: LetterMail
    at: datetime


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
        """Some mails at a time: while these are sent, the next are being marked."""
        self.composer.prepare_for(batch.mails)
        left = {mail.pk: mail for mail in batch.mails}
        ready: list[Written] = []
        settled: list[Settled] = []
        for some in self.some_at_a_time(batch.mails):
            if not self.may_go_on():
                break
            following = [self.write(mail) for mail in some]
            offers = [one.offer for one in following]
            with outbox.settling_and_marking(settled, offers, batch, now=self.clock()) as started:
                settled = self.send(ready, left)
            ready = [one for one in following if one.offer.mail.pk in started]
            self.cancel([left.pop(offer.mail.pk) for offer in offers if offer.mail.pk not in started], batch)
        outbox.settle(settled + self.send(ready, left), batch)
        self.put_back(list(left.values()), batch)

    def some_at_a_time(self, mails: list[Mail]) -> Iterator[list[Mail]]:
        at_once = AT_ONCE if self.delivery.is_quick else 1
        for start in range(0, len(mails), at_once):
            yield mails[start : start + at_once]

    def may_go_on(self) -> bool:
        return not self.is_over and self.is_connected()

    def is_connected(self) -> bool:
        try:
            self.delivery.open()
        except ServerUnavailableError as error:
            self.trouble = str(error)
        return not self.trouble

    def put_back(self, mails: list[Mail], batch: Batch) -> None:
        if mails:
            pause = (self.clock(), self.trouble) if self.trouble else None
            self.states[Mail.State.DUE] += outbox.put_back(mails, batch, pause=pause)

    def cancel(self, mails: list[Mail], batch: Batch) -> None:
        if mails:
            self.states[Mail.State.CANCELLED] += outbox.cancel(mails, batch)

    def write(self, mail: Mail) -> Written:
        token, now = new_token(), self.clock()
        message = self.composer.compose(mail, token=token, now=now)
        return Written(Offer(mail, token_hash(token), message.extra_headers["Message-ID"]), message, now)

    def send(self, ready: list[Written], left: dict[int, Mail]) -> list[Settled]:
        """What became of those that there was time for, one by one."""
        settled = []
        for one in ready:
            if self.trouble or self.clock() > one.at + AT_ONCE_LASTS:
                break
            outcome = self.delivery.send(one.message)
            settled.append(Settled(left.pop(one.offer.mail.pk), outcome, self.clock()))
            if outcome.server_failed:
                self.trouble = outcome.words
        self.states.update(str(one.state) for one in settled)
        return settled
