"""Other ways to the questions than a link: a choice in the mail, a letter, and a shared device."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from surveys.letters.services import make_letters
from surveys.models import LetterRun, Submission, Ticket
from tests.browser.conftest import PHONE, Visit, session_of
from tests.browser.town import TEAM, Town, town

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def built() -> Town:
    return town(closed_waves=0)


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def answered() -> int:
    return Ticket.objects.count()


def kept(page: Page) -> list[object]:
    """What the browser holds of the page: cookies, storages, and what the address says."""
    stored = page.evaluate("[localStorage.length, sessionStorage.length]")
    return [page.context.cookies(), stored]


def test_a_choice_in_the_mail_is_made_on_the_page_and_nothing_is_recorded_until_it_is_sent(
    built: Town, live_server: LiveServer, visit: Visit
) -> None:
    before, submissions = answered(), set(Submission.objects.values_list("pk", flat=True))
    visitor = visit(live_server.url, viewport=PHONE)
    asked: list[str] = []
    visitor.context.on("request", lambda request: asked.append(request.url))
    page = visitor.open(built.link(TEAM) + "?lang=en#q1-4")
    assert page.locator("#q1-4").is_checked()
    assert page.evaluate("document.activeElement.id") == "q1-4"
    assert page.evaluate("location.hash") == ""
    assert not [url for url in asked if "q1" in url]
    assert (answered(), Submission.objects.count()) == (before, len(submissions))

    page.get_by_role("button", name="Send my answers").click()
    page.wait_for_url("**?sent*")
    assert answered() == before + 1
    sent = Submission.objects.exclude(pk__in=submissions).get()
    assert sent.scores[0] == 4
    assert [score for score in sent.scores[1:] if score is not None] == []


def test_a_link_for_a_choice_that_is_not_there_is_only_a_link(
    built: Town, live_server: LiveServer, visit: Visit
) -> None:
    visitor = visit(live_server.url)
    page = visitor.open(built.link(TEAM) + "?lang=en#q1-99")
    assert page.locator("input:checked").count() == 0
    assert visitor.said == []


def test_people_answer_one_after_another_on_a_shared_device(
    built: Town, live_server: LiveServer, visit: Visit
) -> None:
    codes = built.codes(TEAM)
    before = answered()
    visitor = visit(live_server.url)
    page = visitor.open("/k/?lang=en")
    for code in codes[:2]:
        assert page.evaluate("document.activeElement.id") == "code"
        page.keyboard.type(code.lower().replace("-", ""))
        page.keyboard.press("Enter")
        page.wait_for_url("**/a/*/?shared")
        page.goto(page.url + "&lang=en")
        assert page.locator("input:checked").count() == 0
        page.locator(".choice").nth(2).click()
        page.locator("#comment").fill("Alleen van mij")
        page.get_by_role("button", name="Send my answers").click()
        page.wait_for_url("**sent*")
        assert "Thank you" in page.locator("h1").inner_text()
        page.get_by_role("link", name="make room for the next person").click()
        page.wait_for_url("**/k/**")
        assert page.get_by_role("textbox").input_value() == ""
        assert kept(page) == [[], [0, 0]]
        page.goto(live_server.url + "/k/?lang=en")
    assert answered() == before + 2


def test_going_back_on_a_shared_device_shows_nothing_of_the_one_before(
    built: Town, live_server: LiveServer, visit: Visit
) -> None:
    page = visit(live_server.url).open("/k/?lang=en")
    page.get_by_role("textbox").fill(built.codes(TEAM)[0])
    page.keyboard.press("Enter")
    page.wait_for_url("**/a/*/?shared")
    page.locator(".choice").nth(1).click()
    page.locator("#comment").fill("Alleen van mij")
    page.get_by_role("button").last.click()
    page.wait_for_url("**sent*")
    page.locator("main a.button").click()
    page.wait_for_url("**/k/**")
    for _step in range(3):
        page.go_back()
        assert page.locator("input:checked").count() == 0
        assert "Alleen van mij" not in page.locator("body").inner_text()
        assert page.locator("#comment").count() == 0 or page.locator("#comment").input_value() == ""


def test_too_many_wrong_codes_say_to_wait_and_what_to_do_instead(
    built: Town, live_server: LiveServer, visit: Visit
) -> None:
    page = visit(live_server.url, viewport=PHONE).open("/k/?lang=en")
    for _attempt in range(21):
        page.get_by_role("textbox").fill("22222-22222")
        page.get_by_role("button", name="To the questions").click()
        page.wait_for_load_state()
    expect(page.get_by_role("alert")).to_contain_text("Wait ten minutes, or scan the square with a phone.")
    assert page.get_by_role("textbox").input_value() == "22222-22222"


def test_hr_orders_letters_sees_them_ready_and_fetches_the_file(
    built: Town, live_server: LiveServer, visit: Visit
) -> None:
    visitor = visit(live_server.url)
    visitor.sign_in(session_of(built.users["hr"]))
    page = visitor.open(f"/cycles/waves/{built.wave.pk}/letters/")
    page.get_by_label("everyone in the units that I choose").check()
    page.get_by_text("Choose units").click()
    page.get_by_label("Openbare ruimte").check()
    page.get_by_role("button", name="Make the letters").click()
    page.get_by_text("This takes up to a few minutes").wait_for()
    run = LetterRun.objects.get()
    make_letters(run.pk, now=timezone.now())
    fetch = page.get_by_role("button", name="Fetch the file")  # the list looks again by itself
    with page.expect_download() as fetched:
        fetch.click()
    assert fetched.value.suggested_filename.endswith(".pdf")
    assert fetched.value.path().read_bytes().startswith(b"%PDF-")
    assert visitor.said == []
