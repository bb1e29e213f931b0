"""An organisation, its units, people, users and roles, as short as a test can say it."""

from __future__ import annotations

from datetime import date
from typing import Any

from factory.declarations import LazyAttribute, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory
from factory.faker import Faker

from accounts.models import Organisation, User
from orgunits.models import Employee, OrgUnit, Role, RoleGrant
from orgunits.tree import next_root_path


class OrganisationFactory(DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation

    name = Sequence(lambda number: f"Municipality {number}")
    slug = Sequence(lambda number: f"municipality-{number}")


class UserFactory(DjangoModelFactory[User]):
    """Signs in with a code by e-mail; in tests by `client.force_login`."""

    class Meta:
        model = User

    organisation = SubFactory(OrganisationFactory)
    email = Sequence(lambda number: f"user{number}@example.org")
    language = "en"

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **fields: Any) -> User:
        return model_class.objects.create_user(**fields)


class OrgUnitFactory(DjangoModelFactory[OrgUnit]):
    """Without a parent it is the root of an organisation."""

    class Meta:
        model = OrgUnit

    organisation = SubFactory(OrganisationFactory)
    name = Sequence(lambda number: f"Unit {number}")

    @classmethod
    def _create(cls, model_class: type[OrgUnit], *args: Any, **fields: Any) -> OrgUnit:
        parent = fields.pop("parent", None)
        if parent is None:
            unit = model_class(path=next_root_path(), depth=1, **fields)
            unit.save()
            return unit
        unit = model_class(**fields | {"organisation": parent.organisation})
        OrgUnit.objects.add_child(OrgUnit.objects.get(pk=parent.pk), instance=unit)
        return unit


class EmployeeFactory(DjangoModelFactory[Employee]):
    class Meta:
        model = Employee

    unit = SubFactory(OrgUnitFactory)
    organisation = SelfAttribute("unit.organisation")
    employee_id = Sequence(lambda number: f"E{number:05}")
    email = LazyAttribute(lambda person: f"{person.employee_id.lower()}@example.org")
    first_name = Faker("first_name")
    last_name = Faker("last_name")


class RoleGrantFactory(DjangoModelFactory[RoleGrant]):
    """From the start of 2020, without an end."""

    class Meta:
        model = RoleGrant

    unit = SubFactory(OrgUnitFactory)
    organisation = SelfAttribute("unit.organisation")
    user = SubFactory(UserFactory, organisation=SelfAttribute("..organisation"))
    role = Role.HR
    starts_on = date(2020, 1, 1)


def unit_tree(*paths: str, organisation: Organisation | None = None) -> dict[str, OrgUnit]:
    """Units by path of names with `/`, parents first: unit_tree("City", "City/Care", "City/Care/Night")."""
    organisation = organisation or OrganisationFactory.create()
    units: dict[str, OrgUnit] = {}
    for path in paths:
        parent, _, name = path.rpartition("/")
        units[path] = OrgUnitFactory.create(organisation=organisation, parent=units.get(parent), name=name)
    return units


def user_with(role: Role, unit: OrgUnit, **fields: Any) -> User:
    """A user who has one role, on one unit."""
    user: User = RoleGrantFactory.create(role=role, unit=unit, **fields).user
    return user
