"""A command without a database server of its own runs one for its time, and stops nobody else's."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from listening.embedded import DataFolder, ServiceError
from listening.embedded.postgres import THROWAWAY_SETTINGS, Postgres
from listening.embedded.valkey import Valkey
from listening.supervisor.borrowing import postgres_answers, services_running, valkey_answers
from listening.supervisor.lock import FolderLock
from tests.processes import wait_until

PROJECT = Path(__file__).parents[2]
BOTH = ("postgres", "valkey")


def is_running(folder: DataFolder) -> bool:
    return postgres_answers(folder) or valkey_answers(folder)


@contextmanager
def kept_running(folder: DataFolder) -> Iterator[None]:
    """As a supervisor does."""
    services = [Postgres(folder, own=THROWAWAY_SETTINGS), Valkey(folder)]
    try:
        for service in services:
            service.start()
        yield
    finally:
        for service in reversed(services):
            service.stop()


def test_services_run_for_the_time_of_one_command(folder: DataFolder) -> None:
    with services_running(folder, BOTH, who="a test"):
        assert postgres_answers(folder)
        assert valkey_answers(folder)
        with pytest.raises(ServiceError, match="a test, process"):
            FolderLock(folder).take()

    assert not is_running(folder)
    FolderLock(folder).take()


def test_services_that_run_already_are_used_and_left_running(folder: DataFolder) -> None:
    with kept_running(folder):
        with services_running(folder, BOTH, who="a test"):
            pass
        assert postgres_answers(folder)
        assert valkey_answers(folder)


def test_who_starts_them_waits_for_the_others_who_use_them(folder: DataFolder) -> None:
    second_may_end, second_runs = threading.Event(), threading.Event()

    def second() -> None:
        with services_running(folder, BOTH, who="the second"):
            second_runs.set()
            second_may_end.wait(30)
            still_there.append(postgres_answers(folder))

    still_there: list[bool] = []
    thread = threading.Thread(target=second)
    first = threading.Thread(target=lambda: use_until(folder, second_runs))
    first.start()
    wait_until(lambda: postgres_answers(folder), seconds=60)
    thread.start()
    second_runs.wait(30)
    first.join(0.5)
    assert first.is_alive()

    second_may_end.set()
    first.join(30)
    thread.join(30)

    assert still_there == [True]
    assert not is_running(folder)


def use_until(folder: DataFolder, event: threading.Event) -> None:
    with services_running(folder, BOTH, who="the first"):
        event.wait(30)


@pytest.mark.processes
def test_manage_py_needs_no_server_and_no_variables(folder: DataFolder) -> None:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME"}}

    outcome = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0"],
        cwd=PROJECT,
        env={**kept, "POLSSLAG_DATA": str(folder.root)},
        capture_output=True,
        text=True,
    )

    assert outcome.returncode == 0, outcome.stderr
    assert not is_running(folder)
