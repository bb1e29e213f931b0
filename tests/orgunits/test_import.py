from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from psycopg import sql
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEvent, Organisation, User
from orgunits.imports.problems import ImportRefusedError
from orgunits.imports.services import apply_import, import_people
from orgunits.models import Employee, ImportRun, OrgUnit, Role, RoleGrant
from tests.factories import (
    EmployeeFactory,
    OrganisationFactory,
    OrgUnitFactory,
    RoleGrantFactory,
    UserFactory,
)
from tests.orgunits.people_files import MONDAY, TUESDAY, Row, as_csv, bring_in, person, placed, preview_import

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> Organisation:
    return OrganisationFactory.create(name="City")


def current_units(organisation: Organisation) -> list[str]:
    return [unit.name for unit in OrgUnit.objects.current().filter(organisation=organisation)]


def counts(run: ImportRun) -> dict[str, int]:
    return dict(run.summary["counts"])


def managers_with_access(organisation: Organisation, day: date) -> set[tuple[str, str]]:
    grants = RoleGrant.objects.valid_on(day).filter(organisation=organisation, role=Role.MANAGER)
    return {(grant.user.email, grant.unit.name) for grant in grants.select_related("user", "unit")}


def row_versions() -> set[tuple[str, int, str]]:
    """PostgreSQL's own mark of each row's last write."""
    found: set[tuple[str, int, str]] = set()
    with connection.cursor() as cursor:
        for model in (OrgUnit, Employee, RoleGrant, User):
            table = sql.Identifier(model._meta.db_table)
            query = sql.SQL("SELECT {name}, id, xmin || ' ' || ctid FROM {table}")
            cursor.execute(query.format(name=sql.Literal(model._meta.db_table), table=table))
            found |= set(cursor.fetchall())
    return found


# Units


def test_units_follow_the_paths_in_order_of_name(city: Organisation) -> None:
    bring_in(city, person("a", "City/Team 10/Roads"), person("b", "City/Team 9"), person("c", "City/care"))
    assert current_units(city) == ["City", "care", "Team 9", "Team 10", "Roads"]
    assert OrgUnit.objects.find_problems() == ([], [], [], [], [])


def test_a_unit_that_becomes_empty_ends_and_comes_back(city: Organisation) -> None:
    bring_in(city, person("a", "City/Care/Night"), person("b", "City"))
    night = OrgUnit.objects.get(name="Night")

    bring_in(city, person("a", "City"), person("b", "City"), now=TUESDAY)
    assert set(OrgUnit.objects.exclude(ended_on=None).values_list("name", "ended_on")) == {
        ("Care", TUESDAY.date()),
        ("Night", TUESDAY.date()),
    }

    bring_in(city, person("a", "City/Care/Night"), person("b", "City"), now=TUESDAY)
    night.refresh_from_db()
    assert night.ended_on is None
    assert OrgUnit.objects.count() == 3


def test_a_unit_with_people_only_far_below_stays(city: Organisation) -> None:
    bring_in(city, person("a", "City/Care/Night"))
    assert current_units(city) == ["City", "Care", "Night"]


def test_units_with_the_same_name_under_different_units_are_two(city: Organisation) -> None:
    bring_in(city, person("a", "City/Care/Team"), person("b", "City/Works/Team"))
    assert placed(city) == {"a": "City/Care/Team", "b": "City/Works/Team"}


def test_the_root_takes_the_name_that_the_file_gives_it(city: Organisation) -> None:
    root = OrgUnitFactory.create(organisation=city, name="City")
    run = bring_in(city, person("a", "Town/Care"))
    root.refresh_from_db()
    assert root.name == "Town"
    assert counts(run)["units.renamed"] == 1
    assert placed(city) == {"a": "Town/Care"}


def test_organisations_do_not_touch_each_other(city: Organisation) -> None:
    other = OrganisationFactory.create()
    bring_in(other, person("a", "City/Care", manager="b"), person("b", "City/Care"))
    before = row_versions()
    bring_in(city, person("a", "City/Care"), person("x", "City/Works"))
    assert before <= row_versions()
    assert placed(other) == {"a": "City/Care", "b": "City/Care"}


# People


