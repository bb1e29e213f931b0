"""Who says how long answers are kept, and what the page tells of it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Organisation
from orgunits.models import Role
from tests.factories import unit_tree, user_with

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", [Role.PRIVACY_OFFICER, Role.HR])
def test_the_privacy_officer_and_hr_choose_and_it_is_shown_who_did(client: Client, role: Role) -> None:
    root = unit_tree("City")["City"]
    user = user_with(role, root)
    client.force_login(user)
    client.post(reverse("keeping"), {"answers_kept": 12, "invitations_kept": 3})
    chosen = Organisation.objects.get(pk=root.organisation_id)
    assert (chosen.answers_kept, chosen.invitations_kept) == (12, 3)
    text = client.get(reverse("keeping")).content.decode()
    assert user.get_full_name() in text
    assert "24 → 12" in text


def test_a_time_outside_the_bounds_is_not_saved(client: Client) -> None:
    root = unit_tree("City")["City"]
    client.force_login(user_with(Role.PRIVACY_OFFICER, root))
    response = client.post(reverse("keeping"), {"answers_kept": 61, "invitations_kept": 3})
    assert response.status_code == 422
    assert Organisation.objects.get(pk=root.organisation_id).answers_kept == 24


def test_everyone_who_signs_in_reads_what_is_stored(client: Client) -> None:
    root = unit_tree("City")["City"]
    for role in Role:
        client.force_login(user_with(role, root))
        text = client.get(reverse("privacy_sheet"), headers={"accept-language": "en"}).content.decode()
        assert "results.Response" in text
