"""Two short mails to the owner of an action: a week before it should be ready, and once it is late.

They go when mails about signals go: on working days between nine and five.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from accounts.notices import send_notice
from actions.models import Action
from actions.queries import possible_owners
from orgunits.tree import today
from results.signals.digests import FROM, next_moment

AHEAD = timedelta(days=7)
LATE = timedelta(days=1)


def next_reminder(action: Action, now: datetime) -> datetime | None:
    """The first moment still to come at which its owner is to hear of it."""
    days = (action.due_on - AHEAD, action.due_on + LATE)
    moments = (datetime.combine(day, FROM, tzinfo=action.organisation.zone) for day in days)
    return next((moment for moment in moments if moment > now), None)


def is_due(now: datetime) -> bool:
    return Action.objects.filter(remind_at__lte=now).exists()


def remind_owners(*, now: datetime) -> int:
    """Each row is claimed and moved on before its mail goes, so nobody gets one twice; how many went."""
    sent = 0
    while (claimed := _claim(now)) is not None:
        if claimed.owner:
            _tell(claimed.action, claimed.owner, claimed.is_late)
            sent += 1
    return sent


@dataclass(frozen=True, slots=True)
class _Claimed:
    """`owner`: who gets a mail now, if anyone."""

    action: Action
    owner: User | None
    is_late: bool


@transaction.atomic
def _claim(now: datetime) -> _Claimed | None:
    due = Action.objects.filter(remind_at__lte=now)
    rows = due.select_for_update(skip_locked=True, of=("self",))
    action = rows.select_related("organisation", "unit", "owner__organisation").order_by("pk").first()
    if action is None:
        return None
    moment = next_moment(action.organisation, now)
    if moment > now:
        due.filter(organisation=action.organisation).update(remind_at=moment)
        return _Claimed(action, None, is_late=False)
    day = today(action.organisation, now)
    action.remind_at = next_reminder(action, now)
    action.save(update_fields=["remind_at"])
    owner = action.owner
    hears = owner and possible_owners(action.unit, on=day).filter(pk=owner.pk).exists()
    return _Claimed(action, owner if hears else None, is_late=action.due_on < day)


def _tell(action: Action, owner: User, is_late: bool) -> None:
    context = {
        "action": action,
        "is_late": is_late,
        "url": f"{settings.BASE_URL}{reverse('action', args=[action.pk])}",
    }
    send_notice(owner, "actions/mail/due", context)
