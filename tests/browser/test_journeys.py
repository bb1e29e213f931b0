"""HR makes a journey on the page, and someone gets its mail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from orgunits.models import Employee
from surveys.journeys.rounds import make_due_rounds
from surveys.mailing.services import send_due_mail
from surveys.models import Cycle
from surveys.waves.services import open_due_waves
from tests.browser.conftest import Visit, session_of
from tests.browser.town import TEAM, town

pytestmark = pytest.mark.django_db(transaction=True)


def test_hr_makes_a_journey_that_asks_someone_on_day_30(live_server: LiveServer, visit: Visit) -> None:
    built = town(closed_waves=0)
    visitor = visit(live_server.url)
    visitor.sign_in(session_of(built.users["hr"]))
    page = visitor.open("/cycles/new/")
    page.get_by_role("button", name="Begin with New here: day 30").click()
    page.wait_for_url("**/edit/")
    sentence = page.locator(".builder__sentence")
    expect(sentence).to_contain_text("30 days after their first day")
    expect(sentence).to_contain_text("Results per quarter, from 5 answers.")
    page.get_by_label("Days after the first day").fill("45")
    expect(sentence).to_contain_text("45 days after their first day")
    page.get_by_label("Results together").select_option("half_year")
    expect(sentence).to_contain_text("Results per half year")
    page.get_by_role("link", name="To the launch").first.click()
    page.get_by_role("button", name="Launch this cycle").click()
    expect(page.get_by_text("The cycle has been launched.")).to_be_visible()

    cycle = Cycle.objects.get(kind=Cycle.Kind.ONBOARDING)
    assert cycle.next_opens_at
    day = cycle.next_opens_at + timedelta(days=20)
    newcomer = Employee.objects.filter(unit=built.units[TEAM]).order_by("pk")[0]
    newcomer.joined_on = day.date() - timedelta(days=45)
    newcomer.save()
    while not mail.outbox:  # the first day that is no holiday, nor in a weekend
        open_due_waves(day)
        make_due_rounds(day)
        send_due_mail(built.organisation, now=day)
        mail.outbox[:] = [one for one in mail.outbox if "New here" in str(one.body)]
        day += timedelta(days=1)
    assert "45 dagen geleden" in " ".join(str(mail.outbox[0].body).split())
    assert visitor.said == []
    page.goto(f"{live_server.url}/cycles/waves/{cycle.waves.get().pk}/")
    expect(page.get_by_text("1 person was asked since")).to_be_visible()
    expect(page.get_by_text("Shown after the end")).to_be_visible()
    assert timezone.now() < cycle.waves.get().opened_at
