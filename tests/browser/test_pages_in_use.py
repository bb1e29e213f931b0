"""Signing in, changing the language, and finding one's way on the heatmap by keyboard."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import Visit, session_of
from tests.browser.town import PASSWORD, Town, town

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def built() -> Town:
    return town(closed_waves=1)


def headings(page: Page) -> list[str]:
    return [row.inner_text().strip() for row in page.locator(".heatmap tbody th").all() if row.is_visible()]


def test_a_director_signs_in_with_a_password(built: Town, live_server: LiveServer, visit: Visit) -> None:
    page = visit(live_server.url).open("/")
    page.get_by_label("Email").fill(built.with_password("director").email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/heatmap/")
    assert page.locator("h1").inner_text() == "Heatmap"


def test_a_team_lead_signs_in_with_a_code_by_mail(built: Town, live_server: LiveServer, visit: Visit) -> None:
    page = visit(live_server.url).open("/")
    page.get_by_role("link", name="Mail me a sign-in code").click()
    page.get_by_label("Email").fill(built.users["lead"].email)
    page.keyboard.press("Enter")
    page.wait_for_url("**/confirm/**")
    code = re.search(r"^[A-Z0-9-]{6,12}$", str(mail.outbox[0].body), re.MULTILINE)
    assert code
    page.get_by_label("Code").fill(code[0])
    page.keyboard.press("Enter")
    page.wait_for_url("**/units/*/")
    assert page.locator("h1").inner_text() == "Wijkteam Noord"


def test_a_second_factor_is_set_up_with_a_code_to_scan(
    built: Town, live_server: LiveServer, visit: Visit
) -> None:
    visitor = visit(live_server.url, color_scheme="dark")
    visitor.sign_in(session_of(built.with_password("hr")))
    page = visitor.open("/accounts/2fa/totp/activate/")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(live_server.url + "/accounts/2fa/totp/activate/")
    image = page.locator("main img")
    assert image.evaluate("image => image.naturalWidth") > 0
    # The code is drawn in black, so that it cannot be read on the dark page itself.
    assert image.evaluate("image => getComputedStyle(image).backgroundColor") == "rgb(255, 255, 255)"
    assert visitor.said == []


def test_the_language_is_changed_on_the_page_and_kept(
    built: Town, live_server: LiveServer, visit: Visit
) -> None:
    visitor = visit(live_server.url)
    visitor.sign_in(session_of(built.users["director"]))
    page = visitor.open("/heatmap/?sort=energy")
    page.get_by_role("button", name="Nederlands").click()
    page.wait_for_load_state()
    assert page.locator("html").get_attribute("lang") == "nl"
    assert page.url.endswith("/heatmap/?sort=energy")
    assert visitor.open("/heatmap/").locator("html").get_attribute("lang") == "nl"


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_the_heatmap_unfolds_and_folds_by_its_links(
    built: Town, live_server: LiveServer, visit: Visit, script: bool
) -> None:
    visitor = visit(live_server.url, java_script_enabled=script)
    visitor.sign_in(session_of(built.users["director"]))
    page = visitor.open("/heatmap/")
    assert headings(page) == ["Waterveen", "Zorg", "Openbare ruimte"]
    page.get_by_role("link", name="Unfold Zorg").click()
    page.wait_for_url("**open=*")
    assert headings(page) == ["Waterveen", "Zorg", "Wijkteam Noord", "Wijkteam Zuid", "Openbare ruimte"]
    page.get_by_role("link", name="Fold Zorg", exact=True).click()
    page.get_by_role("link", name="Unfold Zorg").wait_for()
    assert headings(page) == ["Waterveen", "Zorg", "Openbare ruimte"]
    assert visitor.said == []
