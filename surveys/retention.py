"""What is kept of a wave only for some months after it closed: here invitations, with mails and links."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import (
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    QuerySet,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.lookups import GreaterThan

from accounts.audit import record
from surveys.models import Cycle, Invitation, Link, Mail, Wave

BATCH = 2000  # rows in one transaction


def waves_closed_before(now: datetime, term: str) -> QuerySet[Wave]:
    """Closed so many months ago as the organisation keeps something; `term`: its field."""
    return (
        Wave.objects.closed()
        .annotate(until=ago(now, f"organisation__{term}", "months"))
        .filter(closed_at__lte=F("until"))
    )


def ago(now: datetime, number: str, unit: str) -> Combinable:
    """This moment, less a number of months or days that stands in a field."""
    time = Func(F(number), template=f"make_interval({unit} => %(expressions)s)", output_field=DurationField())
    return ExpressionWrapper(Value(now) - time, output_field=DateTimeField())


def waves_with_old_invitations(now: datetime) -> QuerySet[Wave]:
    """A limit on how often people are asked needs them for as many days as it looks back."""
    limits = Cycle.objects.filter(organisation=OuterRef("organisation"), most_invitations__isnull=False)
    counted = GreaterThan(OuterRef("closed_at"), ago(now, "most_within_days", "days"))
    return waves_closed_before(now, "invitations_kept").filter(
        ~Exists(limits.exclude(state=Cycle.State.ENDED).filter(counted)),
        Exists(Invitation.objects.filter(wave=OuterRef("pk"))),
    )


def delete_old_invitations(now: datetime) -> int:
    """The number deleted. Safe to run twice, and to die half-way."""
    return forget_in_batches(
        waves_with_old_invitations(now), _delete_invitations, "wave.invitations_deleted", now
    )


def forget_in_batches(
    waves: QuerySet[Wave], delete: Callable[[Wave], int], action: str, now: datetime
) -> int:
    """`delete` takes some rows of a wave away, and says how many; a wave without any is not in `waves`."""
    total = 0
    for wave_id in list(waves.order_by("pk").values_list("pk", flat=True)):
        while number := _forget_some(waves, wave_id, delete, action, now):
            total += number
    return total


def _forget_some(
    waves: QuerySet[Wave], wave_id: int, delete: Callable[[Wave], int], action: str, now: datetime
) -> int:
    """One transaction; 0 when nothing is left or another worker is at it."""
    with transaction.atomic():
        locked = Wave.objects.select_for_update(skip_locked=True).filter(pk=wave_id).first()
        if locked is None or not waves.filter(pk=wave_id).exists():
            return 0
        number = delete(locked)
        if not waves.filter(pk=wave_id).exists():
            record(locked.organisation, action, by=None, now=now, target=locked)
        return number


def _delete_invitations(wave: Wave) -> int:
    ids = list(Invitation.objects.filter(wave=wave).values_list("pk", flat=True)[:BATCH])
    for table in (Mail, Link):
        table.objects.filter(invitation__in=ids).delete()
    Invitation.objects.filter(pk__in=ids).delete()
    return len(ids)
