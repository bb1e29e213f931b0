from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from accounts.models import Organisation, User
from orgunits.models import Employee


@dataclass(frozen=True, slots=True)
class Person:
    """The rows that are about one person: as an employee, perhaps more than once, and as a user."""

    organisation: Organisation
    employees: list[Employee]
    user: User | None

    @property
    def row(self) -> Employee | User | None:
        """The one that stands for the person in the log."""
        return self.employees[0] if self.employees else self.user

    @property
    def name(self) -> str:
        return self.row.get_full_name() if isinstance(self.row, User) else str(self.row)

    @property
    def ids(self) -> list[int]:
        return [one.pk for one in self.employees]

    @property
    def emails(self) -> list[str]:
        """In lower case."""
        known = [one.email for one in self.employees] + ([self.user.email] if self.user else [])
        return sorted({email.lower() for email in known if email})


def find_person(organisation: Organisation, who: str) -> Person | None:
    """By e-mail address or employee number."""
    who = who.strip()
    if not who:
        return None
    people = Employee.objects.filter(organisation=organisation)
    found = list(people.filter(Q(email__iexact=who) | Q(employee_id=who)).order_by("left_on", "pk"))
    emails = {who, *(one.email for one in found if one.email)}
    match = Q()
    for email in emails:
        match |= Q(email__iexact=email)
    user = User.objects.filter(match, organisation=organisation).order_by("pk").first()
    return Person(organisation, found, user) if found or user else None
