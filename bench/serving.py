"""The web server of the product, as it runs in production, to measure over HTTP."""

from __future__ import annotations

import os
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
from django.conf import settings

from listening.embedded import DataFolder
from listening.embedded.program import Program
from listening.start import Start


@contextmanager
def web_server(folder: DataFolder, **environment: str) -> Iterator[Program]:
    port = int(os.environ["PORT"])
    start = Start(False, folder, "127.0.0.1", port, {**os.environ, **environment})
    web = next(program for program in start.programs() if program.name == "web")
    web.start()
    try:
        _wait_for(web)
        yield web
    finally:
        web.stop()


def processor_seconds(web: Program) -> float:
    """What the server and its workers have used so far."""
    assert web.process is not None
    server = psutil.Process(web.process.pid)
    times = [one.cpu_times() for one in (server, *server.children(recursive=True))]
    return float(sum(one.user + one.system for one in times))


def _wait_for(web: Program) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{settings.BASE_URL}/health/", timeout=5).close()  # noqa: S310
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"The web server did not start:\n{web.last_lines()}")
