"""Programs that load ahead wait for the word of the one that started them."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from listening.embedded.program import Program
from listening.start import is_free
from listening.waiting import WAITS
from tests.processes import LiveProcesses, wait_until

LOADS_AND_GOES_ON = (
    "from listening.waiting import wait_for_word\n"
    "print('loaded', flush=True)\n"
    "wait_for_word()\n"
    "print('went on', flush=True)\n"
)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program("one", [sys.executable, "-c", LOADS_AND_GOES_ON], tmp_path / "one.log", waits=True)


def test_it_goes_on_when_it_is_told_to_and_never_waits_again(program: Program) -> None:
    program.start()
    wait_until(lambda: "loaded" in program.last_lines(), what="loading")
    assert program.alive()
    assert "went on" not in program.last_lines()
    program.go_on()
    wait_until(lambda: not program.alive(), what="the end")
    program.start()
    wait_until(lambda: program.last_lines().count("went on") == 2, what="the end of a second start")
    program.stop()


def test_one_that_is_gone_by_then_is_no_error(program: Program) -> None:
    program.start()
    program.stop()
    program.go_on()


def test_without_the_one_that_started_it_it_ends() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADS_AND_GOES_ON],
        stdin=subprocess.DEVNULL,
        env={WAITS: "1"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "loaded\n")


@pytest.mark.processes
def test_the_web_process_does_not_listen_before(live_processes: LiveProcesses) -> None:
    web = live_processes.program("web")
    web.waits = True
    web.start()
    live_processes.running.append(web)
    time.sleep(3)  # it loads in two
    assert is_free("127.0.0.1", live_processes.port)
    web.go_on()
    wait_until(lambda: live_processes.web_answers(web), what="an answer")
