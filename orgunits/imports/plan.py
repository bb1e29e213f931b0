"""The difference between a file and the database, in words that do not depend on the day or on row ids."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgunits.imports.current import Current
from orgunits.imports.managers import unit_managers
from orgunits.imports.people import PeopleFile, Person, UnitPath
from orgunits.imports.reorganisation import wanted_paths
from orgunits.models import Employee, OrgUnit, Role

MANY_LEAVE = 0.2  # a fifth: more often a file cut short than a real reorganisation


class Kind(StrEnum):
    NEW = "new"
    RETURNED = "returned"
    MOVED = "moved"
    CHANGED = "changed"
    LEFT = "left"
    ENDED = "ended"
    RENAMED = "renamed"
    MANAGER = "manager"


@dataclass(frozen=True, slots=True)
class FieldChange:
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PersonChange:
    kind: Kind
    employee_id: str
    name: str
    unit: str
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitChange:
    """`before` and `after`: names when renamed, the units above when moved, else numbers of managers."""

    kind: Kind
    path: UnitPath
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class AccessChange:
    """A manager who gets (new) or loses (ended) the results of a unit."""

    kind: Kind
    email: str
    path: UnitPath


@dataclass(frozen=True, slots=True)
class Plan:
    people: tuple[PersonChange, ...]
    units: tuple[UnitChange, ...]
    access: tuple[AccessChange, ...]
    managers: dict[UnitPath, str] = field(repr=False)
    wanted: frozenset[UnitPath] = field(repr=False)
    warnings: tuple[str, ...] = field(repr=False)

    @property
    def change_count(self) -> int:
        return len(self.people) + len(self.units) + len(self.access)

    @property
    def digest(self) -> str:
        """Equal for two plans that would do the same."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


def shown(path: UnitPath) -> str:
    return "/".join(path)


def make_plan(file: PeopleFile, current: Current) -> Plan:
    """Units that stay the same under another path answer to that path already (`Current.keep`)."""
    managers = unit_managers(file.people)
    wanted = wanted_paths(file)
    people = tuple(person_changes(file, current))
    access = AccessPlan(file, current, managers)
    return Plan(
        people=people,
        units=tuple(unit_changes(wanted, managers, current)),
        access=tuple(access.changes()),
        managers=managers,
        wanted=wanted,
        warnings=(*access.warnings(), *leaving_warnings(people, current)),
    )


def person_changes(file: PeopleFile, current: Current) -> Iterator[PersonChange]:
    numbers = {person.email: person.employee_id for person in file.people if person.email}
    for person in file.people:
        employee = current.employees.get(person.employee_id)
        unit = shown(person.unit_path)
        manager = numbers.get(person.manager_email, "")
        if employee is None:
            yield PersonChange(Kind.NEW, person.employee_id, person.name, unit, new_fields(person, manager))
            continue
        fields = tuple(field_changes(person, manager, employee, file, current))
        if employee.left_on is not None:
            yield PersonChange(Kind.RETURNED, person.employee_id, person.name, unit, fields)
        elif fields:
            moved = any(change.field == "unit_path" for change in fields)
            kind = Kind.MOVED if moved else Kind.CHANGED
            yield PersonChange(kind, person.employee_id, person.name, unit, fields)
    staying = {person.employee_id for person in file.people}
    for employee in current.employees.values():
        if employee.left_on is None and employee.employee_id not in staying:
            unit = shown(current.path_of(employee))
            yield PersonChange(Kind.LEFT, employee.employee_id, str(employee), unit)


def new_fields(person: Person, manager: str) -> tuple[FieldChange, ...]:
    return tuple(FieldChange(name, "", after) for name, after in values_of(person, manager) if after)


def values_of(person: Person, manager: str) -> Iterator[tuple[str, str]]:
    yield "email", person.email
    yield "first_name", person.first_name
    yield "last_name", person.last_name
    yield "manager", manager
    yield "language", person.language
    yield "joined_on", day(person.joined_on)
    yield "leaves_on", day(person.leaves_on)
    yield from sorted(person.traits.items())


def field_changes(
    person: Person, manager: str, employee: Employee, file: PeopleFile, current: Current
) -> Iterator[FieldChange]:
    """A column that the file may leave out, and does, changes nothing."""
    before_path = current.path_of(employee)
    if before_path != person.unit_path:
        yield FieldChange("unit_path", shown(before_path), shown(person.unit_path))
    pairs = [
        ("email", employee.email, person.email),
        ("first_name", employee.first_name, person.first_name),
        ("last_name", employee.last_name, person.last_name),
        ("manager", current.manager_of(employee), manager),
    ]
    if "language" in file.columns:
        pairs.append(("language", employee.language, person.language))
    if "joined_on" in file.columns:
        pairs.append(("joined_on", day(employee.joined_on), day(person.joined_on)))
    if "leaves_on" in file.columns:
        pairs.append(("leaves_on", day(employee.leaves_on), day(person.leaves_on)))
    if employee.traits != person.traits:
        names = sorted(employee.traits.keys() | person.traits.keys())
        pairs += [(name, employee.traits.get(name, ""), person.traits.get(name, "")) for name in names]
    for name, before, after in pairs:
        if before != after:
            yield FieldChange(name, before, after)


