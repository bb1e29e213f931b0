"""Several at once, each in a session of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.errors import AccountError
from accounts.models import Organisation
from orgunits.founding.services import Founder, found_first_organisation, found_organisation
from orgunits.imports.problems import ImportRefusedError
from orgunits.imports.services import apply_import
from orgunits.models import Employee, OrgUnit, RoleGrant
from tests.factories import OrganisationFactory
from tests.orgunits.people_files import MONDAY, as_csv, bring_in, person, placed, preview_import

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 4
ROWS = [
    person("head", "City/Care"),
    *(person(f"p{number}", "City/Care", manager="head") for number in range(9)),
]


def at_once(work: Callable[[int], object]) -> list[object]:
    """What each of four simultaneous calls returned or raised."""
    start = Barrier(AT_ONCE)

    def run(number: int) -> object:
        try:
            start.wait()
            return work(number)
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(AT_ONCE)))


def test_imports_of_one_organisation_wait_for_each_other() -> None:
    city = OrganisationFactory.create()
    outcomes = at_once(lambda _number: bring_in(city, *ROWS).summary["change_count"])
    assert sorted(map(str, outcomes)) == ["0", "0", "0", "13"]
    assert (Employee.objects.count(), OrgUnit.objects.count(), RoleGrant.objects.count()) == (10, 2, 1)


def test_one_preview_is_applied_once() -> None:
    city = OrganisationFactory.create()
    run = preview_import(city, file_name="people.csv", content=as_csv(ROWS), by=None, now=MONDAY)
    outcomes = at_once(lambda _number: apply_import(type(run).objects.get(pk=run.pk), by=None, now=MONDAY))
    assert sum(isinstance(outcome, ImportRefusedError) for outcome in outcomes) == AT_ONCE - 1
    assert len(placed(city)) == 10


def test_organisations_are_founded_and_filled_side_by_side() -> None:
    def found(number: int) -> Organisation:
        organisation = found_organisation("City", founder=Founder(f"f{number}@example.org"), now=MONDAY)
        bring_in(
            organisation, *(row | {"email": f"{number}.{row['email']}"} for row in [person("a"), person("b")])
        )
        return organisation

    assert (
        len({organisation.slug for organisation in at_once(found) if isinstance(organisation, Organisation)})
        == 4
    )
    assert OrgUnit.objects.find_problems() == ([], [], [], [], [])


def test_the_first_organisation_is_founded_by_one() -> None:
    outcomes = at_once(
        lambda number: found_first_organisation("City", founder=Founder(f"f{number}@example.org"), now=MONDAY)
    )
    assert sum(isinstance(outcome, AccountError) for outcome in outcomes) == AT_ONCE - 1
    assert Organisation.objects.count() == 1