def test_people_are_new_moved_changed_and_left(city: Organisation) -> None:
    bring_in(
        city, person("a", "City/Care"), person("b", "City/Care"), person("c", "City"), person("d", "City")
    )
    run = bring_in(
        city,
        person("a", "City/Works"),
        person("b", "City/Care", last_name="Bakker"),
        person("c", "City"),
        person("e", "City"),
        now=TUESDAY,
    )
    assert counts(run) == {
        "people.moved": 1,
        "people.changed": 1,
        "people.left": 1,
        "people.new": 1,
        "units.new": 1,
    }
    assert placed(city) == {"a": "City/Works", "b": "City/Care", "c": "City", "e": "City"}


def test_a_leaver_keeps_the_row(city: Organisation) -> None:
    bring_in(city, person("a", "City/Care"), person("b", "City"))
    bring_in(city, person("b", "City"), now=TUESDAY)
    leaver = Employee.objects.get(employee_id="a")
    assert (leaver.left_on, leaver.unit.name, leaver.email) == (TUESDAY.date(), "Care", "a@example.org")


def test_someone_who_comes_back_is_the_same_row(city: Organisation) -> None:
    bring_in(city, person("a", "City/Care"), person("b", "City"))
    first = Employee.objects.get(employee_id="a").pk
    bring_in(city, person("b", "City"), now=TUESDAY)
    run = bring_in(city, person("a", "City", last_name="Bakker"), person("b", "City"), now=TUESDAY)
    back = Employee.objects.get(employee_id="a")
    assert (back.pk, back.left_on, back.last_name) == (first, None, "Bakker")
    assert counts(run) == {"people.returned": 1}


def test_addresses_can_change_hands(city: Organisation) -> None:
    bring_in(city, person("a"), person("b"), person("c"))
    bring_in(
        city,
        person("a", email="b@example.org"),
        person("b", email="a@example.org"),
        person("d", email="c@example.org"),
        now=TUESDAY,
    )
    addresses = dict(Employee.objects.employed().values_list("employee_id", "email"))
    assert addresses == {"a": "b@example.org", "b": "a@example.org", "d": "c@example.org"}


def test_a_column_left_out_changes_nothing(city: Organisation) -> None:
    bring_in(city, person("a", language="en", joined_on="2020-01-01"))
    run = bring_in(city, person("a"))
    one = Employee.objects.get()
    assert (one.language, one.joined_on, counts(run)) == ("en", date(2020, 1, 1), {})


def test_an_empty_language_is_the_organisations(city: Organisation) -> None:
    bring_in(city, person("a", language=""), person("b", language="en"))
    assert dict(Employee.objects.values_list("employee_id", "language")) == {"a": "nl", "b": "en"}


def test_traits_are_those_of_the_file(city: Organisation) -> None:
    bring_in(city, person("a", age_group="20-29", grade="7"))
    bring_in(city, person("a", age_group="30-39", grade=""))
    assert Employee.objects.get().traits == {"age_group": "30-39"}


# Managers


def test_a_manager_gets_the_results_of_the_unit(city: Organisation) -> None:
    bring_in(city, person("head", "City/Care"), person("a", "City/Care", manager="head"))
    unit = OrgUnit.objects.get(name="Care")
    assert unit.manager is not None
    assert unit.manager.employee_id == "head"
    assert managers_with_access(city, MONDAY.date()) == {("head@example.org", "Care")}
    user = User.objects.get(email="head@example.org")
    assert (user.organisation, user.name, user.has_usable_password()) == (city, "Head Jansen", False)


def test_a_former_manager_loses_access_on_the_day_itself(city: Organisation) -> None:
    bring_in(city, person("head", "City/Care"), person("a", "City/Care", manager="head"))
    bring_in(city, person("head", "City/Care", manager="a"), person("a", "City/Care"), now=TUESDAY)
    assert managers_with_access(city, TUESDAY.date()) == {("a@example.org", "Care")}
    assert RoleGrant.objects.count() == 2


def test_managers_of_a_unit_that_ends_lose_access(city: Organisation) -> None:
    bring_in(city, person("head", "City/Care"), person("a", "City/Care", manager="head"))
    bring_in(city, person("head", "City"), person("a", "City"), now=TUESDAY)
    assert managers_with_access(city, TUESDAY.date()) == set()
    assert OrgUnit.objects.get(name="Care").manager is None


