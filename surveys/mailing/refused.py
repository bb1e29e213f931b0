"""Addresses that mail servers refused for good: who keeps mailing those is soon refused everywhere.

An address stays here until HR takes it off. An import that brings a person another address needs nothing:
the new one is not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Lower

from accounts import audit
from accounts.models import Organisation, User
from orgunits.models import Employee
from surveys.models import Invitation, Mail, RefusedAddress


def note_refused(mail: Mail, reason: str, *, now: datetime) -> None:
    """Of an invitation only: HR sees this list, and only who has not answered gets a reminder."""
    if mail.kind != Mail.Kind.INVITATION:
        return
    RefusedAddress.objects.update_or_create(
        organisation_id=mail.organisation_id,
        email=mail.invitation.email.lower(),
        defaults={"reason": reason, "refused_at": now},
    )


def address_refused() -> Exists:
    """Of an invitation."""
    same = RefusedAddress.objects.filter(
        organisation=OuterRef("organisation"), email=Lower(OuterRef("email"))
    )
    return Exists(same)


@dataclass(frozen=True, slots=True)
class RefusedPerson:
    """Someone employed now whose address is refused."""

    pk: int
    name: str
    unit: str
    email: str
    reason: str
    refused_at: datetime


def refused_people(organisation: Organisation) -> list[RefusedPerson]:
    """Whoever left, or has another address by now, is not among them."""
    refused = {one.email: one for one in RefusedAddress.objects.filter(organisation=organisation)}
    if not refused:
        return []
    people = Employee.objects.employed().filter(organisation=organisation).select_related("unit")
    found = people.alias(address=Lower("email")).filter(address__in=list(refused))
    return [
        _refused_person(person, refused[person.email.lower()])
        for person in found.order_by("last_name", "first_name", "pk")
    ]


def _refused_person(person: Employee, address: RefusedAddress) -> RefusedPerson:
    return RefusedPerson(
        pk=address.pk,
        name=str(person),
        unit=person.unit.name,
        email=person.email,
        reason=address.reason,
        refused_at=address.refused_at,
    )


@transaction.atomic
def allow_again(address: RefusedAddress, *, by: User | None, now: datetime) -> None:
    """The next wave mails it; for a wave that is open now, HR sends the mail once more."""
    audit.record(address.organisation, "address.allowed_again", by=by, now=now, email=address.email)
    address.delete()


def forget_refusals(invitations: QuerySet[Invitation], organisation: Organisation) -> None:
    emails = invitations.annotate(address=Lower("email")).values("address")
    RefusedAddress.objects.filter(organisation=organisation, email__in=emails).delete()
