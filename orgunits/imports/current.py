"""The organisation as the database has it, keyed the way a file speaks of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models.functions import Lower

from accounts.models import Organisation, User
from orgunits.imports.people import UnitPath
from orgunits.models import Employee, OrgUnit, RoleGrant


@dataclass(slots=True)
class Current:
    """Units carry their path of names. Of two with the same path the one that has not ended counts; the
    other is `spare`. The root answers to the name that the file gives it."""

    organisation: Organisation
    units: dict[UnitPath, OrgUnit] = field(default_factory=dict)
    spare: list[OrgUnit] = field(default_factory=list)
    employees: dict[str, Employee] = field(default_factory=dict)
    grants: list[RoleGrant] = field(default_factory=list)
    users: dict[str, User] = field(default_factory=dict)
    moved_from: dict[int, UnitPath] = field(default_factory=dict)
    numbers: dict[int, str] = field(init=False)
    paths: dict[int, UnitPath] = field(init=False)

    def __post_init__(self) -> None:
        self.numbers = {employee.pk: employee.employee_id for employee in self.employees.values()}
        self.paths = {unit.pk: path for path, unit in self.units.items()}

    def keep(self, kept: Mapping[int, UnitPath]) -> None:
        """Let these units answer to the path that the file gives them; `moved_from` has the old ones."""
        self.moved_from = {unit_id: self.paths[unit_id] for unit_id in kept}
        leaving = {path: self.units.pop(path) for path in self.moved_from.values()}
        self.units |= {kept[unit.pk]: unit for unit in leaving.values()}
        self.paths |= kept

    @property
    def all_units(self) -> list[OrgUnit]:
        return [*self.units.values(), *self.spare]

    def manager_of(self, row: OrgUnit | Employee) -> str:
        """The manager's employee number, or nothing."""
        return self.numbers.get(row.manager_id, "") if row.manager_id else ""

    def path_of(self, row: Employee | RoleGrant) -> UnitPath:
        """The path of its unit; nothing for a unit that is spare."""
        return self.paths.get(row.unit_id, ())


def load_current(organisation: Organisation, *, root_name: str, emails: Iterable[str]) -> Current:
    """`emails`: the addresses, in lower case, whose users matter."""
    units, spare = by_path(list(OrgUnit.objects.filter(organisation=organisation)), root_name)
    employees = Employee.objects.filter(organisation=organisation)
    grants = RoleGrant.objects.filter(
        organisation=organisation, user__organisation=organisation, ends_on=None
    ).select_related("user")
    users = User.objects.annotate(lower_email=Lower("email")).filter(lower_email__in=list(emails))
    return Current(
        organisation,
        units=units,
        spare=spare,
        employees={employee.employee_id: employee for employee in employees},
        grants=list(grants),
        users={user.email.lower(): user for user in users},
    )


def by_path(units: list[OrgUnit], root_name: str) -> tuple[dict[UnitPath, OrgUnit], list[OrgUnit]]:
    """`units`: the whole tree in preorder."""
    chosen: dict[UnitPath, OrgUnit] = {}
    paths: dict[str, UnitPath] = {"": ()}
    spare: list[OrgUnit] = []
    for unit in sorted(units, key=lambda unit: (unit.depth, unit.ended_on is not None, unit.path)):
        above = paths.get(unit.path[: -OrgUnit.steplen])
        path = None if above is None else (*above, unit.name if above else root_name)
        if path is None or path in chosen:
            spare.append(unit)
            continue
        chosen[path] = unit
        paths[unit.path] = path
    return chosen, spare
