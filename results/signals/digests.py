"""After a wave one mail per leader: what moved in their layer. That nothing moved is news once a quarter.

Mails go out on working days between nine and five, by the clock of the organisation.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from accounts.models import Organisation, User
from accounts.speaking import language_of
from orgunits.access import RESULT_ROLES, scope_of
from orgunits.models import RoleGrant
from results.signals import queries
from results.signals.models import Digest, DigestChoice, Signal
from results.signals.telling import tell
from surveys.cycles.closed_days import ClosedDays, quiet_periods
from surveys.models import Wave

log = logging.getLogger(__name__)

FROM, UNTIL = time(9), time(17)
STALE = timedelta(days=10)  # a wave that closed longer ago is no news
QUARTER = timedelta(days=90)
TOLD = 5  # signals in a mail


def queue_digests(wave: Wave, *, now: datetime) -> int:
    """One for everyone whose role opens results, once the wave was looked at; how many."""
    if wave.closes_at < now - STALE:
        return 0
    organisation = wave.organisation
    grants = RoleGrant.objects.valid_on(now.astimezone(organisation.zone).date()).filter(
        organisation=organisation, role__in=RESULT_ROLES
    )
    users = User.objects.filter(organisation=organisation, is_active=True, pk__in=grants.values("user"))
    never = DigestChoice.objects.filter(user__in=users, frequency=DigestChoice.Frequency.NEVER)
    due = next_moment(organisation, now)
    rows = [
        Digest(organisation=organisation, wave=wave, user=user, due_at=due)
        for user in users.exclude(pk__in=never.values("user"))
    ]
    return len(Digest.objects.bulk_create(rows, ignore_conflicts=True))


def next_moment(organisation: Organisation, now: datetime) -> datetime:
    """Now, or the next time at which mails about signals go out."""
    closed = ClosedDays(True, organisation.country, organisation.subdivision, quiet_periods(organisation))
    moment = now.astimezone(organisation.zone)
    while moment.date() in closed or not FROM <= moment.time() < UNTIL:
        day = moment.date() if moment.time() < FROM else moment.date() + timedelta(days=1)
        moment = datetime.combine(day, FROM, tzinfo=organisation.zone)
        if day not in closed:
            break
    return moment


def is_due(now: datetime) -> bool:
    return Digest.objects.filter(sent_at=None, due_at__lte=now).exists()


def send_digests(*, now: datetime) -> int:
    """Each row is claimed and marked before its mail goes, as with every mail of this product."""
    sent = 0
    while (found := _claim(now)) is not None:
        message = found
        if not isinstance(message, EmailMessage):
            continue
        try:
            message.send()
            sent += 1
        except Exception as error:  # of any backend; the page says the same
            log.warning("A mail about signals did not go out: %s", type(error).__name__)
    return sent


@transaction.atomic
def _claim(now: datetime) -> EmailMessage | bool | None:
    """The next mail; False when there is nothing to say to this leader; None when no row is due."""
    rows = Digest.objects.filter(sent_at=None, due_at__lte=now).select_for_update(
        skip_locked=True, of=("self",)
    )
    digest = rows.select_related("user", "wave", "organisation").order_by("pk").first()
    if digest is None:
        return None
    signals = _moved(digest, now)
    message = _message(digest, signals) if signals or _is_quiet_news(digest, now) else False
    if message is False:
        digest.delete()
    else:
        digest.sent_at, digest.moved = now, len(signals)
        digest.save(update_fields=["sent_at", "moved"])
    return message


def _moved(digest: Digest, now: datetime) -> list[Signal]:
    """Signals that this wave raised in the leader's layer, each under what explains it."""
    scope = scope_of(digest.user, on=now.astimezone(digest.organisation.zone).date())
    heads = queries.heads(digest.organisation, scope.units().values("pk"))
    return [one for one in heads if one.wave_id == digest.wave_id]


def _is_quiet_news(digest: Digest, now: datetime) -> bool:
    """Whether it is worth a mail that nothing moved."""
    choice = DigestChoice.objects.filter(user=digest.user).first()
    if choice is not None and choice.frequency == DigestChoice.Frequency.WAVE:
        return True
    lately = Digest.objects.filter(user=digest.user, sent_at__gt=now - QUARTER)
    return not lately.exists()


def _message(digest: Digest, signals: Sequence[Signal]) -> EmailMessage:
    questions, events = queries.questions_of(signals), queries.events_of(signals)
    with translation.override(language_of(digest.user)):
        context = {
            "wave": digest.wave,
            "user": digest.user,
            "tellings": [tell(one, questions, events[one.pk]) for one in signals[:TOLD]],
            "count": len(signals),
            "more": max(len(signals) - TOLD, 0),
            "url": f"{settings.BASE_URL}{reverse('signals')}",
        }
        subject = render_to_string("signals/digest_subject.txt", context)
        text = render_to_string("signals/digest.txt", context)
    return EmailMessage(" ".join(subject.split()), text.strip() + "\n", to=[digest.user.email])