def test_a_role_given_by_hand_is_left_alone(city: Organisation) -> None:
    bring_in(city, person("head", "City/Care"), person("a", "City/Care"))
    user = UserFactory.create(organisation=city, email="head@example.org")
    by_hand = RoleGrantFactory.create(
        user=user, role=Role.MANAGER, organisation=city, unit=OrgUnit.objects.get(name="Care")
    )
    bring_in(city, person("head", "City/Care"), person("a", "City/Care", manager="head"))
    bring_in(city, person("a", "City/Care"), now=TUESDAY)
    assert list(RoleGrant.objects.all()) == [by_hand]
    by_hand.refresh_from_db()
    assert by_hand.ends_on is None


def test_a_user_of_another_organisation_is_never_taken_over(city: Organisation) -> None:
    stranger = UserFactory.create(email="head@example.org")
    run = bring_in(city, person("head", "City"), person("a", "City", manager="head"))
    stranger.refresh_from_db()
    assert stranger.organisation != city
    assert managers_with_access(city, MONDAY.date()) == set()
    assert "head@example.org" in run.summary["warnings"][0]


def test_the_same_manager_in_other_letters_is_the_same_user(city: Organisation) -> None:
    User.objects.create(organisation=city, email="Head@Example.org")
    bring_in(city, person("head", "City"), person("a", "City", manager="head"))
    assert User.objects.count() == 1


# The file as a whole


def test_the_same_file_again_writes_nothing(city: Organisation) -> None:
    rows = [person("head", "City/Care"), person("a", "City/Care", manager="head", age_group="20-29")]
    bring_in(city, *rows)
    before = row_versions()
    run = bring_in(city, *rows, now=TUESDAY)
    assert row_versions() == before
    assert run.summary["change_count"] == 0
    assert counts(run) == {}


def test_a_file_with_a_problem_changes_nothing(city: Organisation) -> None:
    bring_in(city, person("a", "City/Care"))
    before = row_versions()
    with pytest.raises(ImportRefusedError) as refused:
        bring_in(city, person("a", "City/Works"), person("b", "City", language="fr"))
    assert row_versions() == before
    assert "people.csv, line 3, language" in str(refused.value.messages[0])
    assert [problem.line for problem in refused.value.problems] == [3]


def test_an_import_that_fails_halfway_changes_nothing(city: Organisation) -> None:
    bring_in(city, person("a", "City/Care"))
    before = row_versions()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE orgunits_rolegrant ADD CONSTRAINT closed CHECK (false)")
    with pytest.raises(IntegrityError), transaction.atomic():
        bring_in(city, person("a", "City/Works", manager="b"), person("b", "City/Works"))
    assert row_versions() == before


def test_the_day_is_that_of_the_organisation(city: Organisation) -> None:
    late_in_the_evening = MONDAY.replace(hour=23, minute=30)  # Tuesday in Amsterdam
    bring_in(city, person("a"), person("b", manager="a"))
    bring_in(city, person("a"), now=late_in_the_evening)
    assert Employee.objects.get(employee_id="b").left_on == TUESDAY.date()


def test_an_import_is_in_the_audit_log(city: Organisation) -> None:
    user = UserFactory.create(organisation=city)
    run = import_people(city, content=as_csv([person("a")]), by=user, now=MONDAY)
    event = AuditEvent.objects.get(action="import.applied")
    assert (event.actor, event.target) == (user, f"orgunits.importrun:{run.pk}")
    assert event.detail["counts"] == {"people.new": 1, "units.new": 1}


# Preview


def preview(organisation: Organisation, *rows: Row) -> ImportRun:
    return preview_import(organisation, file_name="people.csv", content=as_csv(rows), by=None, now=MONDAY)


def test_a_preview_changes_nothing_and_lists_what_would(city: Organisation) -> None:
    run = preview(city, person("a", "City/Care"))
    assert not Employee.objects.exists()
    assert not OrgUnit.objects.exists()
    assert run.state == ImportRun.State.PREVIEWED
    assert counts(run) == {"people.new": 1, "units.new": 2}
    assert list(run.changes.filter(kind="people.new").values_list("subject", flat=True)) == ["A Jansen (a)"]


def test_a_preview_lists_and_counts_all(city: Organisation) -> None:
    run = preview(city, *(person(f"p{number}") for number in range(60)))
    assert run.changes.filter(kind="people.new").count() == 60
    assert counts(run)["people.new"] == 60


