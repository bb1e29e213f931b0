"""The menu leads to what a role may see, from every page."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from orgunits.models import OrgUnit, Role
from tests.factories import unit_tree, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def units() -> dict[str, OrgUnit]:
    return unit_tree("City", "City/Care")


def menu(client: Client, address: str, label: str = "Main menu") -> list[str]:
    """The links of the menu, in order; empty when the page has none."""
    page = client.get(address, headers={"accept-language": "en"}).content.decode()
    found = re.search(rf'<nav[^>]*aria-label="{label}">(.*?)</nav>', page, re.DOTALL)
    links = re.findall(r"<a[^>]*>(.*?)</a>", found[1], re.DOTALL) if found else []
    return [" ".join(link.split()) for link in links]


@pytest.mark.parametrize(
    ("role", "unit", "expected"),
    [
        (
            Role.HR,
            "City",
            [
                "Today",
                "Overview",
                "Signals",
                "Actions",
                "Whole organisation",
                "Cycles",
                "Questions",
                "People",
            ],
        ),
        (Role.HR, "City/Care", ["Today", "Overview", "Signals", "Actions", "Care", "Cycles", "Questions"]),
        (Role.DIRECTOR, "City", ["Overview", "Signals", "Actions", "Whole organisation"]),
        (Role.MANAGER, "City/Care", ["Overview", "Signals", "Actions", "Care"]),
        (Role.IT_ADMINISTRATOR, "City", ["People"]),
        (Role.PRIVACY_OFFICER, "City", ["Privacy"]),
    ],
)
def test_the_menu_holds_what_the_role_may_see(
    client: Client, units: dict[str, OrgUnit], role: Role, unit: str, expected: list[str]
) -> None:
    client.force_login(user_with(role, units[unit]))
    assert menu(client, "/nothing-to-see/") == expected
    assert menu(client, "/accounts/password/set/") == expected


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (
            Role.HR,
            ["Import", "Units", "Roles", "Changes in the work", "Someone’s data", "Look of mails"],
        ),
        (Role.IT_ADMINISTRATOR, ["Import", "Units", "Look of mails"]),
    ],
)
def test_pages_about_people_lead_to_each_other(
    client: Client, units: dict[str, OrgUnit], role: Role, expected: list[str]
) -> None:
    client.force_login(user_with(role, units["City"]))
    for address in ("/people/import/", f"/people/units/{units['City/Care'].pk}/"):
        assert menu(client, address, "In this part") == expected


def test_nobody_has_a_menu_before_signing_in(client: Client) -> None:
    assert menu(client, "/accounts/login/") == []


def test_nobody_changes_their_own_address(client: Client, units: dict[str, OrgUnit]) -> None:
    client.force_login(user_with(Role.MANAGER, units["City/Care"]))
    answer = client.post("/accounts/email/", {"action_add": "", "email": "the.next.director@example.org"})
    assert answer.status_code == 404
