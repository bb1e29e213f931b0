"""A plan carried out: a fixed number of statements, and only rows that change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.db import connection, models

from accounts.models import User
from orgunits.imports.comparison import Comparison
from orgunits.imports.people import Person, UnitPath
from orgunits.imports.plan import Kind, PersonChange
from orgunits.imports.progress import Progress, unwatched
from orgunits.imports.trace import Trace
from orgunits.models import Employee, ImportRun, OrgUnit, Role, RoleGrant, UnitLineage
from orgunits.tree import ChildPaths, lock_roots, next_root_path

UNIT_FIELDS = ["name", "manager", "ended_on", "path", "depth", "numchild"]
BATCH = 5_000
PERSON_FIELDS = [
    "email",
    "first_name",
    "last_name",
    "unit",
    "manager",
    "language",
    "joined_on",
    "left_on",
    "leaves_on",
    "moved_on",
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

    def __init__(
        self, comparison: Comparison, run: ImportRun, *, today: date, progress: Progress = unwatched
    ) -> None:
        self.comparison = comparison
        self.plan, self.file, self.current = comparison.plan, comparison.file, comparison.current
        self.run = run
        self.today = today
        self.progress = progress
        self.trace = Trace(run)
        people, current = self.file.people, self.current
        self.people = {person.employee_id: person for person in people}
        self.numbers_by_email = {person.email: person.employee_id for person in people if person.email}
        self.unit_ids = {path: unit.pk for path, unit in current.units.items()}
        self.employee_ids = {number: employee.pk for number, employee in current.employees.items()}

    def write(self) -> None:
        joining = self.of_kind(Kind.NEW)
        reserved = reserve_ids(Employee, len(joining))
        self.employee_ids |= {change.employee_id: pk for change, pk in zip(joining, reserved, strict=True)}
        self.write_units()
        self.write_people(joining)
        self.write_access()
        self.write_lineage()
        self.trace.finish()

    def of_kind(self, *kinds: Kind) -> list[PersonChange]:
        return [change for change in self.plan.people if change.kind in kinds]

    # Units

    def write_units(self) -> None:
        before = {unit.pk: unit_state(unit) for unit in self.current.all_units}
        for path, unit in self.current.units.items():
            self.settle_unit(unit, path)
        for unit in self.current.spare:
            self.end_unit(unit)
        created = self.settle_tree()
        changed = [unit for unit in self.current.all_units if unit_state(unit) != before[unit.pk]]
        self.trace.touch(OrgUnit, [unit.pk for unit in [*changed, *created]])
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

    def settle_tree(self) -> list[OrgUnit]:
        """Hang each unit under the one above it in the file; the new ones are returned, parents first."""
        paths = sorted(self.plan.wanted, key=by_level_and_name)
        missing = [path for path in paths if path not in self.current.units]
        reserved = dict(zip(missing, reserve_ids(OrgUnit, len(missing)), strict=True))
        tree = Tree(self.current.all_units)
        placed: dict[UnitPath, OrgUnit] = {}
        for path in paths:
            above = placed.get(path[:-1])
            if path in reserved:
                placed[path] = self.new_unit(path, reserved[path], above, tree)
            else:
                placed[path] = self.current.units[path]
                tree.hang(placed[path], above)
        tree.take_along(unit for unit in self.current.all_units if unit.ended_on is not None)
        self.unit_ids |= reserved
        return [placed[path] for path in missing]

    def new_unit(self, path: UnitPath, pk: int, parent: OrgUnit | None, tree: Tree) -> OrgUnit:
        unit = OrgUnit(
            pk=pk,
            organisation=self.current.organisation,
            name=path[-1],
            depth=len(path),
            numchild=0,
            manager_id=self.manager_id(path),
        )
        if parent is None:
            lock_roots()
            unit.path = next_root_path()
        else:
            tree.add(unit, parent)
        return unit

    # People

    def write_people(self, joining: list[PersonChange]) -> None:
        changing = self.of_kind(Kind.RETURNED, Kind.MOVED, Kind.CHANGED)
        leaving = [self.employee_ids[change.employee_id] for change in self.of_kind(Kind.LEFT)]
        staying = [self.current.employees[change.employee_id] for change in changing]
        joined = [self.employee_ids[change.employee_id] for change in joining]
        self.trace.touch(Employee, [*leaving, *(employee.pk for employee in staying), *joined])
        Employee.objects.filter(pk__in=leaving).update(left_on=self.today)
        self.free_emails(staying)
        for batch in self.batches(staying):
            for employee in batch:
                self.fill(employee)
            upsert(Employee, batch, PERSON_FIELDS)
        for batch in self.batches([self.new_employee(change.employee_id) for change in joining]):
            Employee.objects.bulk_create(batch)

    def batches(self, employees: Sequence[Employee]) -> Iterator[Sequence[Employee]]:
        for start in range(0, len(employees), BATCH):
            yield employees[start : start + BATCH]
            self.progress(start + BATCH)

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
        unit_id = self.unit_ids[person.unit_path]
        if employee.left_on is None and employee.unit_id not in {None, unit_id}:
            employee.moved_on = self.today
        employee.email = person.email
        employee.first_name = person.first_name
        employee.last_name = person.last_name
        employee.unit_id = unit_id
        employee.manager_id = self.manager_of(person)
        if employee.left_on is not None:
            employee.left_on = employee.leaves_on = None
        employee.traits = person.traits
        if "language" in self.file.columns:
            employee.language = person.language
        if "joined_on" in self.file.columns:
            employee.joined_on = person.joined_on
        if "leaves_on" in self.file.columns:
            employee.leaves_on = person.leaves_on

    def manager_of(self, person: Person) -> int | None:
        number = self.numbers_by_email.get(person.manager_email)
        return self.employee_ids[number] if number else None

    # Access

    def write_access(self) -> None:
        gained = [(change.email, change.path) for change in self.plan.access if change.kind is Kind.NEW]
        lost = {(change.email, change.path) for change in self.plan.access if change.kind is Kind.ENDED}
        users = self.users_for(sorted({email for email, _path in gained}))
        ending = [grant.pk for grant in self.current.grants if grant.from_import and self.holds(grant, lost)]
        self.trace.touch(RoleGrant, ending)
        RoleGrant.objects.filter(pk__in=ending).update(ends_on=self.today - timedelta(days=1))
        granted = RoleGrant.objects.bulk_create(
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
        self.trace.made(RoleGrant, [grant.pk for grant in granted])

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
        self.trace.made(User, [user.pk for user in created])
        return known | {user.email: user for user in created}

    def new_user(self, email: str, person: Person) -> User:
        return User(
            organisation=self.current.organisation,
            email=email,
            name=person.name,
            language=person.language,
            password=make_password(None),
        )

    # Lineage

    def write_lineage(self) -> None:
        lineages = UnitLineage.objects.bulk_create(
            UnitLineage(
                organisation=self.current.organisation,
                run=self.run,
                from_unit_id=part.from_unit,
                to_unit_id=self.unit_ids[part.to],
                people=part.people,
                weight=part.weight,
                on=self.today,
            )
            for part in self.comparison.lineage
        )
        self.trace.made(UnitLineage, [lineage.pk for lineage in lineages])


class Tree:
    """Paths in the tree of units that change parents together, worked out without a query.

    Go from parents to children. Paths that come free are not used again, so no two rows ever meet.
    """

    def __init__(self, units: Sequence[OrgUnit]) -> None:
        self.child_paths = ChildPaths(unit.path for unit in units)
        self.before = {unit.pk: unit.path for unit in units}
        self.by_path = {unit.path: unit for unit in units}

    def add(self, unit: OrgUnit, parent: OrgUnit) -> None:
        parent.numchild += 1
        unit.path, unit.depth = self.child_paths.next_under(parent), parent.depth + 1

    def hang(self, unit: OrgUnit, parent: OrgUnit | None) -> None:
        """`parent` is where it belongs now; its own path is up to date already."""
        if parent is None:
            return
        before = self.before[unit.pk]
        former = self.by_path[before[: -OrgUnit.steplen]]
        if former is parent:
            unit.path, unit.depth = parent.path + before[-OrgUnit.steplen :], parent.depth + 1
        else:
            former.numchild -= 1
            self.add(unit, parent)
        if unit.path != before:
            self.child_paths.follow(before, unit.path)

    def take_along(self, units: Iterable[OrgUnit]) -> None:
        """Ended units stay under the unit they were under."""
        for unit in sorted(units, key=lambda unit: self.before[unit.pk]):
            self.hang(unit, self.by_path.get(self.before[unit.pk][: -OrgUnit.steplen]))


def unit_state(unit: OrgUnit) -> tuple[object, ...]:
    return unit.name, unit.manager_id, unit.ended_on, unit.path, unit.depth, unit.numchild


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
