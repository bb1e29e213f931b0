"""Pages of the workbench take the same queries for a few units as for many."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orgunits.access import scope_of
from orgunits.models import Role
from surveys.cycles.drafts import start_draft
from surveys.cycles.templates import TEMPLATES
from tests.factories import user_with
from tests.waves import open_wave

pytestmark = pytest.mark.django_db

PAGES = {
    "today": "/today/",
    "units of an open wave": "/today/waves/{wave}/units/",
    "wave": "/cycles/waves/{wave}/",
    "letters": "/cycles/waves/{wave}/letters/",
    "cycle": "/cycles/{cycle}/",
    "builder": "/cycles/{draft}/edit/",
    "preview": "/cycles/{draft}/preview/page/",
    "forecast": "/cycles/{draft}/forecast/",
    "launch": "/cycles/{draft}/launch/",
}


def queries_of_each(units: int) -> dict[str, int]:
    built = open_wave({"City": 50} | {f"City/Team {number}": 6 for number in range(units)})
    user = user_with(Role.HR, built.units["City"])
    plan = TEMPLATES[0].plan(scope_of(user, on=timezone.localdate()), today=timezone.localdate())
    draft = start_draft(built.wave.organisation, plan=plan, by=user, now=timezone.now())
    client = Client()
    client.force_login(user)
    numbers = {"wave": built.wave.pk, "cycle": built.wave.cycle_id, "draft": draft.pk}
    counted = {}
    for name, path in PAGES.items():
        address = path.format(**numbers)
        assert client.get(address).status_code == 200, name
        with CaptureQueriesContext(connection) as taken:
            client.get(address)
        counted[name] = len(taken)
    return counted


def test_the_same_queries_for_two_units_as_for_thirty() -> None:
    assert queries_of_each(2) == queries_of_each(30)
