"""Takes a person out of everything that names them. No released figure is made of these rows."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import AT_NOWHERE, User
from orgunits.models import Employee, ImportChange, ImportTrace, RoleGrant
from orgunits.roles.services import is_last_hr
from orgunits.tree import lock_tree, today
from surveys.models import Invitation, Mail, RefusedAddress, Wave
from surveys.persons.export import lines_about
from surveys.persons.finding import Person

NOT_OF_AN_ADDRESS = re.compile(r"[\s<>(),;:\"]+")


@transaction.atomic
def erase(person: Person, *, by: User | None, now: datetime) -> None:
    """Invitations stay, without a person: whoever was asked counts as invited, and a sent link works on.

    The log keeps what the person did as a user, and which access their address was given. Raises
    ValidationError for the one who asks, and for the last HR administrator.
    """
    lock_tree(person.organisation)
    _refuse(person, by, now)
    _empty_invitations(person)
    _forget_files(person)
    RefusedAddress.objects.filter(organisation=person.organisation).annotate(address=Lower("email")).filter(
        address__in=person.emails
    ).delete()
    as_user = person.user is not None
    record(person.organisation, "person.erased", by=by, now=now, target=person.row, as_user=as_user)
    Employee.objects.filter(pk__in=person.ids).delete()
    if person.user:
        _empty_user(person.user, now)


def _refuse(person: Person, by: User | None, now: datetime) -> None:
    if person.user is None:
        return
    if person.user == by:
        raise ValidationError(_("You cannot erase yourself. Ask someone else with your role."))
    day = today(person.organisation, now)
    grants = RoleGrant.objects.valid_on(day).filter(user=person.user).select_related("unit", "organisation")
    if any(is_last_hr(grant, day) for grant in grants):
        raise ValidationError(
            _(
                "This is the last HR administrator of the organisation. "
                "First name another one, who then signs in."
            )
        )


def _empty_invitations(person: Person) -> None:
    """While a wave is open an answer would be counted in the invitation's bands; so these stay till then."""
    asked = Invitation.objects.filter(employee__in=person.ids)
    mails = Mail.objects.filter(invitation__in=asked)
    mails.filter(state=Mail.State.DUE).update(state=Mail.State.CANCELLED)
    mails.update(error="", message_id="", service_id="")
    asked.exclude(wave__state=Wave.State.OPEN).update(bands={})
    asked.update(email="", language=person.organisation.language, event_on=None)


def _forget_files(person: Person) -> None:
    """What the last file said of them; undoing it then leaves them out."""
    lines_about(person).delete()
    every: QuerySet[ImportChange] = ImportChange.objects.filter(organisation=person.organisation)
    for email in person.emails:
        # A part of another's address is not this one: "an@city.example" is in "jan@city.example".
        alike = every.filter(values__icontains=email).values_list("pk", "values")
        every.filter(pk__in=[pk for pk, values in alike if _names(values, email)]).delete()
    traces = ImportTrace.objects.filter(organisation=person.organisation)
    traces.filter(table=Employee._meta.db_table, row__in=person.ids).delete()
    if person.user:
        traces.filter(table=User._meta.db_table, row=person.user.pk).delete()


def _names(value: object, email: str) -> bool:
    if isinstance(value, dict | list):
        parts = value.values() if isinstance(value, dict) else value
        return any(_names(part, email) for part in parts)
    return isinstance(value, str) and email in NOT_OF_AN_ADDRESS.split(value.lower())


def _empty_user(user: User, now: datetime) -> None:
    """The row stays, since the log refers to it; nobody signs in with it any more."""
    day = today(user.organisation, now) if user.organisation else now.date()
    for table in (EmailAddress, Authenticator):
        table.objects.filter(user=user).delete()
    user.api_tokens.all().delete()
    grants = RoleGrant.objects.filter(user=user)
    grants.filter(starts_on__gt=day).delete()
    grants.not_ended_before(day).update(ends_on=day - timedelta(days=1))
    user.email, user.name, user.is_active = f"erased-{user.pk}{AT_NOWHERE}", "", False
    user.last_login = None
    user.set_unusable_password()
    user.save()
