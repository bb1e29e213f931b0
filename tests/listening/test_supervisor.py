"""One command starts everything and ends everything, however it is stopped."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil
import psycopg
import pytest

from listening.embedded import DataFolder, ServiceError
from listening.embedded.program import Program
from listening.start import choose_port, remembered_key
from listening.supervisor import Supervisor, Watched, survivors
from listening.supervisor.lock import FolderLock
from tests.processes import wait_until
from tests.smtp import free_port

PROJECT = Path(__file__).parents[2]


@dataclass
class Run:
    """What `make up` starts, as a process of its own."""

    folder: DataFolder
    command: Sequence[str] = (sys.executable, "-m", "listening", "up")
    port: int = field(default_factory=free_port)
    environment: dict[str, str] = field(default_factory=dict)
    hangs_up: bool = False  # whether who reads the output goes away after the start
    process: subprocess.Popen[str] | None = None
    lines: list[str] = field(default_factory=list)
    family: list[psutil.Process] = field(default_factory=list)

    def start(self) -> None:
        self.lines.clear()
        self.process = subprocess.Popen(
            self.command,
            cwd=PROJECT,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        threading.Thread(target=self._read, args=[self.process.stdout], daemon=True).start()

    def wait_until_ready(self, seconds: float = 90) -> None:
        assert self.process is not None
        process = self.process
        wait_until(
            lambda: "Ctrl-C stops" in self.output or process.poll() is not None,
            seconds=seconds,
            what="the start",
        )
        assert process.poll() is None, self.output
        self.family = psutil.Process(process.pid).children(recursive=True)

    def send(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(60)

    def press_ctrl_c(self) -> None:
        """When it was started by make: a terminal's Ctrl-C reaches more than the first process."""
        assert self.process is not None
        for process in psutil.Process(self.process.pid).children():
            process.send_signal(signal.SIGINT)
        self.process.wait(60)

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    def left_over(self) -> list[psutil.Process]:
        _, alive = psutil.wait_procs(self.family, timeout=20)
        return [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]

    def _environment(self) -> dict[str, str]:
        ours = {"POLSSLAG_DATA": str(self.folder.root), "PORT": str(self.port)}
        dropped = {"DATABASE_URL", "REDIS_URL", "POLSSLAG_ENV"}
        return {**{k: v for k, v in os.environ.items() if k not in dropped}, **ours, **self.environment}

    def _read(self, output: IO[str]) -> None:
        """`output` is of one start: by the time it ends, the next may have begun."""
        for line in output:
            self.lines.append(line.rstrip())
            if self.hangs_up and "Ctrl-C stops" in line:
                break
        output.close()


@pytest.fixture
def run(folder: DataFolder) -> Iterator[Run]:
    run = Run(folder)
    yield run
    if run.process is not None and run.process.poll() is None:
        run.send(signal.SIGTERM)


def count_of_migrations(folder: DataFolder) -> int:
    with psycopg.connect(folder.database_url()) as connection:
        row = connection.execute("SELECT count(*) FROM django_migrations").fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.processes
def test_ctrl_c_ends_every_process_and_the_next_start_finds_the_data(run: Run) -> None:
    run.start()
    run.wait_until_ready()
    assert urllib.request.urlopen(f"http://127.0.0.1:{run.port}/health/").status == 200
    assert {"postgres", "valkey-server"} <= {process.name() for process in run.family}
    assert len(run.family) >= 8  # and web, its workers, worker, its children, beat
    migrations = count_of_migrations(run.folder)
    with psycopg.connect(run.folder.database_url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept ()")

    assert run.send(signal.SIGINT) == 0
    assert run.left_over() == []

    run.start()
    run.wait_until_ready()
    assert count_of_migrations(run.folder) == migrations
    with psycopg.connect(run.folder.database_url()) as connection:
        connection.execute("SELECT * FROM kept")
    assert run.send(signal.SIGTERM) == 0
    assert run.left_over() == []


@pytest.mark.processes
def test_nothing_outlives_a_killed_supervisor_and_a_second_start_is_refused_while_it_lives(run: Run) -> None:
    run.start()
    run.wait_until_ready()

    second = Run(run.folder, port=run.port)
    second.start()
    assert second.process is not None
    assert second.process.wait(30) == 1
    wait_until(lambda: "already runs" in second.output, what="the message")
    assert f"http://127.0.0.1:{run.port}" in second.output
    assert len(second.lines) == 1

    run.send(signal.SIGKILL)
    if sys.platform == "linux":
        assert run.left_over() == []
    run.start()
    run.wait_until_ready()
    assert run.send(signal.SIGINT) == 0
    assert run.left_over() == []


@pytest.mark.processes
def test_everything_ends_when_the_terminal_is_closed(run: Run) -> None:
    run.hangs_up = True
    run.start()
    run.wait_until_ready()
    assert run.send(signal.SIGHUP) == 0
    assert run.left_over() == []


@pytest.mark.processes
def test_a_stop_during_the_start_leaves_nothing_behind(run: Run) -> None:
    run.start()
    assert run.process is not None
    wait_until((run.folder.sockets / ".s.PGSQL.5432").exists, what="PostgreSQL's start")
    run.family = psutil.Process(run.process.pid).children(recursive=True)
    assert run.send(signal.SIGINT) == 0
    assert run.left_over() == []


@pytest.mark.processes
def test_a_server_of_your_own_is_used_and_none_is_started_for_it(run: Run) -> None:
    run.environment = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}
    run.start()
    assert run.process is not None
    assert run.process.wait(60) == 1
    wait_until(lambda: "Stopped" in run.output, what="the message")
    assert "could not be brought up to date" in run.output
    assert not run.folder.postgres.exists()


