"""Web, worker and beat as real processes on the database of a test."""

import urllib.request

import pytest

from tests.processes import LiveProcesses, wait_until

pytestmark = pytest.mark.processes


def test_the_web_process_answers(live_processes: LiveProcesses) -> None:
    live_processes.start("web")
    answer = urllib.request.urlopen(f"{live_processes.url}/health/")  # noqa: S310 - our own address
    assert answer.read() == b"ok\n"


def test_beat_has_the_worker_tick(live_processes: LiveProcesses) -> None:
    live_processes.environment["TICK_SECONDS"] = "1"
    worker = live_processes.start("worker")
    live_processes.start("beat")
    wait_until(lambda: "listening.tasks.tick" in worker.last_lines(200), what="a tick")
    wait_until(lambda: "succeeded" in worker.last_lines(200), what="the end of a tick")


def test_a_worker_that_is_killed_leaves_nothing_behind_and_another_goes_on(
    live_processes: LiveProcesses,
) -> None:
    live_processes.environment["TICK_SECONDS"] = "1"
    first = live_processes.start("worker")
    live_processes.start("beat")
    live_processes.kill(first)
    assert not first.alive()
    second = live_processes.start("worker")
    wait_until(lambda: "succeeded" in second.last_lines(200), what="a tick of the second worker")