def day(value: date | None) -> str:
    return value.isoformat() if value else ""


def unit_changes(
    wanted: frozenset[UnitPath], managers: dict[UnitPath, str], current: Current
) -> Iterator[UnitChange]:
    for path in sorted(wanted):
        if unit := current.units.get(path):
            yield from move_of_unit(unit, path, current)
            yield from changes_of_unit(unit, path, current.manager_of(unit), managers.get(path, ""))
        else:
            yield UnitChange(Kind.NEW, path, after=managers.get(path, ""))
    gone = [(path, current.units[path]) for path in sorted(current.units.keys() - wanted)]
    for path, unit in [*gone, *(((unit.name,), unit) for unit in current.spare)]:
        if unit.ended_on is None:
            yield UnitChange(Kind.ENDED, path)


def changes_of_unit(unit: OrgUnit, path: UnitPath, before: str, manager: str) -> Iterator[UnitChange]:
    if unit.name != path[-1]:
        yield UnitChange(Kind.RENAMED, path, unit.name, path[-1])
    if unit.ended_on is not None:
        yield UnitChange(Kind.RETURNED, path, before, manager)
    elif before != manager:
        yield UnitChange(Kind.MANAGER, path, before, manager)


def move_of_unit(unit: OrgUnit, path: UnitPath, current: Current) -> Iterator[UnitChange]:
    """Nothing for a unit that only came along with the one above it."""
    before = current.moved_from.get(unit.pk)
    above = current.units.get(path[:-1])
    if before and (above is None or not is_child(unit, above)):
        yield UnitChange(Kind.MOVED, path, shown(before[:-1]), shown(path[:-1]))


def is_child(unit: OrgUnit, above: OrgUnit) -> bool:
    return bool(unit.path[: -OrgUnit.steplen] == above.path)


class AccessPlan:
    """Which managers get and lose the results of their units."""

    def __init__(self, file: PeopleFile, current: Current, managers: dict[UnitPath, str]) -> None:
        self.current = current
        emails = {person.employee_id: person.email for person in file.people}
        named = {(emails[employee_id], path) for path, employee_id in managers.items()}
        self.elsewhere = {email for email, _path in named if self.signs_in_elsewhere(email)}
        self.wanted = {(email, path) for email, path in named if email not in self.elsewhere}

    def signs_in_elsewhere(self, email: str) -> bool:
        user = self.current.users.get(email)
        return user is not None and user.organisation_id != self.current.organisation.pk

    def changes(self) -> Iterator[AccessChange]:
        held = set(self.held(from_import=True))
        for email, path in sorted(self.wanted - held - set(self.held(from_import=False))):
            yield AccessChange(Kind.NEW, email, path)
        for email, path in sorted(held - self.wanted):
            yield AccessChange(Kind.ENDED, email, path)

    def held(self, *, from_import: bool) -> Iterator[tuple[str, UnitPath]]:
        for grant in self.current.grants:
            if grant.role == Role.MANAGER and grant.from_import == from_import:
                yield grant.user.email.lower(), self.current.path_of(grant)

    def warnings(self) -> Iterator[str]:
        for email in sorted(self.elsewhere):
            yield _(
                "‘%(email)s’ manages a unit, but already signs in for another organisation. "
                "This person gets no access here until they have another address."
            ) % {"email": email}


def leaving_warnings(people: tuple[PersonChange, ...], current: Current) -> Iterator[str]:
    leaving = {change.employee_id for change in people if change.kind is Kind.LEFT}
    employed = sum(employee.left_on is None for employee in current.employees.values())
    if len(leaving) > max(10, MANY_LEAVE * employed):
        yield ngettext(
            "%(count)s person of %(employed)s leaves. Is the file complete?",
            "%(count)s people of %(employed)s leave. Is the file complete?",
            len(leaving),
        ) % {"count": len(leaving), "employed": employed}
    emails = {current.employees[employee_id].email for employee_id in leaving} - {""}
    for grant in current.grants:
        if not grant.from_import and grant.user.email.lower() in emails:
            yield _("%(user)s leaves, but keeps the role ‘%(role)s’. End it on the page Roles.") % {
                "user": grant.user.get_full_name(),
                "role": grant.get_role_display(),
            }
