"""The steps of a mail's row. Each is one conditional change, so of two workers only one gets through.

due → claimed → sending → sent, refused or unconfirmed; back to due when it was certainly not accepted.
A worker takes the last steps for some mails at once: see decisions 19 and 38.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from accounts.models import Organisation
from surveys.answering.keys import LostKeyError
from surveys.answering.tickets import ticket_of
from surveys.mailing.meanwhile import Statement, executed_meanwhile
from surveys.mailing.outcomes import Fate, Outcome
from surveys.mailing.refused import note_refused
from surveys.models import Mail, Wave

RATE_PERIOD = timedelta(minutes=1)
CLAIM_LEASE = timedelta(minutes=10)
SENDING_LEASE = timedelta(minutes=5)
SERVER_PAUSE = timedelta(minutes=1)
ATTEMPTS = 8
FIRST_RETRY = timedelta(minutes=2)
LONGEST_RETRY = timedelta(hours=6)
WORKER_DIED = "The worker stopped while it was sending this mail."
UNCLAIMED = {"claim": None, "claimed_at": None, "claimed_until": None}
Row = dict[str, Any]
# The two steps of all mails are written out: the ORM took longer to build them than they take to run. Their
# rows go as JSON, which is written in less time than arrays; the ids apart, to look them up by.
# A mail starts only while an answer is possible and the person works here, and a reminder only while it is
# still wanted. An invitation goes out to whoever answered by letter too: HR sees what became of it, and may
# not see who answered.
# `|| ''` keeps PostgreSQL from reading all unfinished mails each time, by an index that it takes for short.
START_SENDING = """
    UPDATE surveys_mail SET state = 'sending', claimed_until = %s, token_hash = started.token_hash,
           message_id = started.message_id, attempts = attempts + 1
    FROM jsonb_to_recordset(%s) AS started (id bigint, token_hash bytea, message_id text, ticket bytea)
    WHERE surveys_mail.id = ANY(%s) AND surveys_mail.id = started.id AND claim = %s
      AND surveys_mail.state || '' = 'claimed' AND EXISTS (
        SELECT FROM surveys_invitation JOIN surveys_wave ON surveys_wave.id = surveys_invitation.wave_id
        WHERE surveys_invitation.id = surveys_mail.invitation_id
          AND (surveys_mail.kind = 'invitation' OR NOT reminders_stopped AND started.ticket IS NOT NULL
               AND NOT EXISTS (SELECT FROM surveys_ticket WHERE value = started.ticket))
          AND surveys_wave.state = 'open'
          AND COALESCE(surveys_invitation.closes_at, surveys_wave.closes_at) > %s
          AND NOT EXISTS (SELECT FROM orgunits_employee
                          WHERE orgunits_employee.id = surveys_invitation.employee_id
                            AND left_on IS NOT NULL))
    RETURNING surveys_mail.id
"""
# A worker slower than its lease finds its mail given up as unconfirmed, and now knows better.
SETTLE = """
    UPDATE surveys_mail SET state = settled.state, error = settled.error, sent_at = settled.sent_at,
           due_at = COALESCE(settled.due_at, surveys_mail.due_at), claimed_until = NULL,
           service_id = settled.service_id
    FROM jsonb_to_recordset(%s)
         AS settled (id bigint, state text, error text, sent_at timestamptz, due_at timestamptz,
                     service_id text)
    WHERE surveys_mail.id = ANY(%s) AND surveys_mail.id = settled.id AND claim = %s
      AND surveys_mail.state IN ('sending', 'unconfirmed')
