"""An import that is undone leaves everything as it was before it, or says why it cannot."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from psycopg import sql

from accounts.models import AuditEvent, Organisation, User
from orgunits.imports.problems import ImportRefusedError
from orgunits.imports.services import ask_to_undo, undo_import, undoable
from orgunits.models import Employee, ImportRun, ImportTrace, OrgUnit, Role, RoleGrant, UnitLineage
from orgunits.units.services import move_unit, rename_unit
from tests.factories import EmployeeFactory, OrganisationFactory, OrgUnitFactory, RoleGrantFactory, user_with
from tests.orgunits.people_files import (
    MONDAY,
    TUESDAY,
    Row,
    as_csv,
    bring_in,
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


def everything() -> dict[str, set[str]]:
    """All rows that an import may touch, written out by PostgreSQL."""
    found = {}
    with connection.cursor() as cursor:
        for model in (OrgUnit, Employee, RoleGrant, User, UnitLineage):
            query = sql.SQL("SELECT to_jsonb(one)::text FROM {table} AS one")
            cursor.execute(query.format(table=sql.Identifier(model._meta.db_table)))
            found[model.__name__] = {row for (row,) in cursor.fetchall()}
    return found


def undone(run: ImportRun) -> ImportRun:
    return undo_import(run, by=None, now=TUESDAY)


TEAM = [person("head", "City/Care"), person("a", "City/Care", manager="head"), person("b", "City/Works")]


class UndoingAnyFileAfterAnyFile(TestCase):
    @settings(max_examples=15, deadline=None, phases=[Phase.generate])
    @given(files(), files(), st.booleans())
    def test_applying_and_undoing_gives_the_database_back(
        self, first: list[Row], second: list[Row], reorganised: bool
    ) -> None:
        city = OrganisationFactory.create()
        bring_in(city, *first)
        before = everything()
        run = preview_import(city, file_name="people.csv", content=as_csv(second), by=None, now=MONDAY)
        if reorganised:
            run.lineage = {str(finding["unit"]): finding["suggested"] for finding in run.summary["findings"]}
        else:
            run.lineage = {str(finding["unit"]): "separate" for finding in run.summary["findings"]}
        run.state = ImportRun.State.READING
        run.save()
        work()
        run.refresh_from_db()
        run.state = ImportRun.State.APPLYING
        run.save()
        work(MONDAY + timedelta(days=1))
        run.refresh_from_db()
        assert run.state == ImportRun.State.APPLIED, run.note
        assert placed(city) == {row["employee_id"]: row["unit_path"] for row in second}
        assert OrgUnit.objects.find_problems() == ([], [], [], [], [])
        if run.summary["change_count"]:
            undone(run)
        assert everything() == before
        assert OrgUnit.objects.find_problems() == ([], [], [], [], [])


def test_the_first_import_can_be_undone(city: Organisation) -> None:
    before = everything()
    undone(bring_in(city, *TEAM))
    assert everything() == before


def test_it_is_in_the_audit_log_and_leaves_no_trace(city: Organisation) -> None:
    user = user_with(Role.HR, OrgUnitFactory.create(organisation=city, name="City"))
    run = undo_import(bring_in(city, *TEAM), by=user, now=TUESDAY)
    event = AuditEvent.objects.get(action="import.undone")
    assert (event.actor, event.target) == (user, f"orgunits.importrun:{run.pk}")
    assert run.state == ImportRun.State.UNDONE
    assert not ImportTrace.objects.exists()


def test_only_the_last_import_can_be_undone_and_only_once(city: Organisation) -> None:
    first = bring_in(city, *TEAM)
    second = bring_in(city, *TEAM[:2], now=TUESDAY)
    assert undoable(city) == second.pk
    with pytest.raises(ImportRefusedError, match="last import"):
        undone(first)
    undone(second)
    for run in (first, second):
        with pytest.raises(ImportRefusedError, match="last import"):
            undone(run)


def test_traces_of_an_earlier_import_are_not_kept(city: Organisation) -> None:
    bring_in(city, *TEAM)
    last = bring_in(city, *TEAM[:2], now=TUESDAY)
    assert set(ImportTrace.objects.values_list("run", flat=True)) == {last.pk}


def test_an_import_that_changed_nothing_leaves_the_one_before_it_undoable(city: Organisation) -> None:
    run = bring_in(city, *TEAM)
    bring_in(city, *TEAM, now=TUESDAY)
    assert undoable(city) == run.pk


def refused(run: ImportRun, match: str) -> None:
    before = everything()
    with pytest.raises(ImportRefusedError, match=match):
        undone(run)
    assert everything() == before
    assert run.traces.exists()


def test_a_unit_that_was_renamed_since_forbids_it(city: Organisation) -> None:
    run = bring_in(city, *TEAM)
    rename_unit(OrgUnit.objects.get(name="Care"), "Help", by=None, now=TUESDAY)
    refused(run, "changed since then: Care")


def test_a_unit_that_was_moved_since_forbids_it(city: Organisation) -> None:
    run = bring_in(city, *TEAM)
    care, works = OrgUnit.objects.get(name="Care"), OrgUnit.objects.get(name="Works")
    move_unit(care, works, by=None, now=TUESDAY)
    refused(run, "changed since then: City, Care, Works")


def test_someone_who_was_changed_since_forbids_it(city: Organisation) -> None:
    run = bring_in(city, *TEAM)
    Employee.objects.filter(employee_id="a").update(traits={"band": "x"})
    refused(run, "changed since then: a")


def test_a_role_given_since_on_a_new_unit_forbids_it(city: Organisation) -> None:
    run = bring_in(city, *TEAM)
    RoleGrantFactory.create(unit=OrgUnit.objects.get(name="Works"), role=Role.DIRECTOR)
    refused(run, "used since then by: roles")


def test_someone_placed_since_in_a_new_unit_forbids_it(city: Organisation) -> None:
    run = bring_in(city, *TEAM)
    EmployeeFactory.create(unit=OrgUnit.objects.get(name="Works"))
    refused(run, "used since then by: people")


def test_an_address_that_was_taken_since_forbids_it(city: Organisation) -> None:
    bring_in(city, *TEAM)
    run = bring_in(city, *TEAM[:2], now=TUESDAY)
    EmployeeFactory.create(unit=OrgUnit.objects.get(name="Care"), email="b@example.org")
    refused(run, "addresses or units that it freed")


def test_a_name_that_was_taken_since_forbids_it(city: Organisation) -> None:
    bring_in(city, *TEAM, person("c", "City/Parks"))
    run = bring_in(city, *TEAM[:2], person("c", "City/Parks"), now=TUESDAY)
    rename_unit(OrgUnit.objects.get(name="Parks"), "Works", by=None, now=TUESDAY)
    refused(run, "two units with the same name: Works")


def test_a_manager_who_has_signed_in_keeps_the_account_without_a_role(city: Organisation) -> None:
    run = bring_in(city, *TEAM)
    User.objects.filter(email="head@example.org").update(last_login=TUESDAY)
    undone(run)
    assert User.objects.filter(email="head@example.org").exists()
    assert not RoleGrant.objects.exists()


def test_another_organisation_is_not_touched(city: Organisation) -> None:
    other = OrganisationFactory.create()
    bring_in(other, *(row | {"email": f"x{row['email']}", "manager_email": ""} for row in TEAM))
    before = everything()
    undone(bring_in(city, *TEAM))
    assert everything() == before


def test_a_worker_undoes_it_and_says_why_not(city: Organisation) -> None:
    run = bring_in(city, *TEAM)
    Employee.objects.filter(employee_id="a").update(joined_on=date(2020, 1, 1))
    ask_to_undo(run, by=None, now=TUESDAY)
    work(TUESDAY)
    run.refresh_from_db()
    assert run.state == ImportRun.State.APPLIED
    assert "changed since then: a" in run.note
    Employee.objects.filter(employee_id="a").update(joined_on=None)
    ask_to_undo(run, by=None, now=TUESDAY)
    work(TUESDAY)
    run.refresh_from_db()
    assert (run.state, run.note) == (ImportRun.State.UNDONE, "")
    assert not Employee.objects.exists()