def test_a_program_that_stops_is_started_again_after_a_pause_that_grows(tmp_path: Path) -> None:
    watched = Watched(Program("brief", ["true"], tmp_path / "brief.log"))
    watched.start()
    pauses = []
    for _ in range(3):
        wait_until(lambda: not watched.program.alive(), what="the end")
        watched.look()
        assert watched.next_start is not None
        pauses.append(round(watched.next_start - time.monotonic()))
        watched.next_start = 0.0
        watched.look()
    assert pauses == [1, 2, 4]


def test_a_program_that_ran_well_for_a_minute_starts_again_at_once(tmp_path: Path) -> None:
    watched = Watched(Program("brief", ["true"], tmp_path / "brief.log"), failures=5)
    watched.start()
    wait_until(lambda: not watched.program.alive(), what="the end")
    watched.started -= 61
    watched.look()
    assert watched.failures == 1


def test_services_stop_after_the_programs_that_use_them(folder: DataFolder) -> None:
    order = folder.root / "order"

    def program(name: str, pause: str) -> Program:
        at_end = f"sleep {pause}; echo {name} >> {order}; exit 0"
        script = f"trap '{at_end}' TERM; echo ready; while :; do sleep 0.05; done"
        return Program(name, ["sh", "-c", script], folder.logs / f"{name}.log")

    service, user = program("service", "0"), program("user", "0.3")
    supervisor = Supervisor(folder)
    for each in (service, user):
        supervisor.start(each)
        wait_until(lambda each=each: "ready" in each.last_lines(), what="the start")  # type: ignore[misc]
    supervisor.stop([service])
    assert order.read_text().split() == ["user", "service"]


def test_what_an_earlier_supervisor_left_is_ended_and_nothing_else(folder: DataFolder) -> None:
    left = Program("left", ["sleep", "600"], folder.logs / "left.log")
    left.start()
    survivors.record(folder, [left])
    survivors.end_survivors(folder)
    wait_until(lambda: not left.alive(), what="the end")

    other = Program("other", ["sleep", "600"], folder.logs / "other.log")
    other.start()
    survivors.record(folder, [other])
    record = folder.root / "processes.json"
    record.write_text(record.read_text().replace('"born": 1', '"born": 2'))  # the number was given out again
    survivors.end_survivors(folder)
    assert other.alive()
    other.stop()


def test_a_lock_is_free_again_as_soon_as_its_holder_is_gone(folder: DataFolder) -> None:
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time; from pathlib import Path; from listening.embedded import DataFolder\n"
            "from listening.supervisor.lock import FolderLock\n"
            "FolderLock(DataFolder(Path(sys.argv[1]))).take(); print('held', flush=True); time.sleep(600)",
            str(folder.root),
        ],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(ServiceError, match=f"already runs.*process {holder.pid}"):
        FolderLock(folder).take()
    holder.kill()
    holder.wait()
    FolderLock(folder).take()


def test_a_chosen_port_that_is_taken_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServiceError, match=f"Port {port} is in use"):
            choose_port("127.0.0.1", str(port))


@pytest.mark.parametrize("port", ["eighty", "0", "70000", "-1"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(ServiceError, match=f"PORT is '{port}'; give a number"):
        choose_port("127.0.0.1", port)


def test_a_host_of_another_machine_is_refused_with_what_to_set() -> None:
    with pytest.raises(ServiceError, match=r"may not listen on 192\.0\.2\.1.*Set HOST or PORT"):
        choose_port("192.0.2.1", None)


def test_the_secret_key_is_made_once_and_kept_from_others(folder: DataFolder) -> None:
    key = remembered_key(folder)
    assert len(key) >= 50
    assert remembered_key(folder) == key
    assert (folder.root / "secret-key").stat().st_mode & 0o777 == 0o600


def test_without_a_chosen_port_the_next_free_one_is_taken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr("listening.start.FIRST_PORT", port)
        assert choose_port("127.0.0.1", None) > port
        assert f"Port {port} is in use" in capsys.readouterr().out
