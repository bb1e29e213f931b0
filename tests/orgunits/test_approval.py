"""An IT administrator imports people, but never decides who sees results: not even by a file."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, Organisation, User
from orgunits.imports.problems import ImportRefusedError
from orgunits.imports.services import apply_import, ask_to_apply, ask_to_undo, confirm_lineage
from orgunits.models import Employee, ImportRun, OrgUnit, Role, RoleGrant
from tests.factories import unit_tree, user_with
from tests.orgunits.people_files import MONDAY, TUESDAY, Row, as_csv, bring_in, person, placed, preview_import

pytestmark = pytest.mark.django_db

TEAM = [person("a", "City/Care"), *(person(f"b{number}", "City/Care", manager="a") for number in range(6))]
EVERYDAY = [*TEAM, person("new", "City/Care", manager="a")]
OWN_ADDRESS = [*TEAM, person("it", "City"), person("x", "City", manager="it")]
UNIT_MOVED = [{**row, "unit_path": row["unit_path"].replace("City/Care", "City/Works/Care")} for row in TEAM]
MANAGER_GONE = [{**row, "manager_email": ""} for row in TEAM]


@pytest.fixture
def root() -> OrgUnit:
    return unit_tree("City", "City/Care", "City/Works")["City"]


@pytest.fixture
def city(root: OrgUnit) -> Organisation:
    organisation: Organisation = root.organisation
    bring_in(organisation, *TEAM, person("w", "City/Works"))
    return organisation


@pytest.fixture
def it(root: OrgUnit) -> User:
    return user_with(Role.IT_ADMINISTRATOR, root)


@pytest.fixture
def hr(root: OrgUnit) -> User:
    return user_with(Role.HR, root)


def prepared(city: Organisation, rows: list[Row], by: User) -> ImportRun:
    rows = [*rows, person("w", "City/Works")]
    return preview_import(city, file_name="people.csv", content=as_csv(rows), by=by, now=MONDAY)


def test_it_applies_a_file_that_only_changes_people(city: Organisation, it: User) -> None:
    apply_import(prepared(city, EVERYDAY, it), by=it, now=MONDAY)
    assert placed(city)["new"] == "City/Care"


@pytest.mark.parametrize("rows", [OWN_ADDRESS, UNIT_MOVED, MANAGER_GONE], ids=["gained", "moved", "lost"])
def test_a_file_that_changes_who_sees_results_waits_for_hr(
    rows: list[Row], city: Organisation, it: User, hr: User
) -> None:
    run = prepared(city, rows, it)
    before = list(RoleGrant.objects.values())
    for step in (ask_to_apply, apply_import):
        with pytest.raises(ImportRefusedError, match="Ask an HR administrator"):
            step(run, by=it, now=MONDAY)
    assert list(RoleGrant.objects.values()) == before
    assert run.state == ImportRun.State.PREVIEWED


def test_hr_applies_what_it_prepared(city: Organisation, it: User, hr: User) -> None:
    apply_import(prepared(city, OWN_ADDRESS, it), by=hr, now=MONDAY)
    assert RoleGrant.objects.filter(user__email="it@example.org", role=Role.MANAGER).exists()


def test_hr_of_one_department_is_not_enough(city: Organisation) -> None:
    care = user_with(Role.HR, OrgUnit.objects.get(name="Care"))
    with pytest.raises(ImportRefusedError, match="Ask an HR administrator"):
        apply_import(prepared(city, OWN_ADDRESS, care), by=care, now=MONDAY)


def test_undoing_does_not_give_access_back_either(city: Organisation, it: User, hr: User) -> None:
    run = apply_import(prepared(city, MANAGER_GONE, hr), by=hr, now=MONDAY)
    with pytest.raises(ImportRefusedError, match="Ask an HR administrator"):
        ask_to_undo(run, by=it, now=TUESDAY)


def test_the_audit_log_says_who_gained_and_lost_access(city: Organisation, hr: User) -> None:
    apply_import(prepared(city, OWN_ADDRESS, hr), by=hr, now=MONDAY)
    event = AuditEvent.objects.filter(action="import.applied").latest("pk")
    assert event.detail["access"] == [{"what": "new", "user": "it@example.org", "unit": "City"}]


def test_the_page_tells_it_to_send_hr_the_address(
    city: Organisation, it: User, hr: User, client: Client
) -> None:
    page = reverse("orgunits:import", args=[prepared(city, OWN_ADDRESS, it).pk])
    client.force_login(it)
    seen_by_it = client.get(page).content.decode()
    client.force_login(hr)
    seen_by_hr = client.get(page).content.decode()
    assert ("HR applies this one" in seen_by_it, "Apply these changes" in seen_by_it) == (True, False)
    assert ("HR applies this one" in seen_by_hr, "Apply these changes" in seen_by_hr) == (False, True)


@pytest.fixture
def leader(root: OrgUnit, it: User) -> User:
    """An IT administrator who also sees results of a team."""
    grant = RoleGrant.objects.create(
        organisation=root.organisation,
        user=it,
        role=Role.MANAGER,
        unit=OrgUnit.objects.get(name="Works"),
        starts_on=date(2026, 1, 1),
    )
    return grant.user


PLACED_BELOW = [
    *TEAM[:4],
    *({**row, "unit_path": "City/Works/Desk", "manager_email": ""} for row in TEAM[4:]),
]
PLACED_IN = [*TEAM[:6], {**TEAM[6], "unit_path": "City/Works", "manager_email": ""}]
RENUMBERED = [*TEAM[:4], *({**row, "employee_id": f"x{row['employee_id']}"} for row in TEAM[4:])]


@pytest.mark.parametrize(
    "rows", [PLACED_BELOW, PLACED_IN, RENUMBERED, EVERYDAY], ids=["below", "in", "renumbered", "new"]
)
def test_it_that_leads_a_team_changes_nobodys_unit(
    rows: list[Row], city: Organisation, leader: User, hr: User
) -> None:
    run = prepared(city, rows, leader)
    before = placed(city)
    for step in (ask_to_apply, apply_import):
        with pytest.raises(ImportRefusedError, match="Ask an HR administrator"):
            step(run, by=leader, now=MONDAY)
    assert placed(city) == before
    apply_import(run, by=hr, now=MONDAY)
    assert placed(city) != before


def test_it_that_leads_a_team_undoes_no_such_file(city: Organisation, leader: User, hr: User) -> None:
    run = apply_import(prepared(city, EVERYDAY, hr), by=hr, now=MONDAY)
    with pytest.raises(ImportRefusedError, match="Ask an HR administrator"):
        ask_to_undo(run, by=leader, now=TUESDAY)


def test_it_that_leads_a_team_applies_a_file_with_other_names(city: Organisation, leader: User) -> None:
    renamed = [{**row, "last_name": "Visser"} for row in TEAM]
    apply_import(prepared(city, renamed, leader), by=leader, now=MONDAY)
    assert set(Employee.objects.filter(unit__name="Care").values_list("last_name", flat=True)) == {"Visser"}


def test_the_page_tells_it_that_leads_a_team_to_ask_hr(
    city: Organisation, leader: User, client: Client
) -> None:
    client.force_login(leader)
    page = client.get(reverse("orgunits:import", args=[prepared(city, EVERYDAY, leader).pk])).content.decode()
    assert ("HR applies this one" in page, "Apply these changes" in page) == (True, False)


def test_it_does_not_say_what_became_of_units(city: Organisation, it: User, hr: User, client: Client) -> None:
    everyone_elsewhere = [{**row, "unit_path": "City/Works", "manager_email": ""} for row in TEAM]
    run = prepared(city, everyone_elsewhere, it)
    assert run.summary["findings"]
    client.force_login(it)
    page = client.get(reverse("orgunits:import", args=[run.pk])).content.decode()
    assert "This is what became of them" not in page
    with pytest.raises(ImportRefusedError, match="Ask an HR administrator"):
        confirm_lineage(run, {}, by=it, now=MONDAY)
    assert confirm_lineage(run, {}, by=hr, now=MONDAY).state == ImportRun.State.READING


def test_it_renames_no_unit_on_the_page_of_units(city: Organisation, it: User, client: Client) -> None:
    client.force_login(it)
    care = OrgUnit.objects.get(name="Care")
    assert "Change the name" not in client.get(reverse("orgunits:unit", args=[care.pk])).content.decode()
    answer = client.post(reverse("orgunits:unit_rename", args=[care.pk]), {"name": "Works"})
    assert answer.status_code == 403


def test_it_moves_no_unit_on_the_page_of_units(city: Organisation, it: User, client: Client) -> None:
    client.force_login(it)
    care, works = OrgUnit.objects.get(name="Care"), OrgUnit.objects.get(name="Works")
    assert "new_parent" not in client.get(reverse("orgunits:unit", args=[care.pk])).content.decode()
    answer = client.post(reverse("orgunits:unit_move", args=[care.pk]), {"new_parent": works.pk})
    assert answer.status_code == 403
