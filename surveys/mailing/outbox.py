"""The steps of a mail's row. Each is one conditional change, so of two workers only one gets through.

due → claimed → sending → sent, refused or unconfirmed; back to due when it was certainly not accepted.
A worker takes the last steps for some mails at once: see decision 19.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from accounts.models import Organisation
from surveys.answering.keys import LostKeyError
from surveys.answering.tickets import ticket_of
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
# The two steps of all mails are written out: the ORM took longer to build them than they take to run.
# A mail starts only while an answer is possible and the person works here, and a reminder only while it is
# still wanted. An invitation goes out to whoever answered by letter too: HR sees what became of it, and may
# not see who answered.
# `|| ''` keeps PostgreSQL from reading all unfinished mails each time, by an index that it takes for short.
START_SENDING = """
    UPDATE surveys_mail SET state = 'sending', claimed_until = %s, token_hash = started.token_hash,
           message_id = started.message_id, attempts = attempts + 1
    FROM unnest(%s::bigint[], %s::bytea[], %s::text[], %s::bytea[])
         AS started (id, token_hash, message_id, ticket)
    WHERE surveys_mail.id = started.id AND claim = %s AND surveys_mail.state || '' = 'claimed' AND EXISTS (
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
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::text[])
         AS settled (id, state, error, sent_at, due_at, service_id) {more}
    WHERE surveys_mail.id = settled.id AND claim = %s AND surveys_mail.state IN ('sending', 'unconfirmed')
"""
# What was accepted need not be on disk at once: marking the next mails waits for the disk, and takes with it
# what was written before. A database that crashes earlier has these as perhaps sent, as it had them till now.
WITHOUT_WAITING = ", set_config('synchronous_commit', 'off', true)"
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


@dataclass(frozen=True, slots=True)
class Settled:
    """A mail, what became of it and when."""

    mail: Mail
    outcome: Outcome
    at: datetime


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
        rows = (
            due.select_for_update(skip_locked=True, of=("self",)).order_by("due_at", "pk").only("pk")[:room]
        )
        Mail.objects.filter(pk__in=[mail.pk for mail in rows]).update(
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


def start_sending(offers: Sequence[Offer], batch: Batch, *, now: datetime) -> set[int]:
    """Ids of those that may be sent now; the others are no longer needed or no longer this worker's."""
    ids = [offer.mail.pk for offer in offers]
    hashes = [offer.token_hash for offer in offers]
    message_ids = [offer.message_id for offer in offers]
    tickets = [_ticket(offer.mail) for offer in offers]
    with connection.cursor() as cursor:
        cursor.execute(
            START_SENDING, [now + SENDING_LEASE, ids, hashes, message_ids, tickets, batch.claim, now]
        )
        started = {pk for (pk,) in cursor.fetchall()}
    for offer in offers:
        if offer.mail.pk in started:
            offer.mail.attempts += 1
    return started


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


def settle(settled: Sequence[Settled], batch: Batch) -> list[Mail.State]:
    """Record what became of mails that were being sent; returns their new states."""
    rows = [_settled_row(one) for one in settled]
    columns = [list(column) for column in zip(*rows, strict=True)]
    if all(one.outcome.fate is Fate.ACCEPTED for one in settled):
        _execute(SETTLE.format(more=WITHOUT_WAITING), [*columns, batch.claim])
    else:
        with transaction.atomic():
            for one in settled:
                if one.outcome.bad_address:
                    note_refused(one.mail, one.outcome.words, now=one.at)
            _execute(SETTLE.format(more=""), [*columns, batch.claim])
    return [row[1] for row in rows]


def _execute(statement: str, values: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _settled_row(settled: Settled) -> tuple[int, Mail.State, str, datetime | None, datetime | None, str]:
    mail, outcome, now = settled.mail, settled.outcome, settled.at
    state = KNOWN_FATES.get(outcome.fate, Mail.State.DUE)
    retry_at = now + retry_delay(mail.attempts)
    if state == Mail.State.DUE and (mail.attempts >= ATTEMPTS or retry_at >= mail.answered_until):
        state = Mail.State.REFUSED
    sent_at = now if state == Mail.State.SENT else None
    due_at = retry_at if state == Mail.State.DUE else None
    return mail.pk, state, outcome.words, sent_at, due_at, outcome.service_id


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
