"""HR brings in people: a file is dropped, its columns named, the difference looked at, applied and undone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Organisation
from orgunits.imports.progress import Bar
from orgunits.imports.steps import take_next_step
from orgunits.models import Employee, ImportRun, Role
from tests.browser.conftest import Visit, Visitor, session_of
from tests.factories import OrganisationFactory, unit_tree, user_with
from tests.orgunits.people_files import as_xlsx, person

pytestmark = pytest.mark.django_db(transaction=True)

FILE = """Personeelsnummer;Mail;Voornaam;Achternaam;Waar;Kamer
1001;noor@city.example;Noor;Bakker;City/Care;2.14
1002;sam@city.example;Sam;Visser;City/Care;2.15
1003;kim@city.example;Kim;de Vries;City/Works;1.02
"""
DROP = """([name, text]) => {
  const dropped = new DataTransfer();
  dropped.items.add(new File([text], name, {type: "text/csv"}));
  const how = {dataTransfer: dropped, bubbles: true, cancelable: true};
  for (const step of ["dragenter", "dragover"]) document.body.dispatchEvent(new DragEvent(step, how));
  const marked = document.documentElement.classList.contains("is-dropping");
  document.body.dispatchEvent(new DragEvent("drop", how));
  return marked;
}"""


@pytest.fixture(autouse=True)
def no_progress_of_earlier_tests() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def city() -> Organisation:
    return OrganisationFactory.create(name="City", language="en")


@pytest.fixture
def hr(city: Organisation, live_server: LiveServer, visit: Visit) -> Visitor:
    visitor = visit(live_server.url)
    user = user_with(Role.HR, unit_tree("City", organisation=city)["City"])
    visitor.sign_in(session_of(user))
    return visitor


def work() -> None:
    while take_next_step(timezone.now()):
        pass


def counted(page: Page) -> dict[str, str]:
    """The numbers on top of the changes, by what they count."""
    links = [" ".join(link.inner_text().split()) for link in page.locator(".filters__link").all()]
    found = [re.fullmatch(r"([\d,.]+) (.+)", link) for link in links]
    return {one[2]: one[1] for one in found if one}


def test_a_dropped_file_goes_all_the_way_to_applied_and_back(city: Organisation, hr: Visitor) -> None:
    page = hr.open("/people/import/")
    assert page.evaluate(DROP, ["people.csv", FILE]) is True
    page.wait_for_url(re.compile(r"/people/import/\d+/$"))
    expect(page.get_by_role("status")).to_contain_text("being read")

    work()  # by itself the page asks on
    page.get_by_label("Waar").select_option("unit_path")
    assert page.get_by_label("Personeelsnummer").input_value() == "employee_id"
    page.get_by_label("Mail").select_option("email")
    page.get_by_label("Kamer").select_option("ignored")
    page.get_by_role("button", name="Read the file this way").click()
    work()
    expect(page.locator(".lead")).to_contain_text("Nothing has changed yet.")
    assert "3" in counted(page).values()
    assert not Employee.objects.exists()

    page.get_by_role("button", name="Apply these changes").click()
    expect(page.get_by_role("status")).to_contain_text("being applied")
    run = ImportRun.objects.get()
    Bar(run.pk, 6)(3)
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "3")
    work()
    expect(page.locator(".lead")).to_contain_text("Applied on")
    assert Employee.objects.employed().count() == 3

    page.goto(page.url.split("/people/")[0] + "/people/import/")
    row = page.get_by_role("row", name="people.csv")
    expect(row).to_contain_text("applied")
    row.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("being undone")
    work()
    expect(page.locator(".lead")).to_contain_text("everything is as it was before")
    assert not Employee.objects.employed().exists()
    assert hr.said == []


def test_the_next_file_is_not_asked_about_and_shows_only_what_changed(
    city: Organisation, hr: Visitor
) -> None:
    rows = [person("E1", "City/Care"), person("E2", "City/Care"), person("E3", "City/Works")]
    page = hr.open("/people/import/")
    choose(page, "people.xlsx", as_xlsx(rows))
    work()
    page.get_by_role("button", name="Apply these changes").click()
    page.get_by_role("status").wait_for()
    work()
    expect(page.locator(".lead")).to_contain_text("Applied on")

    page.goto(page.url.split("/people/")[0] + "/people/import/")
    choose(page, "later.xlsx", as_xlsx([rows[0], rows[1] | {"unit_path": "City/Works"}, person("E4")]))
    work()
    expect(page.locator(".lead")).to_contain_text("This will change")
    lines = page.locator("#lines tbody tr")
    assert lines.count() == 3
    page.get_by_label("Find a person or unit").fill("E2")
    expect(lines).to_have_count(1)
    expect(lines.first).to_contain_text("Care")
    expect(lines.first).to_contain_text("Works")


def choose(page: Page, name: str, content: bytes) -> None:
    page.get_by_label("File with people").set_input_files({"name": name, "mimeType": "", "buffer": content})
    page.get_by_role("button", name="Read the file").click()
    page.get_by_role("status").wait_for()


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(
    city: Organisation, hr: Visitor, tmp_path: Path
) -> None:
    large = tmp_path / "people.csv"
    large.write_bytes(bytes(25 * 1024**2 + 1))
    page = hr.open("/people/import/")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.get_by_label("File with people").set_input_files(large)
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("alert")).to_contain_text("larger than 25 MB")
    assert "POST" not in sent
    assert not ImportRun.objects.exists()
