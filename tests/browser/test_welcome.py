"""The first day of a new installation: from its first page to mails that people answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import FilePayload, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import Organisation
from orgunits.imports.steps import take_next_step
from orgunits.models import Employee
from surveys.models import Cycle, Mail, Ticket
from surveys.tasks import send_mail
from surveys.waves.services import open_due_waves
from tests.browser.barriers import barriers
from tests.browser.conftest import PHONE, Visit
from tests.browser.town import PASSWORD
from tests.orgunits.people_files import as_csv, person

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = [
    *(person(f"care{number}", "Waterveen/Zorg", language="nl") for number in range(7)),
    *(person(f"works{number}", "Waterveen/Openbare ruimte", language="en") for number in range(6)),
]


def found_the_organisation(page: Page) -> None:
    page.get_by_label("Name of the organisation").fill("Waterveen")
    page.get_by_label("Your name").fill("Noor Bakker")
    page.get_by_label("Your e-mail address").fill("noor@waterveen.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/people/import/")


def test_a_new_installation_begins_with_one_form(live_server: LiveServer, visit: Visit) -> None:
    visitor = visit(live_server.url, viewport=PHONE)
    page = visitor.open("/welcome/")
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    found_the_organisation(page)
    assert Organisation.objects.get().name == "Waterveen"
    assert visitor.said == []


@pytest.fixture
def with_a_mailbox(settings: Settings, live_server: LiveServer, tmp_path: Path) -> None:
    settings.ROOT_URLCONF = "tests.browser.urls"
    settings.EMAIL_BACKEND = "listening.mailbox.backend.MailboxBackend"
    settings.DATA_DIR = tmp_path
    settings.BASE_URL = live_server.url


def work() -> None:
    """What workers do; each page that waits asks on by itself."""
    while take_next_step(timezone.now()):
        pass


@pytest.mark.usefixtures("with_a_mailbox")
def test_someone_new_comes_from_the_first_page_to_mails_that_are_answered(
    live_server: LiveServer, visit: Visit
) -> None:
    founder = visit(live_server.url)
    page = founder.open("/")
    page.goto(f"{live_server.url}/welcome/")
    found_the_organisation(page)

    import_people(page)
    give_a_role(page, "kim@waterveen.example")
    launch_a_cycle(page)
    send_invitations()

    page.goto(f"{live_server.url}/mailbox/?to=care0@example.org")
    page.locator("tbody th a").click()
    with page.context.expect_page() as opened:
        page.frame_locator("iframe").get_by_role("link").first.click()
    questions = opened.value
    questions.locator(".choice").first.click()
    questions.locator("button[type=submit]").click()
    questions.wait_for_url("**?sent*")
    assert Ticket.objects.count() == 1

    page.goto(f"{live_server.url}/today/")
    expect(page.locator(".wave .live")).to_contain_text("13")
    colleague_signs_in(visit(live_server.url).open("/"), page, "kim@waterveen.example")
    assert founder.said == []


def import_people(page: Page) -> None:
    file = FilePayload(name="people.csv", mimeType="text/csv", buffer=as_csv(PEOPLE))
    page.get_by_label("File with people").set_input_files(file)
    page.get_by_role("button", name="Read the file").click()
    page.get_by_role("status").wait_for()
    work()
    page.get_by_role("button", name="Apply these changes").click()
    page.get_by_role("status").wait_for()
    work()
    expect(page.locator(".lead")).to_contain_text("Applied on")
    assert Employee.objects.employed().count() == len(PEOPLE)


def give_a_role(page: Page, email: str) -> None:
    page.get_by_role("link", name="Roles").click()
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Role", exact=True).select_option("hr")
    page.get_by_role("button", name="Give this role").click()
    expect(page.locator("main")).to_contain_text(f"{email} has the role now")
    expect(page.get_by_role("row", name=email)).to_contain_text("has not signed in yet")


def launch_a_cycle(page: Page) -> None:
    page.get_by_role("link", name="Today").click()
    page.get_by_role("link", name="Make a cycle").click()
    page.get_by_role("button", name="Begin with Pulse").click()
    page.wait_for_url("**/edit/")
    expect(page.locator(".builder__sentence")).to_contain_text("13 people in Waterveen")
    page.get_by_role("link", name="To the launch").first.click()
    page.get_by_role("button", name="Launch this cycle").click()
    expect(page.locator("main")).to_contain_text("The cycle has been launched.")


def send_invitations() -> None:
    """As on the day that the first wave is due."""
    cycle = Cycle.objects.get()
    Cycle.objects.update(next_opens_at=timezone.now())
    assert open_due_waves(timezone.now()) == 1
    send_mail(cycle.organisation_id)
    assert Mail.objects.filter(state=Mail.State.SENT).count() == len(PEOPLE)


def colleague_signs_in(page: Page, mailbox: Page, email: str) -> None:
    page.get_by_role("link", name="Mail me a sign-in code").click()
    page.get_by_label("Email").fill(email)
    page.keyboard.press("Enter")
    page.wait_for_url("**/confirm/**")
    mailbox.goto(mailbox.url.split("/today/")[0] + f"/mailbox/?to={email}")
    mailbox.locator("tbody th a").first.click()
    code = re.search(r"^[A-Z0-9-]{6,12}$", mailbox.locator("pre").first.inner_text(), re.MULTILINE)
    assert code
    page.get_by_label("Code").fill(code[0])
    page.keyboard.press("Enter")
    page.wait_for_url("**/today/")
    assert page.locator("h1").inner_text() == "Today"
