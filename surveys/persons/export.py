"""What is held about a person, in words for a page and in keys for a file.

What apps that come later hold they tell themselves, by `sections` in a module `about_persons`.

Not in it: whether they answered an open wave. Until closing that is stored, but whoever makes the export
would learn it, and nobody sees who answered. Nor answers and comments: nothing says whose they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent
from orgunits.models import ImportChange, OrgUnit, RoleGrant
from surveys.models import Invitation, Link, Mail, RefusedAddress, Turn
from surveys.persons.finding import Person

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Section:
    """`columns`: key in the file → heading on the page."""

    key: str
    title: Promise
    columns: Mapping[str, Promise]
    rows: list[Row]

    @property
    def lines(self) -> list[list[tuple[Promise, str]]]:
        """Each value with its heading, as the page shows them."""
        return [[(heading, in_words(row[key])) for key, heading in self.columns.items()] for row in self.rows]


def in_words(value: Any) -> str:
    if not value:
        return "–"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {in_words(one)}" for key, one in value.items())
    if isinstance(value, list):
        return " → ".join(map(in_words, value))
    if isinstance(value, datetime):
        return date_format(localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    return str(value)


def sections(person: Person) -> list[Section]:
    """Those that hold something."""
    return [section for section in _all(person) if section.rows]


def as_data(person: Person) -> dict[str, list[Row]]:
    return {section.key: section.rows for section in _all(person)}


def _all(person: Person) -> Iterator[Section]:
    yield Section("employee", _("On the list of people"), EMPLOYEE, list(_employees(person)))
    yield Section("leads", _("Leads"), {"unit": _("Unit")}, _values(_led(person), unit="name"))
    yield Section("user", _("As a user"), USER, list(_user(person)))
    yield Section("roles", _("Roles"), ROLE, _roles(person))
    yield Section("invitations", _("Invitations"), INVITATION, _invitations(person))
    yield Section("mails", _("Mails"), MAIL, _mails(person))
    yield Section("letters", _("Letters"), {"wave": _("Wave")}, _letters(person))
    yield Section("turns", _("Turns"), TURN, _turns(person))
    yield Section("refused", _("Mail that was refused"), REFUSED, _refused(person))
    yield Section("import", _("In the last file"), IMPORT, _changes(person))
    for app in apps.get_app_configs():
        if find_spec(f"{app.name}.about_persons"):
            yield from import_module(f"{app.name}.about_persons").sections(person)
    yield Section("log", _("What they did"), LOG, _log(person))


EMPLOYEE = {
    "employee_id": _("Employee number"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "email": _("E-mail address"),
    "unit": _("Unit"),
    "manager": _("Manager"),
    "language": _("Language"),
    "joined_on": _("First day"),
    "moved_on": _("Moved"),
    "leaves_on": _("Last day"),
    "left_on": _("Left"),
    "traits": _("Traits"),
}
USER = {
    "email": _("E-mail address"),
    "name": _("Name"),
    "language": _("Language"),
    "since": _("Since"),
    "last_signed_in": _("Last signed in"),
}
ROLE = {"role": _("Role"), "unit": _("Unit"), "from": _("From"), "to": _("Up to and including")}
INVITATION = {
    "wave": _("Wave"),
    "unit": _("Unit"),
    "email": _("E-mail address"),
    "language": _("Language"),
    "traits": _("Traits"),
    "because_of": _("Because of"),
}
MAIL = {
    "wave": _("Wave"),
    "kind": _("Kind"),
    "state": _("State"),
    "sent_at": _("Sent"),
    "delivered_at": _("Delivered"),
    "answer_of_server": _("Answer of the mail server"),
}
TURN = {"cycle": _("Cycle"), "part": _("Part")}
REFUSED = {"email": _("E-mail address"), "reason": _("Reason")}
IMPORT = {"subject": _("Who"), "what": _("What"), "changes": _("Values")}
LOG = {"at": _("When"), "action": _("What"), "target": _("On"), "detail": _("Details")}


def _employees(person: Person) -> Iterator[Row]:
    for one in person.employees:
        row = {key: getattr(one, key) for key in EMPLOYEE}
        yield row | {"unit": one.unit.name, "manager": str(one.manager or ""), "traits": one.traits}


def _led(person: Person) -> QuerySet[OrgUnit]:
    led: QuerySet[OrgUnit] = OrgUnit.objects.filter(manager__in=person.ids).order_by("path")
    return led


def _user(person: Person) -> Iterator[Row]:
    if user := person.user:
        yield {
            "email": user.email,
            "name": user.name,
            "language": user.language,
            "since": user.date_joined,
            "last_signed_in": user.last_login,
        }


def _roles(person: Person) -> list[Row]:
    grants = RoleGrant.objects.filter(user=person.user).select_related("unit") if person.user else []
    return [
        {"role": str(one.get_role_display()), "unit": one.unit.name, "from": one.starts_on, "to": one.ends_on}
        for one in grants
    ]


def _invitations(person: Person) -> list[Row]:
    rows = Invitation.objects.filter(employee__in=person.ids).select_related("wave", "unit").order_by("pk")
    return [
        {
            "wave": str(one.wave),
            "unit": one.unit.name,
            "email": one.email,
            "language": one.language,
            "traits": one.bands,
            "because_of": one.event_on,
        }
        for one in rows
    ]


def _mails(person: Person) -> list[Row]:
    """Of an open wave invitations only: a reminder goes to those who did not answer."""
    rows = Mail.objects.filter(invitation__employee__in=person.ids).select_related("wave").order_by("pk")
    return [
        {
            "wave": str(one.wave),
            "kind": str(one.get_kind_display()),
            "state": str(one.get_state_display()),
            "sent_at": one.sent_at,
            "delivered_at": one.delivered_at,
            "answer_of_server": one.error,
        }
        for one in rows.filter(kind=Mail.Kind.INVITATION)
    ]


def _letters(person: Person) -> list[Row]:
    rows = Link.objects.filter(invitation__employee__in=person.ids, letter_run__isnull=False)
    return [{"wave": str(one.wave)} for one in rows.select_related("wave").order_by("pk")]


def _turns(person: Person) -> list[Row]:
    rows = Turn.objects.filter(employee__in=person.ids).select_related("cycle").order_by("pk")
    return [{"cycle": one.cycle.name, "part": one.part} for one in rows]


def _refused(person: Person) -> list[Row]:
    rows = RefusedAddress.objects.filter(organisation=person.organisation).annotate(address=Lower("email"))
    return _values(rows.filter(address__in=person.emails), email="email", reason="reason")


def _changes(person: Person) -> list[Row]:
    return _values(lines_about(person), subject="subject", what="kind", changes="values")


def lines_about(person: Person) -> QuerySet[ImportChange]:
    """Of the preview of the last file, as `orgunits.imports.summary` writes them."""
    subjects = [f"{one} ({one.employee_id})" for one in person.employees] + person.emails
    return ImportChange.objects.filter(organisation=person.organisation, subject__in=subjects)


def _log(person: Person) -> list[Row]:
    if person.user is None:
        return []
    events = AuditEvent.objects.filter(actor=person.user).order_by("at", "pk")
    return _values(events, at="at", action="action", target="target", detail="detail")


def _values(rows: QuerySet[Any], **columns: str) -> list[Row]:
    found: Iterable[tuple[Any, ...]] = rows.values_list(*columns.values())
    return [dict(zip(columns, values, strict=True)) for values in found]
