"""What is held about one person, and what is left when they are erased."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import AuditEvent, User
from orgunits.models import Employee, ImportChange, ImportRun, ImportTrace, OrgUnit, Role, RoleGrant
from results.models import Block, Participation, Release
from surveys.models import Invitation, Mail, RefusedAddress
from surveys.persons.erasing import erase
from surveys.persons.export import as_data
from surveys.persons.finding import Person, find_person
from tests.factories import RoleGrantFactory, UserFactory
from tests.results.closing import AFTER, close
from tests.test_scoping import our_models
from tests.waves import OPENED, OpenWave, open_wave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
NAMED = ("Saskia", "Vermeulen", "s.vermeulen@stad.example", "E-7731")


@pytest.fixture
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def built() -> OpenWave:
    """Saskia Vermeulen of Care, who leads it, was asked, and signs in."""
    opened = open_wave({"City": 6, "City/Care": 6})
    tenant, invitation = opened.wave.organisation, opened.invitations["City/Care"][0]
    first, last, email, number = NAMED
    employee_id = invitation.employee_id or 0
    Employee.objects.filter(pk=employee_id).update(
        first_name=first, last_name=last, email=email, employee_id=number, traits={"contract": "vast"}
    )
    Invitation.objects.filter(pk=invitation.pk).update(email=email, bands={"contract": "vast"})
    opened.link(invitation)
    Mail.objects.update(error=f"550 {email} unknown")
    OrgUnit.objects.filter(pk=opened.units["City/Care"].pk).update(manager=invitation.employee)
    Employee.objects.filter(unit=opened.units["City"]).update(manager=invitation.employee)
    RefusedAddress.objects.create(organisation=tenant, email=email, reason=f"550 {email}", refused_at=OPENED)
    user = UserFactory.create(organisation=tenant, email=email, name=f"{first} {last}")
    RoleGrantFactory.create(user=user, role=Role.MANAGER, unit=opened.units["City/Care"])
    run = ImportRun.objects.create(
        organisation=tenant, state=ImportRun.State.APPLIED, file_name="people.csv", uploaded_at=OPENED
    )
    ImportChange.objects.create(
        organisation=tenant, run=run, kind="people.added", subject=f"{first} {last} ({number})", values={}
    )
    ImportTrace.objects.create(
        organisation=tenant,
        run=run,
        table="orgunits_employee",
        row=employee_id,
        after={"email": email},
    )
    opened.answer("City/Care", [[1 + one % 5, 3] for one in range(6)])
    opened.answer("City", [[1 + one % 5, 3] for one in range(6)])
    return opened


def saskia(built: OpenWave) -> Person:
    found = find_person(built.wave.organisation, NAMED[2])
    assert found is not None
    return found


def rows_that_name(*words: str) -> set[str]:
    """Tables of ours with a row that holds one of these words, in any column."""
    found = set()
    with connection.cursor() as cursor:
        for model in our_models():
            table = model._meta.db_table
            cursor.execute(f'SELECT lower(row_to_json(one)::text) FROM "{table}" AS one')  # noqa: S608
            text = "\n".join(row[0] for row in cursor.fetchall())
            if any(word.lower() in text for word in words):
                found.add(table)
    return found


def figures() -> list[Any]:
    return [sorted(table.objects.values_list(), key=str) for table in (Release, Block, Participation)]


def test_someone_is_found_by_address_in_any_case_and_by_number(built: OpenWave) -> None:
    tenant = built.wave.organisation
    for who in ("S.Vermeulen@Stad.example", " E-7731 "):
        person = find_person(tenant, who)
        assert person is not None
        assert person.name == "Saskia Vermeulen"
        assert person.user is not None
    assert find_person(tenant, "") is None
    assert find_person(open_wave({"Town": 1}).wave.organisation, NAMED[2]) is None


def test_the_export_holds_what_is_stored_and_not_who_answered(built: OpenWave) -> None:
    data = as_data(saskia(built))
    assert data["employee"][0]["traits"] == {"contract": "vast"}
    assert data["leads"] == [{"unit": "Care"}]
    assert [row["role"] for row in data["roles"]] == ["Manager"]
    assert data["invitations"][0]["traits"] == {"contract": "vast"}
    assert len(data["mails"]) == len(data["refused"]) == len(data["import"]) == 1
    assert "answered" not in json.dumps(data, default=str)


def test_after_erasing_no_table_but_the_log_names_the_person(built: OpenWave) -> None:
    assert len(rows_that_name(*NAMED)) >= 6
    erase(saskia(built), by=None, now=OPENED)
    assert rows_that_name(*NAMED) <= {AuditEvent._meta.db_table}
    assert find_person(built.wave.organisation, NAMED[2]) is None


def test_erasing_changes_no_figure_that_was_released(built: OpenWave) -> None:
    close(built.wave)
    before = figures()
    assert Release.objects.exists()
    erase(saskia(built), by=None, now=AFTER)
    assert figures() == before
    asked = Invitation.objects.filter(employee=None).get()
    assert (asked.email, asked.bands) == ("", {})


def test_erasing_while_a_wave_is_open_changes_nothing_that_it_will_show(built: OpenWave) -> None:
    erase(saskia(built), by=None, now=OPENED + timedelta(days=1))
    close(built.wave)
    released = {(row.unit.name, row.n) for row in Release.objects.select_related("unit")}
    assert released == {("City", 12), ("Care", 6)}
    assert set(Participation.objects.values_list("unit__name", "invited")) == {("City", 12), ("Care", 6)}


def test_an_erased_user_no_longer_signs_in_and_has_no_role(built: OpenWave) -> None:
    user = saskia(built).user
    assert user is not None
    erase(saskia(built), by=None, now=OPENED)
    user.refresh_from_db()
    assert not user.is_active
    assert not user.has_usable_password()
    assert not RoleGrant.objects.valid_on(OPENED.date()).filter(user=user).exists()


def test_nobody_erases_themselves_or_the_last_hr_administrator(built: OpenWave) -> None:
    person = saskia(built)
    with pytest.raises(ValidationError, match="yourself"):
        erase(person, by=person.user, now=OPENED)
    assert person.user is not None
    User.objects.filter(pk=person.user.pk).update(last_login=OPENED)
    RoleGrantFactory.create(user=person.user, role=Role.HR, unit=built.units["City"])
    with pytest.raises(ValidationError, match="last HR"):
        erase(saskia(built), by=None, now=OPENED)


def test_the_page_shows_downloads_and_erases_and_each_is_logged(client: Client, built: OpenWave) -> None:
    hr = UserFactory.create(organisation=built.wave.organisation)
    RoleGrantFactory.create(user=hr, role=Role.HR, unit=built.units["City"])
    client.force_login(hr)
    address = reverse("persons:person")
    shown = client.post(address, {"who": NAMED[3]})
    assert "Saskia Vermeulen" in shown.content.decode()
    file = client.post(address, {"who": NAMED[3], "action": "download"})
    assert json.loads(file.content)["employee"][0]["email"] == NAMED[2]
    assert client.post(address, {"who": "nobody@stad.example"}).status_code == 404
    client.post(address, {"who": NAMED[3], "action": "erase"})
    assert client.post(address, {"who": NAMED[3]}).status_code == 404
    actions = AuditEvent.objects.filter(action__startswith="person.").order_by("pk")
    assert [one.action for one in actions] == ["person.shown", "person.exported", "person.erased"]
    assert {one.actor_id for one in actions} == {hr.pk}


def test_the_command_exports_and_erases(built: OpenWave) -> None:
    given = {"organisation": built.wave.organisation.slug, "email": NAMED[2]}
    printed = io.StringIO()
    call_command("person", "export", **given, stdout=printed)
    assert json.loads(printed.getvalue())["user"][0]["email"] == NAMED[2]
    call_command("person", "erase", **given, stdout=printed)
    with pytest.raises(CommandError, match="Nothing is held"):
        call_command("person", "export", **given)


def test_no_new_table_points_at_an_employee_unseen() -> None:
    """Each of these is in the export, and emptied or deleted when the person is erased."""
    pointing = {
        f"{model.__name__}.{field.name}"
        for model in our_models()
        for field in model._meta.fields
        if isinstance(field, models.ForeignKey) and field.related_model is Employee
    }
    assert pointing == {"OrgUnit.manager", "Employee.manager", "Turn.employee", "Invitation.employee"}
