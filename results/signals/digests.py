"""After a wave one mail per leader: what moved in their layer. That nothing moved is news once a quarter.

Mails go out on working days between nine and five, by the clock of the organisation.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from accounts.look import appearance_of
from accounts.models import Organisation, User
from accounts.speaking import language_of
from orgunits.access import RESULT_ROLES, Scope, scope_of
from orgunits.models import RoleGrant
from results.signals import queries
from results.signals.models import Digest, DigestChoice, Signal
from results.signals.telling import LIKELY, Telling, tell
from surveys.cycles.closed_days import ClosedDays, quiet_periods
from surveys.mailing.letters import wrap
from surveys.models import Wave

log = logging.getLogger(__name__)

FROM, UNTIL = time(9), time(17)
STALE = timedelta(days=10)  # a wave that closed longer ago, or a mail that waited longer, is no news
QUARTER = timedelta(days=90)
TOLD = 5  # signals in a mail
AUTOMATIC = {"Auto-Submitted": "auto-generated"}  # so that nobody's absence answers it


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
    """The next mail; False when this row asks for none now; None when no row is due."""
    due = Digest.objects.filter(sent_at=None, due_at__lte=now)
    rows = due.select_for_update(skip_locked=True, of=("self",))
    digest = rows.select_related("user__organisation", "wave", "organisation").order_by("pk").first()
    if digest is None:
        return None
    moment = next_moment(digest.organisation, now)
    if moment > now:  # a worker that was away at nine wakes nobody at night
        due.filter(organisation=digest.organisation).update(due_at=moment)
        return False
    signals = _news(digest, now) if digest.due_at >= now - STALE else None
    if signals is None:
        digest.delete()
        return False
    digest.sent_at, digest.moved = now, len(signals)
    digest.save(update_fields=["sent_at", "moved"])
    return _message(digest, signals)


def _news(digest: Digest, now: datetime) -> list[Signal] | None:
    """What to tell this leader; None when that is nothing, or when they may not or do not want to know."""
    user, organisation = digest.user, digest.organisation
    if not user.is_active or user.organisation_id != organisation.pk:
        return None
    scope = scope_of(user, on=now.astimezone(organisation.zone).date())
    frequency = queries.digest_choice(user)
    if not scope.has(*RESULT_ROLES) or frequency == DigestChoice.Frequency.NEVER:
        return None
    moved = _moved(digest, scope)
    is_quiet_news = frequency == DigestChoice.Frequency.WAVE or not _heard_lately(digest, now)
    return moved if moved or is_quiet_news else None


def _moved(digest: Digest, scope: Scope) -> list[Signal]:
    """Signals that this wave raised in the leader's layer, the weightiest first.

    What one of them explains is not told beside it; what an older signal explains is, as it is new there.
    """
    units = scope.units().values("pk")
    heads = queries.heads(digest.organisation, units)
    new = [head for head in heads if head.wave_id == digest.wave_id]
    older = [head for head in heads if head.wave_id != digest.wave_id]
    parts = queries.parts(digest.organisation, units, older).filter(wave=digest.wave)
    found = [*new, *queries.as_still_shown(digest.organisation, list(parts))]
    return sorted(found, key=lambda signal: -signal.weight)


def _heard_lately(digest: Digest, now: datetime) -> bool:
    return Digest.objects.filter(user=digest.user, sent_at__gt=now - QUARTER).exists()


@dataclass(frozen=True, slots=True)
class _Told:
    telling: Telling
    url: str


def _message(digest: Digest, signals: Sequence[Signal]) -> EmailMessage:
    questions = queries.questions_of(signals)
    sure = [one for one in signals if one.evidence["probability"] >= LIKELY]
    look = appearance_of(digest.organisation_id)
    with translation.override(language_of(digest.user)):
        context = {
            "organisation": digest.organisation,
            "wave": digest.wave,
            "told": [_Told(tell(one, questions), _address("signal", one.pk)) for one in sure[:TOLD]],
            "count": len(sure),
            "more": max(len(sure) - TOLD, 0),
            "weak": len(signals) - len(sure),
            "url": _address("signals"),
            "colours": look.palette,
        }
        subject = render_to_string("signals/digest_subject.txt", context)
        text = render_to_string("signals/digest.txt", context)
        page = render_to_string("signals/digest.html", context)
    message = EmailMultiAlternatives(
        " ".join(subject.split()), wrap(text), to=[digest.user.email], headers=AUTOMATIC
    )
    message.attach_alternative(page, "text/html")
    return message


def _address(name: str, *args: int) -> str:
    return f"{settings.BASE_URL}{reverse(name, args=args)}"
