"""The first page of a new installation."""

from __future__ import annotations

import pytest
from pytest_django.live_server_helper import LiveServer

from accounts.models import Organisation
from tests.browser.barriers import barriers
from tests.browser.conftest import PHONE, Visit
from tests.browser.town import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_new_installation_begins_with_one_form(live_server: LiveServer, visit: Visit) -> None:
    visitor = visit(live_server.url, viewport=PHONE)
    page = visitor.open("/welcome/")
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_label("Name of the organisation").fill("Waterveen")
    page.get_by_label("Your name").fill("Noor Bakker")
    page.get_by_label("Your e-mail address").fill("noor@waterveen.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/people/import/")
    assert Organisation.objects.get().name == "Waterveen"
    assert visitor.said == []
