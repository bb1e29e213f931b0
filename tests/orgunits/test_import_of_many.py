from __future__ import annotations

import pytest

from orgunits.imports.services import import_people
from orgunits.models import Employee, OrgUnit, RoleGrant
from tests.factories import OrganisationFactory
from tests.orgunits.people_files import MONDAY, TUESDAY, Row, as_csv, person


def municipality(people: int, units: int) -> list[Row]:
    """Teams in twenty departments under a director; each team and department has a head."""
    departments = [person(f"d{number}", f"City/D{number}", manager="director") for number in range(20)]
    rows = [person("director"), *departments]
    for number in range(people - len(rows)):
        team = number % (units - 21)
        manager = f"e{team}" if number >= units - 21 else f"d{team % 20}"
        rows.append(
            person(f"e{number}", f"City/D{team % 20}/T{team}", manager=manager, joined_on="2020-01-01")
        )
    return rows


@pytest.mark.django_db
def test_twenty_thousand_people_are_imported_and_the_same_file_changes_nothing() -> None:
    city = OrganisationFactory.create()
    content = as_csv(municipality(20_000, 2_000))
    import_people(city, content=content, by=None, now=MONDAY)
    again = import_people(city, content=content, by=None, now=TUESDAY)
    assert again.summary["change_count"] == 0
    assert (Employee.objects.count(), OrgUnit.objects.count(), RoleGrant.objects.count()) == (
        20_000,
        2_000,
        2_000,
    )
