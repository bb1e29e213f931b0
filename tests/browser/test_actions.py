"""Agreeing on an action from a signal by keyboard, and closing it on a phone without script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from actions.models import Action
from results.signals.models import Signal
from tests.browser.conftest import PHONE, Visit, session_of
from tests.browser.signals import raised_in
from tests.browser.town import TEAM, town

ONE = re.compile(r"/actions/\d+/$")
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_team_lead_agrees_on_a_step_and_hr_closes_it(live_server: LiveServer, visit: Visit) -> None:
    built = town()
    signal = raised_in(built)
    lead = visit(live_server.url)
    lead.sign_in(session_of(built.users["lead"]))
    page = lead.open(f"/signals/{signal.pk}/")
    page.get_by_role("link", name="Agree on an action").press("Enter")
    expect(page.get_by_label("Theme")).to_contain_text("Energy")
    page.get_by_label("What will be done?").focus()
    page.keyboard.type("A morning without meetings")
    page.keyboard.press("Tab")
    page.keyboard.type("We lack quiet.")
    button = page.get_by_role("button", name="Save")
    button.dblclick()
    page.wait_for_url(ONE)
    expect(page.get_by_role("heading", name="A morning without meetings")).to_be_visible()
    action = Action.objects.get()
    assert (action.unit, action.signal, action.why) == (built.unit(TEAM), signal, "We lack quiet.")
    assert Signal.objects.get().state == Signal.State.ACTING

    page.go_back()
    page.get_by_label("What will be done?").fill("A list on the wall")
    page.keyboard.press("Enter")
    page.wait_for_url(ONE)
    expect(page.get_by_role("heading", name="A list on the wall")).to_be_visible()
    assert set(Action.objects.values_list("title", flat=True)) == {action.title, "A list on the wall"}
    assert lead.said == []

    hr = visit(live_server.url, viewport=PHONE, java_script_enabled=False)
    hr.sign_in(session_of(built.users["hr"]))
    page = hr.open("/actions/")
    page.get_by_role("link", name=action.title).click()
    page.get_by_role("button", name="We stop").click()
    expect(page.get_by_role("alert")).to_contain_text("Say in a few words why it stops")
    page.get_by_label("What came of it?").fill("The team is split up.")
    page.get_by_role("button", name="We stop").click()
    expect(page.get_by_text("The team is split up.")).to_be_visible()
    page.get_by_role("button", name="Open this action again").click()
    expect(page.get_by_label("What came of it?")).to_have_value("The team is split up.")
    page.get_by_role("button", name="It is done").click()
    expect(page.get_by_role("complementary")).to_contain_text("Done on")
