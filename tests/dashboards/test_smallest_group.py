"""Who chooses of how many people at least anything is shown, and from when that holds."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, Organisation
from orgunits.models import Role
from tests.factories import unit_tree, user_with
from tests.waves import open_wave

pytestmark = pytest.mark.django_db

ADDRESS = "/privacy/smallest-group/"


@pytest.mark.parametrize("role", [Role.PRIVACY_OFFICER, Role.HR])
def test_the_privacy_officer_and_hr_choose_and_it_is_shown_who_did(client: Client, role: Role) -> None:
    root = unit_tree("City")["City"]
    user = user_with(role, root)
    client.force_login(user)
    for minimum in (10, 10, 7):
        client.post(ADDRESS, {"minimum": minimum})
    assert Organisation.objects.get(pk=root.organisation_id).minimum_group == 7
    assert AuditEvent.objects.filter(action="minimum_group.changed").count() == 2
    text = client.get(ADDRESS).content.decode()
    assert user.get_full_name() in text
    assert "5 → 10" in text
    assert "10 → 7" in text


@pytest.mark.parametrize("minimum", ["", "0", "4", "6", "x"])
def test_nobody_chooses_another_number(client: Client, minimum: str) -> None:
    root = unit_tree("City")["City"]
    client.force_login(user_with(Role.PRIVACY_OFFICER, root))
    assert client.post(ADDRESS, {"minimum": minimum}).status_code == 422
    assert Organisation.objects.get(pk=root.organisation_id).minimum_group == 5


def test_an_open_wave_keeps_what_was_promised(client: Client) -> None:
    opened = open_wave({"City": 6})
    client.force_login(user_with(Role.PRIVACY_OFFICER, opened.units["City"]))
    client.post(reverse("smallest_group"), {"minimum": 10})
    opened.wave.refresh_from_db()
    assert opened.wave.minimum_group == 5
