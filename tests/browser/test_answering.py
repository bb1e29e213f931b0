"""An employee answers: by keyboard, without script, half and again, once."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from surveys.models import Submission, Ticket
from tests.browser.conftest import PHONE, Visit
from tests.browser.town import SAID, TEAM, Town, town

pytestmark = pytest.mark.django_db(transaction=True)

LARGEST = 60_000  # bytes of the whole page
THANKS = "Thank you, your answers are in"
USED = "This link has been used"


@pytest.fixture
def built() -> Town:
    return town(closed_waves=0)


@pytest.fixture
def address(built: Town) -> str:
    return built.link(TEAM) + "?lang=en"


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


def sent() -> list[Submission]:
    """What was sent in the test: the town's own answers to its open wave came before."""
    return [one for one in Submission.objects.exclude(comments={}) if one.comments.get("") not in SAID]


def fill_in(page: Page, comment: str = "Geen") -> None:
    page.locator(".choice").nth(3).click()
    page.locator("#comment").fill(comment)


def test_the_page_is_one_request_of_less_than_60_kb(
    address: str, live_server: LiveServer, visit: Visit
) -> None:
    visitor = visit(live_server.url, viewport=PHONE)
    sizes: list[int] = []
    page = visitor.context.new_page()
    page.on(
        "response", lambda response: sizes.append(len(response.body()) + len(str(response.all_headers())))
    )
    page.goto(live_server.url + address, wait_until="networkidle")
    assert len(sizes) == 1
    assert sizes[0] < LARGEST


def test_the_page_sets_no_cookie(address: str, live_server: LiveServer, visit: Visit) -> None:
    visitor = visit(live_server.url)
    visitor.open(address)
    assert visitor.context.cookies() == []


def test_the_form_can_be_filled_in_and_sent_by_keyboard_alone(
    address: str, live_server: LiveServer, visit: Visit
) -> None:
    page = visit(live_server.url).open(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    while (field := page.evaluate("document.activeElement.type")) != "submit":
        if field == "radio":
            page.keyboard.press("Space")
            page.keyboard.press("ArrowDown")
        else:
            page.keyboard.type("Minder vergaderen")
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**?sent*")
    assert heading(page) == THANKS
    (kept,) = sent()
    assert list(kept.comments.values()) == ["Minder vergaderen"] * 2  # to the open question, and at the end
    assert sorted(score for score in kept.scores if score is not None) == [1, 2, 2, 2, 2, 2]


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_answers_arrive(address: str, live_server: LiveServer, visit: Visit, script: bool) -> None:
    page = visit(live_server.url, java_script_enabled=script).open(address)
    fill_in(page)
    page.locator("button[type=submit]").click()
    page.wait_for_url("**?sent*")
    assert heading(page) == THANKS
    (kept,) = sent()
    assert kept.scores[0] == 4
    assert kept.comments == {"": "Geen"}


def test_an_empty_form_is_not_taken(address: str, live_server: LiveServer, visit: Visit, built: Town) -> None:
    page = visit(live_server.url, java_script_enabled=False).open(address)
    before = Ticket.objects.count()
    page.locator("button[type=submit]").click()
    assert "Choose an answer to at least one question" in page.locator("[role=alert]").inner_text()
    assert Ticket.objects.count() == before


def test_a_half_filled_page_survives_a_reload_and_a_change_of_language(
    address: str, live_server: LiveServer, visit: Visit
) -> None:
    page = visit(live_server.url).open(address)
    fill_in(page, "Half af")
    page.reload()
    assert page.locator(".choice input").nth(3).is_checked()
    page.get_by_role("link", name="Nederlands").click()
    assert page.locator("html").get_attribute("lang") == "nl"
    assert page.locator(".choice input").nth(3).is_checked()
    assert page.locator("#comment").input_value() == "Half af"


def test_nothing_stays_in_the_browser_once_it_is_sent(
    address: str, live_server: LiveServer, visit: Visit
) -> None:
    page = visit(live_server.url).open(address)
    fill_in(page)
    page.locator("button[type=submit]").click()
    page.wait_for_url("**?sent*")
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0


def test_the_back_button_after_sending_says_that_it_is_done(
    address: str, live_server: LiveServer, visit: Visit
) -> None:
    page = visit(live_server.url).open(address)
    fill_in(page)
    page.locator("button[type=submit]").click()
    page.wait_for_url("**?sent*")
    page.go_back()
    assert heading(page) == USED
    assert len(sent()) == 1


def test_a_double_click_on_send_counts_once(address: str, live_server: LiveServer, visit: Visit) -> None:
    page = visit(live_server.url).open(address)
    fill_in(page)
    page.locator("button[type=submit]").dblclick()
    page.wait_for_url("**?sent*")
    assert heading(page) == THANKS
    assert len(sent()) == 1


def test_reminders_stop_with_one_click(
    address: str, live_server: LiveServer, visit: Visit, built: Town
) -> None:
    page = visit(live_server.url).open(address.replace("?", "stop/?"))
    page.get_by_role("button").click()
    page.wait_for_load_state()
    assert heading(page) == "You get no more reminders for this round"
    assert built.wave.invitations.filter(reminders_stopped=True).count() == 1
