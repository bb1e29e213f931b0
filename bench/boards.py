"""What leaders and HR wait for over HTTP, page by page, with two years of a large organisation behind it."""

from __future__ import annotations

import http.client
import os
import time
from collections.abc import Iterator, Mapping
from cProfile import Profile
from dataclasses import dataclass
from pstats import Stats
from statistics import median
from urllib.parse import quote

import numpy as np
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from actions.effects import look_at_effects
from listening.embedded import DataFolder
from listening.embedded.program import Program
from results.effects.models import Finding

from . import history
from .history import ACTIONS, EVENTS, History
from .measures import Measure
from .serving import processor_seconds, web_server

MOST_MILLISECONDS, MOST_QUERIES, MOST_KILOBYTES = 100, 10, 150
WARM_UP, TIMES, FIRST_LOOKS = 3, 60, 9
COMPARING = ("effect of a change", "action")
COMPARED = b"9 times in 10 between"  # above a column, where there is something to compare with


def measures(folder: DataFolder) -> Iterator[Measure]:
    """The 95th percentile and the median per page, request after request on one process; beside the first,
    its processor time. Times differ by half from one minute of a shared machine to the next; the number of
    function calls does not.
    """
    made = history.made()
    began = time.perf_counter()
    look_at_effects(made.organisation, now=timezone.now())
    yield Measure(
        f"looking at {EVENTS} changes and {ACTIONS} actions after a wave", time.perf_counter() - began, "s"
    )
    with web_server(folder, WEB_CONCURRENCY="1") as web:
        for user, pages in ((made.everyone, pages_of_everyone(made)), (made.leader, pages_of_a_leader(made))):
            client = signed_in(user)
            for name, path in pages.items():
                if name in COMPARING and COMPARED not in client.get(path).content:
                    raise RuntimeError(f"{name}: nothing is compared, so nothing is measured")
                visited = visits(web, path, client.cookies["sessionid"].value)
                yield Measure(
                    name, visited.p95, "ms", visited.processor, at_most=MOST_MILLISECONDS, of_value=True
                )
                yield Measure("its median", visited.median, "ms")
                yield Measure("its calls", calls_of(client, path) / 1000, "thousand")
                if name in COMPARING:
                    yield Measure("without anyone who looked before", first_look(client, path), "ms")
                if "heatmap" in name:
                    yield Measure("its queries", queries_of(client, path), "", at_most=MOST_QUERIES)
                    yield Measure("its size", visited.size / 1000, "kB", at_most=MOST_KILOBYTES)


def pages_of_everyone(made: History) -> Mapping[str, str]:
    root, department, team = made.root.pk, made.department.pk, made.team.pk
    wave, opened, cycle, draft = made.wave.pk, made.opened.pk, made.wave.cycle_id, made.draft.pk
    theme, change = quote("theme 1"), made.change.pk
    question = made.wave.questions.all()[0].question_id
    return {
        "heatmap": "/heatmap/",
        "heatmap, all open": "/heatmap/?open=all",
        "heatmap, sorted": f"/heatmap/?open={root},{department}&sort={theme}",
        "heatmap, change": "/heatmap/?metric=change",
        "heatmap, one branch": f"/heatmap/units/{department}/",
        "team": f"/units/{team}/",
        "department": f"/units/{department}/",
        "organisation": f"/units/{root}/",
        "so far": f"/units/{root}/so-far/",
        "trends of a team": f"/units/{team}/themes/{theme}/",
        "trends of a department": f"/units/{department}/themes/{theme}/",
        "conversation guide": f"/units/{team}/themes/{theme}/guide/",
        "comments": f"/units/{root}/comments/?wave={wave}",
        "waves side by side": "/waves/",
        "between layers": "/layers/",
        "changes": "/changes/",
        "effect of a change": f"/changes/{change}/effect/",
        "actions": "/actions/",
        "action": f"/actions/{made.action.pk}/",
        "agreeing on an action": f"/actions/new/?unit={team}",
        "indicators": "/indicators/",
        "signals": "/signals/",
        "signal": f"/signals/{made.signal.pk}/",
        "today": "/today/",
        "today, all units": f"/today/waves/{opened}/units/",
        "wave, open": f"/cycles/waves/{opened}/",
        "wave, closed": f"/cycles/waves/{wave}/",
        "letters": f"/cycles/waves/{opened}/letters/",
        "refused addresses": "/cycles/refused-addresses/",
        "cycles": "/cycles/",
        "cycle": f"/cycles/{cycle}/",
        "builder": f"/cycles/{draft}/edit/",
        "launch": f"/cycles/{draft}/launch/",
        "forecast": f"/cycles/{draft}/forecast/",
        "questions": "/questions/",
        "question": f"/questions/{question}/",
        "import": "/people/import/",
        "units": "/people/units/",
        "unit in the tree": f"/people/units/{department}/",
        "roles": "/people/roles/",
        "changes, entering": "/people/changes/",
        "someone's data": "/people/person/",
        "look of mails": "/people/look/",
        "privacy": "/privacy/",
        "privacy, a wave": f"/privacy/waves/{wave}/",
        "privacy, keeping": "/privacy/keeping/",
        "privacy, smallest group": "/privacy/smallest-group/",
        "reports": "/reports/",
        "tokens": "/tokens/",
        "API, units": "/api/v1/units",
        "API, waves": "/api/v1/waves",
        "API, participation": f"/api/v1/waves/{wave}/participation",
        "API, figures": f"/api/v1/waves/{wave}/figures",
        "API, actions": "/api/v1/actions",
    }


def pages_of_a_leader(made: History) -> Mapping[str, str]:
    unit = made.department.pk
    return {
        "leader: heatmap": "/heatmap/",
        "leader: own unit": f"/units/{unit}/",
        "leader: signals": "/signals/",
        "leader: actions": "/actions/",
        "leader: changes": "/changes/",
    }


def signed_in(user: User) -> Client:
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user)
    return client


@dataclass(frozen=True, slots=True)
class Visits:
    """Milliseconds waited at most by 95 and by 50 of 100, milliseconds of processor of one, and its bytes."""

    p95: float
    median: float
    processor: float
    size: int


def visits(web: Program, path: str, session: str) -> Visits:
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["PORT"]), timeout=60)

    def visit() -> tuple[float, int]:
        began = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": f"sessionid={session}"})
        response = connection.getresponse()
        content = response.read()
        if response.status != http.HTTPStatus.OK:
            raise RuntimeError(f"{path}: {response.status}")
        return time.perf_counter() - began, len(content)

    for _time in range(WARM_UP):
        visit()
    before = processor_seconds(web)
    waited, sizes = zip(*(visit() for _time in range(TIMES)), strict=True)
    worked = processor_seconds(web) - before
    p95, median = (1000 * float(np.percentile(waited, part)) for part in (95, 50))
    return Visits(p95, median, 1000 * worked / TIMES, max(sizes))


def calls_of(client: Client, path: str) -> int:
    """Of functions, in one request."""
    client.get(path)  # the first of a session does more
    profile = Profile()
    profile.runcall(client.get, path)
    return int(Stats(profile).total_calls)  # type: ignore[attr-defined]  # typeshed leaves it out


def first_look(client: Client, path: str) -> float:
    """The median in milliseconds of a few, each after what was found is forgotten."""
    waited = []
    for _time in range(FIRST_LOOKS):
        Finding.objects.all().delete()
        began = time.perf_counter()
        client.get(path)
        waited.append(time.perf_counter() - began)
    return 1000 * median(waited)


def queries_of(client: Client, path: str) -> int:
    client.get(path)  # the first of a session does more
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
        return len(captured)
