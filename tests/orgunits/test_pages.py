"""The pages about people, used as HR does."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from orgunits.imports.services import import_people
from orgunits.imports.tables import LARGEST_FILE
from orgunits.models import Employee, ImportRun, OrgUnit, Role, RoleGrant
from tests.factories import UserFactory, unit_tree, user_with
from tests.orgunits.people_files import MONDAY, Row, as_csv, as_xlsx, person, placed, preview_import, work

pytestmark = pytest.mark.django_db

PEOPLE = [person("a", "City/Care"), person("b", "City/Care", manager="a"), person("c", "City/Works")]


@pytest.fixture
def city() -> OrgUnit:
    return unit_tree("City", "City/Care", "City/Works")["City"]


@pytest.fixture
def hr(city: OrgUnit, client: Client) -> User:
    user = user_with(Role.HR, city)
    client.force_login(user)
    return user


def upload(client: Client, content: bytes, name: str = "people.csv") -> Any:
    file = SimpleUploadedFile(name, content)
    answer = client.post(reverse("orgunits:imports"), {"file": file})
    if answer.status_code == 200:
        return answer
    work()
    return client.get(answer["Location"])


def apply(client: Client, run: ImportRun) -> Any:
    answer = client.post(reverse("orgunits:import_apply", args=[run.pk]))
    work()
    return client.get(answer["Location"])


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


# Import


@pytest.mark.parametrize("content", [as_csv(PEOPLE), as_xlsx(PEOPLE)], ids=["CSV", "XLSX"])
def test_a_file_is_previewed_and_then_applied(
    content: bytes, city: OrgUnit, hr: User, client: Client
) -> None:
    page = upload(client, content)
    run = ImportRun.objects.get()
    assert "Nothing has changed yet" in text(page)
    assert "A Jansen (a)" in text(page)
    assert not Employee.objects.exists()

    page = apply(client, run)
    assert "Applied on" in text(page)
    assert placed(city.organisation) == {"a": "City/Care", "b": "City/Care", "c": "City/Works"}
    run.refresh_from_db()
    assert run.uploaded_by == hr


def test_a_wrong_file_is_explained_by_line(hr: User, client: Client) -> None:
    page = text(upload(client, as_csv([*PEOPLE, person("d", language="fr"), person("e", email="no")])))
    assert "Nothing was imported" in page
    assert "There are 2 problems in the file" in page
    assert "‘fr’ is not a language" in page
    assert not Employee.objects.exists()
    assert reverse("orgunits:import_apply", args=[ImportRun.objects.get().pk]) not in page


def test_a_name_in_a_file_is_never_taken_for_markup(hr: User, client: Client) -> None:
    page = upload(client, as_csv([person("a", last_name="<script>x</script>")])).content.decode()
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page


def test_no_file_and_an_empty_file_are_explained(hr: User, client: Client) -> None:
    assert "required" in text(client.post(reverse("orgunits:imports")))
    assert "The file is empty" in text(upload(client, b""))


def test_a_huge_file_is_refused_before_it_is_read(hr: User, client: Client) -> None:
    page = upload(client, b"x" * (LARGEST_FILE + 1))
    assert "larger than 25 MB" in text(page)
    assert not ImportRun.objects.exists()


def test_a_file_that_says_what_is_known_cannot_be_applied(city: OrgUnit, hr: User, client: Client) -> None:
    import_people(city.organisation, content=as_csv(PEOPLE), by=None, now=MONDAY)
    page = text(upload(client, as_csv(PEOPLE)))
    assert "nothing will change" in page
    assert "Apply these changes" not in page


def test_applying_what_is_out_of_date_says_so(city: OrgUnit, hr: User, client: Client) -> None:
    upload(client, as_csv(PEOPLE))
    run = ImportRun.objects.get()
    import_people(city.organisation, content=as_csv(PEOPLE[:1]), by=None, now=MONDAY)
    page = apply(client, run)
    assert "have changed since this preview" in text(page)


def test_each_kind_of_change_is_listed(city: OrgUnit, hr: User, client: Client) -> None:
    import_people(city.organisation, content=as_csv(PEOPLE), by=None, now=MONDAY)
    rows: list[Row] = [
        person("a", "City/Works"),
        person("b", "City/Care", last_name="Bakker"),
        person("d", "City/New", age_group="20-29"),
    ]
    page = text(upload(client, as_csv(rows)))
    for expected in (
        "New people",
        "To another unit",
        "Changed otherwise",
        "People who leave",
        "New units",
        "Managers who lose access",
        "<del>Jansen</del> → Bakker",
        "<del>City/Care</del> → City/Works",
        "age_group: 20-29",
        "C Jansen (c)",
    ):
        assert expected in page


def test_an_earlier_preview_tells_that_it_was_replaced(city: OrgUnit, hr: User, client: Client) -> None:
    earlier = preview_import(city.organisation, file_name="a.csv", content=as_csv(PEOPLE), by=hr, now=MONDAY)
    upload(client, as_csv(PEOPLE))
    page = text(client.get(reverse("orgunits:import", args=[earlier.pk])))
    assert "a newer file has been uploaded" in page
    assert "A Jansen" not in page
    assert "a.csv" in text(client.get(reverse("orgunits:imports")))


def test_the_problems_of_an_earlier_file_are_counted_only(city: OrgUnit, hr: User, client: Client) -> None:
    upload(client, as_csv([person("a", language="fr")]))
    refused = ImportRun.objects.get()
    upload(client, as_csv(PEOPLE))
    page = text(client.get(reverse("orgunits:import", args=[refused.pk])))
    assert "There is 1 problem" in page
    assert "not kept any more" in page
    assert "‘fr’" not in page


# Units


def test_units_are_walked_from_the_top(city: OrgUnit, hr: User, client: Client) -> None:
    page = text(client.get(reverse("orgunits:units")))
    care = OrgUnit.objects.get(name="Care")
    assert reverse("orgunits:unit", args=[care.pk]) in page
    assert 'aria-current="page">Care' in text(client.get(reverse("orgunits:unit", args=[care.pk])))


def test_a_unit_is_renamed_and_moved(city: OrgUnit, hr: User, client: Client) -> None:
    care, works = OrgUnit.objects.get(name="Care"), OrgUnit.objects.get(name="Works")
    page = client.post(reverse("orgunits:unit_rename", args=[care.pk]), {"name": "Health"}, follow=True)
    assert "now called ‘Health’" in text(page)
    page = client.post(reverse("orgunits:unit_move", args=[care.pk]), {"new_parent": works.pk}, follow=True)
    assert "part of ‘Works’" in text(page)
    care.refresh_from_db()
    assert care.path.startswith(works.path)


def test_a_refused_change_is_explained_on_the_page(city: OrgUnit, hr: User, client: Client) -> None:
    care = OrgUnit.objects.get(name="Care")
    page = client.post(reverse("orgunits:unit_rename", args=[care.pk]), {"name": "Works"})
    assert page.status_code == 422
    assert "already has a unit called ‘Works’" in text(page)
    page = client.post(reverse("orgunits:unit_move", args=[care.pk]), {"new_parent": care.pk})
    assert page.status_code == 422


def test_a_unit_moves_within_its_organisation_only(city: OrgUnit, hr: User, client: Client) -> None:
    care, other = OrgUnit.objects.get(name="Care"), unit_tree("Town")["Town"]
    page = client.post(reverse("orgunits:unit_move", args=[care.pk]), {"new_parent": other.pk})
    assert page.status_code == 422
    assert "Town" not in text(page)


# Roles


def grant(client: Client, unit: OrgUnit, **changes: object) -> Any:
    filled_in = {"email": "new@example.org", "name": "New One", "role": "director", "unit": unit.pk}
    return client.post(reverse("orgunits:roles"), filled_in | changes, follow=True)


def test_a_role_is_given_and_ended(city: OrgUnit, hr: User, client: Client) -> None:
    assert "new@example.org has the role now" in text(grant(client, city, ends_on="2100-12-31"))
    given = RoleGrant.objects.get(role=Role.DIRECTOR)
    assert (given.user.email, given.starts_on) == ("new@example.org", timezone.localdate())
    page = client.post(reverse("orgunits:role_end", args=[given.pk]), follow=True)
    assert "The role has ended" in text(page)
    assert "new@example.org" not in text(page)


def test_a_role_that_cannot_be_given_is_explained(city: OrgUnit, hr: User, client: Client) -> None:
    assert "Select a valid choice" in text(grant(client, city, role="manager"))
    assert "Select a valid choice" in text(grant(client, unit_tree("Town")["Town"]))
    assert not User.objects.filter(email="new@example.org").exists()


def test_an_address_of_another_organisation_gets_the_answer_of_a_new_one(
    city: OrgUnit, hr: User, client: Client
) -> None:
    stranger = UserFactory.create(email="known@elsewhere.example", name="Secret Name", last_login=MONDAY)

    def answers(email: str) -> list[str]:
        pages = [grant(client, city, email=email) for _again in range(2)]
        given = RoleGrant.objects.get(user__email=email)
        pages.append(client.get(reverse("orgunits:roles")))
        pages.append(client.post(reverse("orgunits:role_end", args=[given.pk]), follow=True))
        same = [re.sub(rf"{email}|/{given.pk}/", "…", text(page)) for page in pages]
        return [re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page) for page in same]

    assert answers(stranger.email) == answers("new@elsewhere.example")
    assert "Secret Name" not in text(client.get(reverse("orgunits:roles")))


def test_the_last_hr_administrator_cannot_end_the_own_role(city: OrgUnit, hr: User, client: Client) -> None:
    own = RoleGrant.objects.get(user=hr)
    page = client.post(reverse("orgunits:role_end", args=[own.pk]), follow=True)
    assert "last HR administrator" in text(page)
    own.refresh_from_db()
    assert own.ends_on is None


def test_a_managers_role_is_ended_by_the_import_only(city: OrgUnit, hr: User, client: Client) -> None:
    import_people(city.organisation, content=as_csv(PEOPLE), by=None, now=MONDAY)
    given = RoleGrant.objects.get(role=Role.MANAGER)
    assert client.post(reverse("orgunits:role_end", args=[given.pk])).status_code == 404


# Import, step by step


def preview_of(client: Client, *rows: Row) -> ImportRun:
    upload(client, as_csv(rows))
    return ImportRun.objects.order_by("-pk")[0]


def page_of(client: Client, run: ImportRun, **query: str) -> str:
    return text(client.get(reverse("orgunits:import", args=[run.pk]), query))


def test_a_page_waits_for_the_worker_and_then_reloads(hr: User, client: Client) -> None:
    file = SimpleUploadedFile("people.csv", as_csv(PEOPLE))
    answer = client.post(reverse("orgunits:imports"), {"file": file})
    run = ImportRun.objects.get()
    assert "The file is being read" in text(client.get(answer["Location"]))
    progress = reverse("orgunits:import_progress", args=[run.pk])
    assert "<html" not in client.get(progress).content.decode()
    assert "HX-Refresh" not in client.get(progress).headers
    work()
    assert client.get(progress).headers["HX-Refresh"] == "true"


def test_columns_are_named_on_the_page_and_a_mistake_is_explained(hr: User, client: Client) -> None:
    page = text(upload(client, b"nummer,sector\n1,Care\n"))
    run = ImportRun.objects.get()
    assert "What do the columns mean?" in page
    address = reverse("orgunits:import_columns", args=[run.pk])
    wrong = client.post(address, {"column-0": "ignored", "column-1": "unit_level"})
    assert wrong.status_code == 422
    assert "Say which column this is: Employee number" in text(wrong)
    client.post(address, {"column-0": "employee_id", "column-1": "unit_level"})
    work()
    assert "1 person has no e-mail address" in page_of(client, run)
    assert "nummer" in text(client.get(reverse("orgunits:imports")))
    client.post(reverse("orgunits:import_forget_columns"))
    assert "Ask again at the next file" not in text(client.get(reverse("orgunits:imports")))


def test_a_preview_is_shown_by_the_page_filtered_and_searched(hr: User, client: Client) -> None:
    run = preview_of(client, *(person(f"e{number}", f"City/T{number % 3}") for number in range(120)))
    assert "page 1 of 3" in page_of(client, run)
    assert "E119 Jansen" in page_of(client, run, page="3")
    units = page_of(client, run, kind="units.new")
    assert "City/T2" in units
    assert "E1 Jansen" not in units
    one = page_of(client, run, words="e117")
    assert "E117 Jansen" in one
    assert "1 change" in one
    assert "E118" not in one


def test_a_preview_writes_days_and_languages_out(hr: User, client: Client) -> None:
    page = text(upload(client, as_csv([person("a", "City/Care", joined_on="2024-02-01", language="nl")])))
    assert "in service since: 1 February 2024" in page
    assert "language: Nederlands" in page


def test_a_reorganisation_is_confirmed_before_it_is_applied(city: OrgUnit, hr: User, client: Client) -> None:
    others = [person("x", "City/Works")]
    rows = [person(f"e{number}", "City/Care") for number in range(8)]
    import_people(city.organisation, content=as_csv([*rows, *others]), by=None, now=MONDAY)
    care = OrgUnit.objects.get(name="Care")
    run = preview_of(client, *(row | {"unit_path": "City/Help"} for row in rows), *others)
    page = page_of(client, run)
    assert "Is this a reorganisation?" in page
    assert "Apply these changes" not in page
    apply(client, run)
    assert placed(city.organisation)["e0"] == "City/Care"
    client.post(reverse("orgunits:import_lineage", args=[run.pk]), {f"unit-{care.pk}": "same"})
    work()
    page = page_of(client, run)
    assert "Apply these changes" in page
    assert "Units with another name" in page
    apply(client, run)
    care.refresh_from_db()
    assert care.name == "Help"


def test_an_import_is_undone_from_the_list(city: OrgUnit, hr: User, client: Client) -> None:
    run = preview_of(client, *PEOPLE)
    apply(client, run)
    undo = reverse("orgunits:import_undo", args=[run.pk])
    assert undo in text(client.get(reverse("orgunits:imports")))
    client.post(undo)
    work()
    assert "and then undone" in page_of(client, run)
    assert not Employee.objects.exists()
    assert undo not in text(client.get(reverse("orgunits:imports")))


def test_people_without_an_address_are_counted_and_listed(city: OrgUnit, hr: User, client: Client) -> None:
    rows = [*PEOPLE, person("q", "City/Care", email="")]
    import_people(city.organisation, content=as_csv(rows), by=None, now=MONDAY)
    assert "1 person has no e-mail address" in text(client.get(reverse("orgunits:imports")))
    page = text(client.get(reverse("orgunits:without_email")))
    assert "Q Jansen" in page
    assert "A Jansen" not in page