"""
# What a mail is written from.
READ = (
    *("organisation_id", "wave_id", "kind", "message_id", "attempts", "again", "due_at"),
    *(f"invitation__{name}" for name in ("email", "language", "closes_at", "wave_id")),
    *("invitation__employee__first_name", "invitation__unit__name"),
)
KNOWN_FATES = {
    Fate.ACCEPTED: Mail.State.SENT,
    Fate.REFUSED: Mail.State.REFUSED,
    Fate.UNKNOWN: Mail.State.UNCONFIRMED,
}


@dataclass(frozen=True, slots=True)
class Batch:
    claim: uuid.UUID
    mails: list[Mail]


@dataclass(frozen=True, slots=True)
class Offer:
    """A mail that is about to go to the server."""

    mail: Mail
    token_hash: bytes
    message_id: str

    def row(self) -> Row:
        ticket = _ticket(self.mail)
        return {
            "id": self.mail.pk,
            "token_hash": rf"\x{self.token_hash.hex()}",
            "message_id": self.message_id,
            "ticket": ticket and rf"\x{ticket.hex()}",
        }


@dataclass(frozen=True, slots=True)
class Settled:
    """A mail, what became of it and when."""

    mail: Mail
    outcome: Outcome
    at: datetime

    @property
    def state(self) -> Mail.State:
        state = KNOWN_FATES.get(self.outcome.fate, Mail.State.DUE)
        over = self.mail.attempts >= ATTEMPTS or self.retry_at >= self.mail.answered_until
        return Mail.State.REFUSED if state == Mail.State.DUE and over else state

    @property
    def retry_at(self) -> datetime:
        return self.at + retry_delay(self.mail.attempts)

    def row(self) -> Row:
        state = self.state
        return {
            "id": self.mail.pk,
            "state": state,
            "error": self.outcome.words,
            "sent_at": self.at if state == Mail.State.SENT else None,
            "due_at": self.retry_at if state == Mail.State.DUE else None,
            "service_id": self.outcome.service_id,
        }


def claim_batch(organisation: Organisation, *, now: datetime, at_most: int) -> Batch:
    """Mails that are now this worker's, as many as the organisation's rate still allows."""
    claim = uuid.uuid4()
    with transaction.atomic(durable=True):
        # The lock lets one worker at a time take from what is left of the rate.
        rate = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk).mails_per_minute
        room = min(at_most, rate - claimed_lately(organisation, now))
        if room <= 0:
            return Batch(claim, [])
        due = Mail.objects.due(now).filter(organisation=organisation, wave__closes_at__gt=now)
        rows = due.select_for_update(skip_locked=True, of=("self",)).order_by("due_at", "pk")
        Mail.objects.filter(pk__in=list(rows.values_list("pk", flat=True)[:room])).update(
            state=Mail.State.CLAIMED, claim=claim, claimed_at=now, claimed_until=now + CLAIM_LEASE
        )
    return Batch(claim, list(claimed_mails(organisation, claim)))


def claimed_lately(organisation: Organisation, now: datetime) -> int:
    return Mail.objects.filter(organisation=organisation, claimed_at__gt=now - RATE_PERIOD).count()


def claimed_mails(organisation: Organisation, claim: uuid.UUID) -> QuerySet[Mail]:
    mails = Mail.objects.filter(organisation=organisation, claim=claim, state=Mail.State.CLAIMED)
    # Fetched apart, so that the mails share one object for their wave instead of making a hundred.
    together = mails.select_related("invitation__employee", "invitation__unit").prefetch_related(
        "organisation", "wave"
    )
    return together.only(*READ).order_by("due_at", "pk")


@contextmanager
def settling_and_marking(
    settled: Sequence[Settled], offers: Sequence[Offer], batch: Batch, *, now: datetime
) -> Iterator[set[int]]:
    """Record what became of some mails and mark others as being sent, while the block does something else.

    After it the set holds those that may be sent; the others are no longer needed or no longer this worker's.
    Both steps are one commit, and its wait for the disk is over by then.
    """
    if any(one.outcome.fate is not Fate.ACCEPTED for one in settled):
        settle(settled, batch)
        settled = ()
    rows = json.dumps([one.row() for one in offers])
    ids = [one.mail.pk for one in offers]
    start = START_SENDING, [now + SENDING_LEASE, rows, ids, batch.claim, now]
    with executed_meanwhile(*([_settling(settled, batch)] if settled else []), start) as started:
        yield started
    for offer in offers:
        offer.mail.attempts += offer.mail.pk in started


def _ticket(mail: Mail) -> bytes | None:
    """None when nobody can tell any more who answered, and for an invitation, which goes out in any case."""
    if mail.kind == Mail.Kind.INVITATION:
        return None
    try:
        return ticket_of(mail.wave, mail.invitation_id)
    except LostKeyError:
        return None


def _claimed(batch: Batch, mails: Iterable[Mail]) -> QuerySet[Mail]:
    pks = [mail.pk for mail in mails]
    return Mail.objects.filter(pk__in=pks, claim=batch.claim, state=Mail.State.CLAIMED)


def cancel(mails: Iterable[Mail], batch: Batch) -> int:
    """How many; another worker may have taken some over."""
    return _claimed(batch, mails).update(state=Mail.State.CANCELLED)


def put_back(mails: Iterable[Mail], batch: Batch, *, pause: tuple[datetime, str] | None = None) -> int:
    """For mails that were not offered to the server: not an attempt, and not counted in the rate.

    A `pause` gives the server a moment: since when, and in its own words why.
    """
    back: dict[str, Any] = {"state": Mail.State.DUE, **UNCLAIMED}
    if pause:
        back |= {"due_at": pause[0] + SERVER_PAUSE, "error": pause[1]}
    pks = [mail.pk for mail in mails]
    ours = Mail.objects.filter(pk__in=pks, claim=batch.claim)
    marked = ours.filter(state__in=[Mail.State.SENDING, Mail.State.UNCONFIRMED])
    number = marked.update(attempts=F("attempts") - 1, token_hash=None, **back)
    return number + ours.filter(state=Mail.State.CLAIMED).update(**back)


def settle(settled: Sequence[Settled], batch: Batch) -> None:
    """Record what became of mails that were being sent."""
    if settled:
        with transaction.atomic():
            for one in settled:
                if one.outcome.bad_address:
                    note_refused(one.mail, one.outcome.words, now=one.at)
            with connection.cursor() as cursor:
                cursor.execute(*_settling(settled, batch))


def _settling(settled: Sequence[Settled], batch: Batch) -> Statement:
    rows = json.dumps([one.row() for one in settled], default=str)
    return SETTLE, [rows, [one.mail.pk for one in settled], batch.claim]


def retry_delay(attempts: int) -> timedelta:
    """2, 6, 18 minutes and so on: soon enough for greylisting, long enough for a full mailbox."""
    return min(FIRST_RETRY * int(3 ** (attempts - 1)), LONGEST_RETRY)


def give_up_unfinished(now: datetime) -> int:
    """Mails of workers that died while sending, and mails that did not leave before their wave ended."""
    unfinished = Mail.objects.filter(state__in=[Mail.State.DUE, Mail.State.CLAIMED, Mail.State.SENDING])
    left = unfinished.filter(claimed_until__lte=now)
    unconfirmed = left.filter(state=Mail.State.SENDING).update(
        state=Mail.State.UNCONFIRMED, claimed_until=None, error=WORKER_DIED
    )
    waiting = Q(state=Mail.State.DUE) | Q(state=Mail.State.CLAIMED, claimed_until__lte=now)
    over = Wave.objects.exclude(state=Wave.State.OPEN, closes_at__gt=now)
    late = unfinished.filter(waiting, wave__in=over)
    refused = late.exclude(error="").update(state=Mail.State.REFUSED)
    return unconfirmed + refused + late.update(state=Mail.State.CANCELLED)
