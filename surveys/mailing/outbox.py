"""The steps of a mail's row. Each is one conditional change, so of two workers only one gets through.

due → claimed → sending → sent, refused or unconfirmed; back to due when it was certainly not accepted.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from accounts.models import Organisation
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
# The two steps of every mail are written out: the ORM took longer to build them than they take to run.
# A mail starts only while an answer is possible and the person works here, and a reminder only while it is
# still wanted. An invitation goes out to whoever answered by letter too: HR sees what became of it, and may
# not see who answered.
START_SENDING = """
    UPDATE surveys_mail SET state = 'sending', claimed_until = %s, token_hash = %s, message_id = %s,
           attempts = attempts + 1
    WHERE id = %s AND claim = %s AND state = 'claimed' AND EXISTS (
        SELECT FROM surveys_invitation JOIN surveys_wave ON surveys_wave.id = surveys_invitation.wave_id
        WHERE surveys_invitation.id = surveys_mail.invitation_id
          AND (NOT answered OR surveys_mail.kind = 'invitation')
          AND NOT (reminders_stopped AND surveys_mail.kind <> 'invitation')
          AND surveys_wave.state = 'open'
          AND COALESCE(surveys_invitation.closes_at, surveys_wave.closes_at) > %s
          AND NOT EXISTS (SELECT FROM orgunits_employee
                          WHERE orgunits_employee.id = surveys_invitation.employee_id
                            AND left_on IS NOT NULL))
"""
# A worker slower than its lease finds its mail given up as unconfirmed, and now knows better.
SETTLE = """
    UPDATE surveys_mail SET state = %s, error = %s, sent_at = %s, due_at = COALESCE(%s, due_at),
           claimed_until = NULL
    WHERE id = %s AND claim = %s AND state IN ('sending', 'unconfirmed')
"""
KNOWN_FATES = {
    Fate.ACCEPTED: Mail.State.SENT,
    Fate.REFUSED: Mail.State.REFUSED,
    Fate.UNKNOWN: Mail.State.UNCONFIRMED,
}


@dataclass(frozen=True, slots=True)
class Batch:
    claim: uuid.UUID
    mails: list[Mail]


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
    return mails.select_related("organisation", "wave", "invitation__employee").order_by("due_at", "pk")


def start_sending(mail: Mail, batch: Batch, *, token_hash: bytes, message_id: str, now: datetime) -> bool:
    """False when the mail is no longer needed or no longer this worker's."""
    with connection.cursor() as cursor:
        cursor.execute(
            START_SENDING, [now + SENDING_LEASE, token_hash, message_id, mail.pk, batch.claim, now]
        )
        if cursor.rowcount == 0:
            return False
    mail.attempts += 1
    return True


def _claimed(batch: Batch, mails: Iterable[Mail]) -> QuerySet[Mail]:
    pks = [mail.pk for mail in mails]
    return Mail.objects.filter(pk__in=pks, claim=batch.claim, state=Mail.State.CLAIMED)


def cancel(mail: Mail, batch: Batch) -> bool:
    """False when another worker has taken it over."""
    return bool(_claimed(batch, [mail]).update(state=Mail.State.CANCELLED))


def put_back(mails: Iterable[Mail], batch: Batch) -> int:
    """For mails that were not offered to the server: not an attempt, and not counted in the rate."""
    return _claimed(batch, mails).update(state=Mail.State.DUE, **UNCLAIMED)


def postpone(mails: Iterable[Mail], batch: Batch, words: str, *, now: datetime) -> int:
    """As `put_back`, to give the server a moment."""
    pause = now + SERVER_PAUSE
    return _claimed(batch, mails).update(state=Mail.State.DUE, due_at=pause, error=words, **UNCLAIMED)


def settle(mail: Mail, batch: Batch, outcome: Outcome, *, now: datetime) -> Mail.State:
    """Record what became of a mail that was being sent; returns its new state."""
    state = KNOWN_FATES.get(outcome.fate, Mail.State.DUE)
    retry_at = now + retry_delay(mail.attempts)
    if state == Mail.State.DUE and (mail.attempts >= ATTEMPTS or retry_at >= mail.answered_until):
        state = Mail.State.REFUSED
    due_at = retry_at if state == Mail.State.DUE else None
    sent_at = now if state == Mail.State.SENT else None
    if outcome.bad_address:
        note_refused(mail, outcome.words, now=now)
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, [state, outcome.words, sent_at, due_at, mail.pk, batch.claim])
    return state


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
