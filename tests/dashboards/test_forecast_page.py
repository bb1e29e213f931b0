from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dashboards.forecast import forecast_page
from orgunits.models import Role
from tests.surveys.factories import BEFORE, city

pytestmark = pytest.mark.django_db


def test_it_says_between_how_many_units_it_may_be(client: Client) -> None:
    made = city({"City/Large": 60, "City/Middle": 9, "City/Small": 8})
    draft = made.draft("City")
    page = forecast_page(draft, 60, now=BEFORE)
    assert page.fewest <= page.with_figures <= page.most
    assert page.fewest < page.most
    client.force_login(made.user(Role.HR))
    told = client.get(
        reverse("forecast", args=[draft.pk]), headers={"accept-language": "en"}
    ).content.decode()
    assert f"between {forecast_page(draft, None, now=timezone.now()).fewest} and" in told
