"""What open dashboards cost one web process while they follow a wave."""

from __future__ import annotations

import time
from collections.abc import Iterator

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dashboards.polling import news_url
from listening.replay.founding import root_of

from . import organisations
from .measures import Measure

DASHBOARDS, SECONDS = 500, 20  # each asks this often, see templates/components/news.html
PEOPLE, UNITS = 2_000, 200
POLLS = 500
MOST_MILLISECONDS, MOST_OF_A_CORE = 3, 20


def measures() -> Iterator[Measure]:
    wave = organisations.made("live", people=PEOPLE, units=UNITS)
    root = root_of(wave.organisation)
    client = Client(headers={"host": "127.0.0.1"})
    address = news_url(wave.organisation_id, root.pk)
    tag = client.get(address).headers["ETag"]

    def poll() -> None:
        assert client.get(address, headers={"if-none-match": tag}).status_code == 304

    poll()
    with CaptureQueriesContext(connection) as taken:
        poll()
    yield Measure("queries of a poll without news", len(taken), "", at_most=1)
    began, processor = time.perf_counter(), time.process_time()
    for _poll in range(POLLS):
        poll()
    waited = 1000 * (time.perf_counter() - began) / POLLS
    worked = 1000 * (time.process_time() - processor) / POLLS
    yield Measure("a poll without news", waited, "ms", at_most=MOST_MILLISECONDS)
    yield Measure("its work in the web process", worked, "ms")
    share = 100 * worked / 1000 * DASHBOARDS / SECONDS
    yield Measure(f"{DASHBOARDS} open dashboards, of a core", share, "%", at_most=MOST_OF_A_CORE)
