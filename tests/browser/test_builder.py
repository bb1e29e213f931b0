"""HR makes a cycle: from a template to its launch, with a refused value, and with a colleague beside."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from orgunits.models import Role
from surveys.models import Cycle, Wave
from tests.browser.conftest import Visit, Visitor, session_of
from tests.browser.town import Town, town, user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def built() -> Town:
    return town(closed_waves=0)


@pytest.fixture
def hr(built: Town, live_server: LiveServer, visit: Visit) -> Visitor:
    visitor = visit(live_server.url)
    visitor.sign_in(session_of(built.users["hr"]))
    return visitor


def sentence(page: Page) -> str:
    return page.locator(".builder__sentence").inner_text()


def said_after_a_change(page: Page, words: str) -> None:
    expect(page.locator(".builder__sentence")).to_contain_text(words)


def test_hr_goes_from_a_template_to_a_launch(built: Town, hr: Visitor) -> None:
    # The running cycle asks some of the same questions, so it has to be over.
    Cycle.objects.filter(state=Cycle.State.ACTIVE).update(state=Cycle.State.ENDED)
    Wave.objects.update(opened_at=timezone.now() - timedelta(days=30))
    page = hr.open("/cycles/new/")
    page.get_by_role("button", name="Begin with Pulse").click()
    page.wait_for_url("**/edit/")
    assert "84 people in Waterveen" in sentence(page)

    page.get_by_label("leave out Openbare ruimte").check()
    said_after_a_change(page, "24 people in Waterveen without Openbare ruimte")
    page.get_by_label("How often").select_option("week")
    said_after_a_change(page, "Every Tuesday")
    page.get_by_label("Days open").fill("5")
    said_after_a_change(page, "open for 5 days")
    expect(page.locator(".builder__saved")).to_contain_text("saved at")

    draft = Cycle.objects.get(name="Pulse")
    assert (draft.state, draft.days_open) == (Cycle.State.DRAFT, 5)
    page.get_by_role("link", name="To the launch").first.click()
    page.get_by_role("button", name="Launch this cycle").click()
    page.wait_for_url(f"**/cycles/{draft.pk}/")
    assert "The cycle has been launched." in page.locator("main").inner_text()
    draft.refresh_from_db()
    assert draft.state == Cycle.State.ACTIVE
    assert hr.said == []


def test_what_was_saved_by_itself_is_there_after_a_reload(built: Town, hr: Visitor) -> None:
    page = hr.open(f"/cycles/{built.started('pulse').pk}/edit/")
    page.get_by_label("Name", exact=True).fill("Hoe gaat het?")
    page.get_by_label("Days open").fill("4")
    said_after_a_change(page, "open for 4 days")
    page.reload()
    assert page.get_by_label("Name", exact=True).input_value() == "Hoe gaat het?"
    assert page.get_by_label("Days open").input_value() == "4"


def test_a_value_that_is_refused_says_why_and_stays_as_it_was_typed(built: Town, hr: Visitor) -> None:
    draft = built.started("pulse")
    page = hr.open(f"/cycles/{draft.pk}/edit/")
    page.get_by_label("Days open").fill("99")
    expect(page.locator(".builder__saved")).to_contain_text("less than or equal to 60")
    assert page.get_by_label("Days open").input_value() == "99"
    assert "open for 7 days" in sentence(page)

    page.get_by_role("button", name="Save as draft").click()
    page.wait_for_load_state()
    assert page.get_by_label("Days open").input_value() == "99"
    page.locator(".builder__saved a", has_text="Days open").click()
    assert page.evaluate("location.hash") == "#id_days_open"
    draft.refresh_from_db()
    assert draft.days_open == 7


def test_the_edit_of_a_colleague_is_noticed_and_neither_is_lost(
    built: Town, hr: Visitor, live_server: LiveServer, visit: Visit
) -> None:
    draft = built.started("pulse")
    before = draft.name
    colleague = user(built, "colleague", Role.HR, "Waterveen")
    other = visit(live_server.url)
    other.sign_in(session_of(colleague))
    mine = hr.open(f"/cycles/{draft.pk}/edit/")
    theirs = other.open(f"/cycles/{draft.pk}/edit/")

    theirs.get_by_label("Days open").fill("3")
    said_after_a_change(theirs, "open for 3 days")
    mine.get_by_label("Name", exact=True).fill("Van mij")
    warning = mine.get_by_role("alert")
    expect(warning).to_contain_text("someone else has changed this draft")
    expect(warning).to_contain_text("Name")
    assert mine.get_by_label("Name", exact=True).input_value() == "Van mij"
    draft.refresh_from_db()
    assert (draft.name, draft.days_open) == (before, 3)

    mine.get_by_role("button", name="Save mine over theirs").click()
    mine.wait_for_url("**/edit/")
    expect(mine.locator(".builder__saved")).to_contain_text("saved at")
    draft.refresh_from_db()
    assert draft.name == "Van mij"


def test_what_was_typed_can_be_dropped_for_what_another_tab_saved(
    built: Town, hr: Visitor, live_server: LiveServer, visit: Visit
) -> None:
    draft = built.started("pulse")
    tab = hr.open(f"/cycles/{draft.pk}/edit/")
    another_tab = hr.open(f"/cycles/{draft.pk}/edit/")
    another_tab.get_by_label("Days open").fill("3")
    said_after_a_change(another_tab, "open for 3 days")
    tab.get_by_label("Days open").fill("6")
    tab.get_by_role("link", name="Drop mine, show theirs").click()
    said_after_a_change(tab, "open for 3 days")
    assert tab.get_by_label("Days open").input_value() == "3"
