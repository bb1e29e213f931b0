"""A plan carried out: a fixed number of statements, and only rows that change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.db import connection, models

from accounts.models import User
from orgunits.imports.current import Current
from orgunits.imports.people import PeopleFile, Person, UnitPath
from orgunits.imports.plan import Kind, PersonChange, Plan
from orgunits.models import Employee, OrgUnit, Role, RoleGrant
from orgunits.tree import ChildPaths, lock_roots, next_root_path

UNIT_FIELDS = ["name", "manager", "ended_on", "numchild"]
PERSON_FIELDS = [
    "email",
    "first_name",
    "last_name",
    "unit",
    "manager",
    "language",
    "joined_on",
    "left_on",
    "traits",
]

DIGITS = re.compile(r"([0-9]+)")


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """Row ids handed out beforehand, so that rows can point at each other in one insert."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


class Writing:
    """One plan being written, on one day. Hold the tree's lock."""

    def __init__(self, plan: Plan, file: PeopleFile, current: Current, *, today: date) -> None:
        self.plan = plan
        self.file = file
        self.current = current
        self.today = today
        self.people = {person.employee_id: person for person in file.people}
        self.numbers_by_email = {person.email: person.employee_id for person in file.people if person.email}
        self.unit_ids = {path: unit.pk for path, unit in current.units.items()}
        self.employee_ids = {number: employee.pk for number, employee in current.employees.items()}

    def write(self) -> None:
        joining = self.of_kind(Kind.NEW)
        reserved = reserve_ids(Employee, len(joining))
        self.employee_ids |= {change.employee_id: pk for change, pk in zip(joining, reserved, strict=True)}
        self.write_units()
        self.write_people(joining)
        self.write_access()

    def of_kind(self, *kinds: Kind) -> list[PersonChange]:
        return [change for change in self.plan.people if change.kind in kinds]

    # Units

    def write_units(self) -> None:
        before = {unit.pk: unit_state(unit) for unit in self.current.all_units}
        for path, unit in self.current.units.items():
            self.settle_unit(unit, path)
        for unit in self.current.spare:
            self.end_unit(unit)
        created = self.new_units()
        changed = [unit for unit in self.current.all_units if unit_state(unit) != before[unit.pk]]
        OrgUnit.objects.bulk_create(created)
        upsert(OrgUnit, changed, UNIT_FIELDS)

    def settle_unit(self, unit: OrgUnit, path: UnitPath) -> None:
        if path not in self.plan.wanted:
            self.end_unit(unit)
            return
        unit.name = path[-1]
        unit.ended_on = None
        unit.manager_id = self.manager_id(path)

    def end_unit(self, unit: OrgUnit) -> None:
        unit.ended_on = unit.ended_on or self.today
        unit.manager_id = None

    def manager_id(self, path: UnitPath) -> int | None:
        return self.employee_ids.get(self.plan.managers.get(path, ""))

    def new_units(self) -> list[OrgUnit]:
        paths = sorted(self.plan.wanted - self.current.units.keys(), key=by_level_and_name)
        child_paths = ChildPaths(unit.path for unit in self.current.all_units)
        units = dict(self.current.units)
        created = []
        for path, pk in zip(paths, reserve_ids(OrgUnit, len(paths)), strict=True):
            unit = self.new_unit(path, pk, units.get(path[:-1]), child_paths)
            units[path] = unit
            self.unit_ids[path] = pk
            created.append(unit)
        return created

    def new_unit(self, path: UnitPath, pk: int, parent: OrgUnit | None, child_paths: ChildPaths) -> OrgUnit:
        if parent is None:
            lock_roots()
        else:
            parent.numchild += 1
        return OrgUnit(
            pk=pk,
            organisation=self.current.organisation,
            name=path[-1],
            path=child_paths.next_under(parent) if parent else next_root_path(),
            depth=len(path),
            numchild=0,
            manager_id=self.manager_id(path),
        )

    # People

    def write_people(self, joining: list[PersonChange]) -> None:
        changing = self.of_kind(Kind.RETURNED, Kind.MOVED, Kind.CHANGED)
        leaving = [self.employee_ids[change.employee_id] for change in self.of_kind(Kind.LEFT)]
        staying = [self.current.employees[change.employee_id] for change in changing]
        Employee.objects.filter(pk__in=leaving).update(left_on=self.today)
        self.free_emails(staying)
        for employee in staying:
            self.fill(employee)
        upsert(Employee, staying, PERSON_FIELDS)
        Employee.objects.bulk_create([self.new_employee(change.employee_id) for change in joining])

    def free_emails(self, staying: list[Employee]) -> None:
        """An address may pass from one to another; the index checks each row as it comes."""
        freed = [
            employee.pk
            for employee in staying
            if self.numbers_by_email.get(employee.email.lower(), employee.employee_id) != employee.employee_id
        ]
        Employee.objects.filter(pk__in=freed).update(email="")

    def new_employee(self, employee_id: str) -> Employee:
        employee = Employee(
            pk=self.employee_ids[employee_id],
            organisation=self.current.organisation,
            employee_id=employee_id,
            language=self.people[employee_id].language,
        )
        self.fill(employee)
        return employee

    def fill(self, employee: Employee) -> None:
        person = self.people[employee.employee_id]
        employee.email = person.email
        employee.first_name = person.first_name
        employee.last_name = person.last_name
        employee.unit_id = self.unit_ids[person.unit_path]
        employee.manager_id = self.manager_of(person)
        employee.left_on = None
        employee.traits = person.traits
        if "language" in self.file.columns:
            employee.language = person.language
        if "joined_on" in self.file.columns:
            employee.joined_on = person.joined_on

    def manager_of(self, person: Person) -> int | None:
        number = self.numbers_by_email.get(person.manager_email)
        return self.employee_ids[number] if number else None

    # Access

    def write_access(self) -> None:
        gained = [(change.email, change.path) for change in self.plan.access if change.kind is Kind.NEW]
        lost = {(change.email, change.path) for change in self.plan.access if change.kind is Kind.ENDED}
        users = self.users_for(sorted({email for email, _path in gained}))
        RoleGrant.objects.bulk_create(
            RoleGrant(
                organisation=self.current.organisation,
                user=users[email],
                role=Role.MANAGER,
                unit_id=self.unit_ids[path],
                starts_on=self.today,
                from_import=True,
            )
            for email, path in gained
        )
        ending = [grant.pk for grant in self.current.grants if grant.from_import and self.holds(grant, lost)]
        RoleGrant.objects.filter(pk__in=ending).update(ends_on=self.today - timedelta(days=1))

    def holds(self, grant: RoleGrant, lost: set[tuple[str, UnitPath]]) -> bool:
        return (grant.user.email.lower(), self.current.path_of(grant)) in lost

    def users_for(self, emails: Sequence[str]) -> dict[str, User]:
        """Managers sign in with a code by e-mail: they get no password."""
        known = self.current.users
        created = User.objects.bulk_create(
            self.new_user(email, self.people[self.numbers_by_email[email]])
            for email in emails
            if email not in known
        )
        return known | {user.email: user for user in created}

    def new_user(self, email: str, person: Person) -> User:
        return User(
            organisation=self.current.organisation,
            email=email,
            name=person.name,
            language=person.language,
            password=make_password(None),
        )


def unit_state(unit: OrgUnit) -> tuple[object, ...]:
    return unit.name, unit.manager_id, unit.ended_on, unit.numchild


def by_level_and_name(path: UnitPath) -> tuple[int, list[list[tuple[int, str]]]]:
    """Numbers in names count as numbers: Team 9 comes before Team 10."""
    return len(path), [[number_first(part) for part in DIGITS.split(name.casefold())] for name in path]


def number_first(part: str) -> tuple[int, str]:
    return (int(part), "") if part.isdecimal() and part.isascii() else (-1, part)


def upsert(model: type[models.Model], rows: Sequence[models.Model], fields: list[str]) -> None:
    """One statement for any number of rows, where bulk_update would build a CASE per row and field."""
    model._default_manager.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=fields
    )
