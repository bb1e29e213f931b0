"""A mail once more, because HR asked for it; never by itself.

Nothing here may depend on who answered, or HR would learn it from what is sent and what is not.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from orgunits.models import Employee
from surveys.cycles.recurrence import schedule_of
from surveys.mailing.outbox import UNCLAIMED
from surveys.mailing.refused import address_refused, forget_refusals
from surveys.models import Invitation, Link, Mail, Wave

State = Mail.State


def not_reached(wave: Wave) -> QuerySet[Invitation]:
    """People with an address whose invitation was refused, perhaps not sent, or held back.

    Reminders do not count: only who has not answered gets one, so a list of them would tell.
    """
    invited = Mail.objects.filter(wave=wave, kind=Mail.Kind.INVITATION)
    failed = invited.filter(state__in=[State.REFUSED, State.UNCONFIRMED]).values("invitation")
    refused = Invitation.objects.filter(address_refused(), wave=wave)
    held_back = refused.filter(~Exists(invited.filter(invitation=OuterRef("pk")))).values("pk")
    people = Invitation.objects.filter(wave=wave, employee__left_on=None, employee__isnull=False)
    # Together, so that the database begins with these few and not with everyone who was asked.
    return people.filter(pk__in=failed.union(held_back)).exclude(email="")


@transaction.atomic
def send_again(
    wave: Wave, *, invitations: Collection[int] | None = None, by: User | None, now: datetime
) -> int:
    """Queue the invitation anew for these people, or for all whom it did not reach; returns how many.

    It goes to the address that the person has now, and no reminder follows (see `to_remind`).
    Raises ValidationError when the wave takes no answers.
    """
    locked = Wave.objects.select_for_update(no_key=True).get(pk=wave.pk)
    if locked.state != Wave.State.OPEN or locked.closes_at <= now:
        raise ValidationError(_("This wave is closed, so no mail was sent."))
    chosen = not_reached(wave)
    if invitations is not None:
        chosen = chosen.filter(pk__in=invitations)
    people = Invitation.objects.filter(pk__in=list(chosen.values_list("pk", flat=True)))
    _give_time(people, locked, now)
    _call_off_reminders(people)
    _take_present_addresses(people)
    forget_refusals(people, wave.organisation)
    mails = Mail.objects.filter(
        invitation__in=people, kind=Mail.Kind.INVITATION, state__in=[State.REFUSED, State.UNCONFIRMED]
    )
    _keep_links(mails.filter(state=State.UNCONFIRMED))
    queued = mails.update(
        state=State.DUE,
        due_at=now,
        attempts=0,
        error="",
        token_hash=None,
        message_id="",  # else a mailbox that got the first would take it for the same mail
        service_id="",
        again=True,
        **UNCLAIMED,
    )
    queued += _queue_held_back(people, now=now)
    audit.record(wave.organisation, "mail.sent_again", by=by, now=now, target=wave, mails=queued)
    return queued


def _give_time(people: QuerySet[Invitation], wave: Wave, now: datetime) -> None:
    """Someone with a last day of their own gets as many days again as the others had."""
    if wave.is_journey:
        end = min(wave.closes_at, schedule_of(wave.cycle).personal_end(now))
        people.filter(closes_at__lt=end).update(closes_at=end)


def _call_off_reminders(people: QuerySet[Invitation]) -> None:
    """One that waits would go to the new address, and only to who has not answered."""
    reminders = Mail.objects.filter(invitation__in=people).exclude(kind=Mail.Kind.INVITATION)
    reminders.filter(state__in=[State.DUE, State.CLAIMED]).update(state=State.CANCELLED, **UNCLAIMED)


def _take_present_addresses(people: QuerySet[Invitation]) -> None:
    present = Employee.objects.filter(pk=OuterRef("employee")).exclude(email="")
    for invitation in people.annotate(present=present.values("email")[:1]).exclude(email=F("present")):
        Invitation.objects.filter(pk=invitation.pk).update(email=invitation.present)


def _keep_links(mails: QuerySet[Mail]) -> None:
    """A mail that may have arrived after all keeps a link that works."""
    Link.objects.bulk_create(
        Link(
            organisation_id=mail.organisation_id,
            wave_id=mail.wave_id,
            invitation_id=mail.invitation_id,
            token_hash=mail.token_hash,
        )
        for mail in mails.exclude(token_hash=None)
    )


def _queue_held_back(people: QuerySet[Invitation], *, now: datetime) -> int:
    without = people.filter(~Exists(Mail.objects.filter(invitation=OuterRef("pk"))))
    rows = Mail.objects.bulk_create(
        Mail(
            organisation_id=one.organisation_id,
            wave_id=one.wave_id,
            invitation=one,
            kind=Mail.Kind.INVITATION,
            due_at=now,
            again=True,
        )
        for one in without
    )
    return len(rows)