def test_a_preview_of_a_wrong_file_keeps_the_problems_and_not_the_file(city: Organisation) -> None:
    run = preview(city, person("a", language="fr"))
    assert (run.state, run.content) == (ImportRun.State.REFUSED, None)
    assert run.errors[0]["column"] == "language"
    with pytest.raises(ImportRefusedError):
        apply_import(run, by=None, now=MONDAY)


def test_what_was_previewed_is_applied_once(city: Organisation) -> None:
    run = preview(city, person("a", "City/Care"))
    applied = apply_import(run, by=None, now=TUESDAY)
    assert (applied.state, applied.applied_at, applied.content) == (ImportRun.State.APPLIED, TUESDAY, None)
    assert placed(city) == {"a": "City/Care"}
    with pytest.raises(ImportRefusedError):
        apply_import(run, by=None, now=TUESDAY)


def test_a_preview_that_is_out_of_date_is_not_applied(city: Organisation) -> None:
    run = preview(city, person("a", "City/Care"))
    bring_in(city, person("b", "City"))
    with pytest.raises(ImportRefusedError, match="changed since this preview"):
        apply_import(run, by=None, now=TUESDAY)
    assert placed(city) == {"b": "City"}


def test_a_change_that_leaves_the_outcome_the_same_does_not_matter(city: Organisation) -> None:
    bring_in(city, person("a"))
    run = preview(city, person("a", last_name="Bakker"))
    Employee.objects.update(joined_on=date(2020, 1, 1))
    apply_import(run, by=None, now=TUESDAY)
    assert Employee.objects.get().last_name == "Bakker"


def test_a_newer_file_replaces_an_earlier_one_and_its_names(city: Organisation) -> None:
    run = preview(city, person("a"))
    preview(city, person("b"))
    run.refresh_from_db()
    assert run.content is None
    assert not run.changes.exists()
    assert counts(run) == {"people.new": 1, "units.new": 1}
    with pytest.raises(ImportRefusedError):
        apply_import(run, by=None, now=MONDAY)


def test_a_file_in_which_many_are_missing_is_questioned(city: Organisation) -> None:
    Organisation.objects.update(language="en")
    bring_in(city, *(person(f"p{number}") for number in range(40)))
    run = preview(city, *(person(f"p{number}") for number in range(20)))
    assert "20 people of 40 leave" in run.summary["warnings"][0]


def test_a_leaver_with_a_role_is_pointed_out(city: Organisation) -> None:
    Organisation.objects.update(language="en")
    root = OrgUnitFactory.create(organisation=city, name="City")
    EmployeeFactory.create(unit=root, employee_id="hr", email="hr@example.org")
    user = UserFactory.create(organisation=city, email="hr@example.org", name="Hanna")
    RoleGrantFactory.create(unit=root, user=user, role=Role.HR)
    run = preview(city, person("a"))
    assert any("Hanna leaves" in warning for warning in run.summary["warnings"])


# Size


def large(units: int) -> list[Row]:
    """Twenty people in each unit, the first of whom manages it."""
    heads = [person(f"h{unit}", f"City/D{unit % 7}/T{unit}") for unit in range(units)]
    others = [
        person(f"h{unit}p{number}", f"City/D{unit % 7}/T{unit}", manager=f"h{unit}")
        for unit in range(units)
        for number in range(19)
    ]
    return [*heads, *others]


def half_changed(rows: list[Row]) -> list[Row]:
    """Units renamed, so that all move; some with another name; the last of each unit gone."""
    staying = [row for row in rows if not row["employee_id"].endswith("p18")]
    return [
        row | {"unit_path": row["unit_path"] + " east", "last_name": "Bakker" if number % 3 else "Jansen"}
        for number, row in enumerate(staying)
    ]


@pytest.mark.parametrize("units", [2, 30])
def test_the_number_of_queries_does_not_grow(
    units: int, city: Organisation, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rows = large(units)
    with django_assert_num_queries(29):
        import_people(city, content=as_csv(rows), by=None, now=MONDAY)
    with django_assert_num_queries(14):
        import_people(city, content=as_csv(rows), by=None, now=TUESDAY)
    with django_assert_num_queries(28):
        import_people(city, content=as_csv(half_changed(rows)), by=None, now=TUESDAY)
