"""What became of units, and what HR says of it."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import Organisation
from orgunits.imports.problems import ImportRefusedError
from orgunits.imports.reorganisation import Fate
from orgunits.imports.services import ask_to_apply, confirm_lineage
from orgunits.models import Employee, ImportRun, OrgUnit, RoleGrant, UnitLineage
from tests.factories import OrganisationFactory
from tests.orgunits.people_files import (
    MONDAY,
    TUESDAY,
    Row,
    as_csv,
    bring_in,
    path_of,
    person,
    placed,
    preview_import,
    work,
)
from tests.orgunits.test_import_properties import files

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> Organisation:
    return OrganisationFactory.create(name="City", language="en")


def team(path: str, size: int, first: int = 0, **others: str) -> list[Row]:
    """People p<first>, p<first + 1>, … in one unit."""
    return [person(f"p{number}", path, **others) for number in range(first, first + size)]


def preview(city: Organisation, rows: list[Row]) -> ImportRun:
    return preview_import(city, file_name="people.csv", content=as_csv(rows), by=None, now=TUESDAY)


def said(run: ImportRun, fates: dict[int, Fate] | None = None) -> ImportRun:
    """Confirmed, as suggested unless said otherwise, and applied."""
    if run.summary["findings"]:
        confirm_lineage(run, fates or {}, by=None, now=TUESDAY)
        work(TUESDAY)
    run.refresh_from_db()
    if run.summary["change_count"]:
        ask_to_apply(run, by=None, now=TUESDAY)
        work(TUESDAY)
    run.refresh_from_db()
    return run


def found(run: ImportRun) -> list[tuple[str, str, str]]:
    return [(one["path"], one["what"], one["becomes"]) for one in run.summary["findings"]]


def lineage() -> dict[tuple[str, str], tuple[int, float]]:
    return {
        (one.from_unit.name, one.to_unit.name): (one.people, round(one.weight, 4))
        for one in UnitLineage.objects.select_related("from_unit", "to_unit")
    }


def test_a_renamed_unit_stays_the_same_row(city: Organisation) -> None:
    bring_in(city, *team("City/Care", 6, manager="x"), person("x", "City/Care"), person("y", "City"))
    care = OrgUnit.objects.get(name="Care")
    run = preview(city, [*team("City/Help", 6, manager="x"), person("x", "City/Help"), person("y", "City")])
    assert found(run) == [("City/Care", "renamed", "City/Help")]
    run = said(run)
    assert run.summary["counts"] == {"units.renamed": 1}
    care.refresh_from_db()
    assert (care.name, care.ended_on) == ("Help", None)
    assert OrgUnit.objects.count() == 2
    assert RoleGrant.objects.get(ends_on=None).unit == care
    assert not UnitLineage.objects.exists()


def test_units_below_a_renamed_one_come_along_unasked(city: Organisation) -> None:
    rows = [*team("City/Care/Night", 6), *team("City/Care/Day", 6, first=6), person("x", "City")]
    bring_in(city, *rows)
    before = dict(OrgUnit.objects.values_list("name", "pk"))
    run = preview(city, [row | {"unit_path": row["unit_path"].replace("Care", "Help")} for row in rows])
    assert found(run) == [("City/Care", "renamed", "City/Help")]
    assert run.summary["findings"][0]["follows"] == 2
    said(run)
    assert dict(OrgUnit.objects.values_list("name", "pk")) == {
        ("Help" if name == "Care" else name): pk for name, pk in before.items()
    }


def test_a_team_that_goes_to_another_department_is_moved(city: Organisation) -> None:
    others = [person("x", "City/Care"), person("y", "City/Works")]
    bring_in(city, *team("City/Care/Night", 6), *others)
    night = OrgUnit.objects.get(name="Night")
    run = preview(city, [*team("City/Works/Night", 6), *others])
    assert found(run) == [("City/Care/Night", "moved", "City/Works/Night")]
    run = said(run)
    assert run.summary["counts"] == {"units.moved": 1}
    night.refresh_from_db()
    assert path_of(night) == "City/Works/Night"
    assert OrgUnit.objects.find_problems() == ([], [], [], [], [])


def test_two_units_that_merge_are_linked(city: Organisation) -> None:
    bring_in(city, *team("City/North", 6), *team("City/South", 4, first=6), person("x", "City"))
    run = preview(city, [*team("City/Region", 10), person("x", "City")])
    assert found(run) == [("City/North", "renamed", "City/Region"), ("City/South", "merged", "")]
    north = OrgUnit.objects.get(name="North")
    said(run, {north.pk: Fate.LINKED})
    assert lineage() == {("North", "Region"): (6, 1.0), ("South", "Region"): (4, 1.0)}
    assert OrgUnit.objects.get(name="North").ended_on == TUESDAY.date()


def test_a_unit_that_is_split_is_linked_by_share(city: Organisation) -> None:
    bring_in(city, *team("City/Care", 8), person("x", "City"))
    run = preview(city, [*team("City/Day", 4), *team("City/Night", 4, first=4), person("x", "City")])
    assert found(run) == [("City/Care", "split", "")]
    said(run)
    assert lineage() == {("Care", "Day"): (4, 0.5), ("Care", "Night"): (4, 0.5)}


def test_a_part_that_leaves_a_unit_is_asked_about(city: Organisation) -> None:
    bring_in(city, *team("City/Care", 10), person("x", "City/Works"))
    run = preview(city, [*team("City/Care", 4), *team("City/Works", 6, first=4), person("x", "City/Works")])
    assert found(run) == [("City/Care", "partly", "")]
    said(run)
    assert lineage() == {("Care", "Care"): (4, 0.4), ("Care", "Works"): (6, 0.6)}


def test_a_few_who_move_are_no_reorganisation(city: Organisation) -> None:
    bring_in(city, *team("City/Care", 10), person("x", "City/Works"))
    run = preview(city, [*team("City/Care", 7), *team("City/Works", 3, first=7), person("x", "City/Works")])
    assert found(run) == []
    assert said(run).state == ImportRun.State.APPLIED


def test_without_an_answer_nothing_is_applied(city: Organisation) -> None:
    bring_in(city, *team("City/Care", 6), person("x", "City"))
    run = preview(city, [*team("City/Help", 6), person("x", "City")])
    with pytest.raises(ImportRefusedError, match="what became of the units"):
        ask_to_apply(run, by=None, now=TUESDAY)


def test_units_that_have_nothing_to_do_with_each_other_are_ended_and_made(city: Organisation) -> None:
    bring_in(city, *team("City/Care", 6), person("x", "City"))
    care = OrgUnit.objects.get(name="Care")
    run = preview(city, [*team("City/Help", 6), person("x", "City")])
    said(run, {care.pk: Fate.SEPARATE})
    care.refresh_from_db()
    assert (care.name, care.ended_on) == ("Care", TUESDAY.date())
    assert not UnitLineage.objects.exists()


def test_a_unit_without_a_successor_cannot_be_the_same(city: Organisation) -> None:
    bring_in(city, *team("City/Care", 8), person("x", "City"))
    care = OrgUnit.objects.get(name="Care")
    run = preview(city, [*team("City/Day", 4), *team("City/Night", 4, first=4), person("x", "City")])
    with pytest.raises(ImportRefusedError, match="no new unit"):
        confirm_lineage(run, {care.pk: Fate.SAME}, by=None, now=TUESDAY)


def test_a_department_and_its_team_can_change_places(city: Organisation) -> None:
    bring_in(city, *team("City/A", 6), *team("City/A/B", 7, first=6), person("x", "City"))
    units = {unit.name: unit.pk for unit in OrgUnit.objects.all()}
    said(preview(city, [*team("City/D/C", 6), *team("City/D", 7, first=6), person("x", "City")]))
    assert placed(city) == {
        **{f"p{number}": "City/D/C" if number < 6 else "City/D" for number in range(13)},
        "x": "City",
    }
    assert OrgUnit.objects.find_problems() == ([], [], [], [], [])
    assert set(units.values()) <= set(OrgUnit.objects.values_list("pk", flat=True))


class AnyReorganisation(TestCase):
    @settings(max_examples=15, deadline=None, phases=[Phase.generate])
    @given(files(), files(), st.lists(st.sampled_from(Fate), min_size=1))
    def test_weights_of_a_unit_add_up_to_one_and_everyone_is_where_the_file_says(
        self, first: list[Row], second: list[Row], choices: list[Fate]
    ) -> None:
        city = OrganisationFactory.create()
        bring_in(city, *first)
        run = preview(city, second)
        fates = {}
        for number, one in enumerate(run.summary["findings"]):
            fate = choices[number % len(choices)]
            fates[one["unit"]] = Fate.LINKED if fate is Fate.SAME and not one["becomes"] else fate
        said(run, fates)
        assert placed(city) == {row["employee_id"]: row["unit_path"] for row in second}
        assert OrgUnit.objects.find_problems() == ([], [], [], [], [])
        sums: defaultdict[int, float] = defaultdict(float)
        for one in UnitLineage.objects.filter(organisation=city):
            sums[one.from_unit_id] += one.weight
            assert Employee.objects.filter(unit=one.to_unit).count() >= one.people
        assert all(abs(total - 1) < 1e-9 for total in sums.values())
        assert bring_in(city, *second, now=MONDAY).summary["change_count"] == 0
