from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEvent
from orgunits.errors import OrgUnitError
from orgunits.models import OrgUnit, Role
from orgunits.units.queries import unit_page
from orgunits.units.services import move_unit, rename_unit
from tests.factories import EmployeeFactory, unit_tree, user_with
from tests.orgunits.people_files import MONDAY, bring_in, path_of, person, placed

pytestmark = pytest.mark.django_db

Tree = dict[str, OrgUnit]


@pytest.fixture
def tree() -> Tree:
    return unit_tree("City", "City/Care", "City/Care/Night", "City/Works", "City/Works/Roads")


def paths(tree: Tree) -> set[str]:
    units = OrgUnit.objects.filter(organisation=tree["City"].organisation)
    return {
        "/".join([*(above.name for above in OrgUnit.objects.get_ancestors(unit)), unit.name])
        for unit in units
    }


def test_a_unit_moves_with_all_below_it(tree: Tree) -> None:
    employee = EmployeeFactory.create(unit=tree["City/Care/Night"])
    move_unit(tree["City/Care"], tree["City/Works"], by=None, now=MONDAY)
    assert paths(tree) == {
        "City",
        "City/Works",
        "City/Works/Roads",
        "City/Works/Care",
        "City/Works/Care/Night",
    }
    employee.refresh_from_db()
    assert path_of(employee.unit) == "City/Works/Care/Night"
    assert OrgUnit.objects.find_problems() == ([], [], [], [], [])
    assert AuditEvent.objects.get().detail == {"name": "Care", "before": "City", "after": "Works"}


def test_a_move_to_where_it_is_changes_nothing(tree: Tree) -> None:
    move_unit(tree["City/Care"], tree["City"], by=None, now=MONDAY)
    assert not AuditEvent.objects.exists()


def test_a_unit_does_not_move_below_itself(tree: Tree) -> None:
    for target in ("City/Care", "City/Care/Night"):
        with pytest.raises(OrgUnitError, match="under itself"):
            move_unit(tree["City/Care"], tree[target], by=None, now=MONDAY)


def test_the_root_does_not_move(tree: Tree) -> None:
    with pytest.raises(OrgUnitError, match="itself cannot be moved"):
        move_unit(tree["City"], tree["City/Care"], by=None, now=MONDAY)


def test_a_unit_does_not_move_to_another_organisation(tree: Tree) -> None:
    other = unit_tree("Town")
    with pytest.raises(OrgUnitError, match="different organisations"):
        move_unit(tree["City/Care"], other["Town"], by=None, now=MONDAY)


def test_a_move_beside_a_namesake_is_refused(tree: Tree) -> None:
    rename_unit(tree["City/Care/Night"], "Works", by=None, now=MONDAY)
    with pytest.raises(OrgUnitError, match="already has a unit called"):
        move_unit(tree["City/Care/Night"], tree["City"], by=None, now=MONDAY)


def test_a_move_deeper_than_a_path_can_hold_is_refused() -> None:
    deep = unit_tree(
        "Deep", *("/".join(["Deep"] + ["x"] * depth) for depth in range(1, 59)), "Deep/y", "Deep/y/z"
    )
    lowest = deep["/".join(["Deep"] + ["x"] * 58)]
    with pytest.raises(OrgUnitError, match="60 levels"):
        move_unit(deep["Deep/y"], lowest, by=None, now=MONDAY)
    move_unit(deep["Deep/y/z"], lowest, by=None, now=MONDAY)


def test_a_unit_gets_another_name(tree: Tree) -> None:
    rename_unit(tree["City/Care"], "  Health  and care ", by=None, now=MONDAY)
    assert "City/Health and care/Night" in paths(tree)
    assert AuditEvent.objects.get().detail == {"before": "Care", "after": "Health and care"}


@pytest.mark.parametrize("name", ["", "  ", "Care/Night", "Works"])
def test_an_unusable_name_is_refused(name: str, tree: Tree) -> None:
    with pytest.raises(OrgUnitError):
        rename_unit(tree["City/Care"], name, by=None, now=MONDAY)
    tree["City/Care"].refresh_from_db()
    assert tree["City/Care"].name == "Care"


def test_an_import_after_a_move_sees_the_new_path(tree: Tree) -> None:
    organisation = tree["City"].organisation
    bring_in(organisation, person("a", "City/Care/Night"), person("b", "City/Works/Roads"))
    move_unit(tree["City/Care/Night"], tree["City/Works"], by=None, now=MONDAY)
    run = bring_in(organisation, person("a", "City/Works/Night"), person("b", "City/Works/Roads"))
    assert run.summary["counts"] == {"units.ended": 1}  # Care, now empty
    assert placed(organisation) == {"a": "City/Works/Night", "b": "City/Works/Roads"}


def test_an_import_tells_a_unit_from_an_ended_namesake(tree: Tree) -> None:
    organisation = tree["City"].organisation
    bring_in(organisation, person("a", "City/Works"))  # Care ends
    rename_unit(tree["City/Works"], "Care", by=None, now=MONDAY)
    run = bring_in(organisation, person("a", "City/Care"))
    assert run.summary["change_count"] == 0
    assert placed(organisation) == {"a": "City/Care"}


def test_a_page_counts_people_below(tree: Tree) -> None:
    EmployeeFactory.create_batch(2, unit=tree["City/Care/Night"])
    EmployeeFactory.create(unit=tree["City"])
    page = unit_page(tree["City"])
    assert (page.people, page.own_people) == (3, 1)
    assert [(child.unit.name, child.people, child.units) for child in page.children] == [
        ("Care", 2, 1),
        ("Works", 0, 1),
    ]


@pytest.mark.parametrize("children", [1, 4])
def test_a_page_asks_as_often_for_many_units(
    children: int, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    tree = unit_tree("City", *(f"City/{number}" for number in range(children)))
    for unit in tree.values():
        OrgUnit.objects.filter(pk=unit.pk).update(manager=EmployeeFactory.create(unit=unit))
    client.force_login(user_with(Role.HR, tree["City"]))
    with django_assert_num_queries(9):
        client.get("/people/units/")
