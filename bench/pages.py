"""What HR and directors wait for: milliseconds and queries per page, with 200 units and with 2,000."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from statistics import median

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organisation, User
from listening.replay.founding import root_of
from orgunits.access import scope_of
from orgunits.models import Role, RoleGrant
from results.services import close_wave
from results.verdicts import audit_wave
from surveys.cycles.drafts import start_draft
from surveys.cycles.templates import TEMPLATES
from surveys.models import Cycle, Wave
from surveys.waves.services import open_wave, stop_accepting

from . import organisations
from .measures import Measure

FEW, MANY = 200, 2_000  # units
PEOPLE_IN_A_UNIT = 10
MOST_MILLISECONDS = 150
TIMES = 5


def measures() -> Iterator[Measure]:
    few, many = (list(pages(units)) for units in (FEW, MANY))
    for (name, milliseconds, queries), (_name, fewer, fewer_queries) in zip(many, few, strict=True):
        yield Measure(
            f"{name}, {MANY:,} units", milliseconds, "ms", fewer, at_most=MOST_MILLISECONDS, of_value=True
        )
        yield Measure("its queries", queries, "", fewer_queries, at_most=1)


def pages(units: int) -> Iterator[tuple[str, float, int]]:
    """Name, milliseconds and queries of each page."""
    organisation, wave, draft, client = made(units)
    for name, path in addresses(wave, draft).items():
        yield name, *measured(client, path)
    filled_in = {"version": draft.version, "name": draft.name, "units": root_of(organisation).pk}
    yield "builder, saving", *measured(client, f"/cycles/{draft.pk}/edit/", filled_in)


def addresses(wave: Wave, draft: Cycle) -> dict[str, str]:
    return {
        "today": "/today/",
        "wave": f"/cycles/waves/{wave.pk}/",
        "letters": f"/cycles/waves/{wave.pk}/letters/",
        "heatmap": "/heatmap/",
        "cycle": f"/cycles/{wave.cycle_id}/",
        "builder": f"/cycles/{draft.pk}/edit/",
        "builder, units below one": f"/cycles/{draft.pk}/units/{root_of(wave.organisation).pk}/",
        "preview": f"/cycles/{draft.pk}/preview/page/",
        "forecast": f"/cycles/{draft.pk}/forecast/",
        "launch": f"/cycles/{draft.pk}/launch/",
    }


def made(units: int) -> tuple[Organisation, Wave, Cycle, Client]:
    """An organisation with a closed wave, an open one with answers, and a draft."""
    slug = f"pages{units}"
    closed = organisations.made(slug, people=units * PEOPLE_IN_A_UNIT, units=units)
    organisation, cycle = closed.organisation, closed.cycle
    organisations.everyone_answers(closed, now=closed.opened_at)
    Wave.objects.filter(pk=closed.pk).update(closes_at=timezone.now())
    stop_accepting(closed.pk, now=timezone.now())
    close_wave(closed.pk, now=timezone.now())
    audit_wave(closed.pk, now=timezone.now())
    now = timezone.now()
    Cycle.objects.filter(pk=cycle.pk).update(
        state=Cycle.State.ACTIVE, next_opens_at=now, recurrence="FREQ=DAILY;INTERVAL=14", starts_on=now.date()
    )
    opened = open_wave(cycle, now=now)
    assert opened is not None
    organisations.everyone_answers(opened, now=now)
    user = User.objects.create_user(f"hr@{slug}.example", organisation=organisation, language="en")
    for role in (Role.HR, Role.DIRECTOR):
        RoleGrant.objects.create(
            organisation=organisation,
            user=user,
            role=role,
            unit=root_of(organisation),
            starts_on=now.date() - timedelta(days=1),
        )
    scope = scope_of(user, on=timezone.localdate())
    plan = TEMPLATES[0].plan(scope, today=timezone.localdate())
    draft = start_draft(organisation, plan=plan, by=user, now=now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user)
    return organisation, opened, draft, client


def measured(client: Client, path: str, sent: dict[str, object] | None = None) -> tuple[float, int]:
    """Once to warm up, then the median of a few."""

    def once() -> None:
        response = (
            client.get(path) if sent is None else client.post(path, sent, headers={"hx-request": "true"})
        )
        assert response.status_code == 200, (path, response.status_code)

    once()
    with CaptureQueriesContext(connection) as captured:
        once()
        queries = len(captured)  # the next request forgets them
    seconds = []
    for _time in range(TIMES):
        began = time.perf_counter()
        once()
        seconds.append(time.perf_counter() - began)
    return 1000 * median(seconds), queries
