"""The embedded services start from whatever state their folder was left in."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from listening.embedded import DataFolder, ServiceError
from listening.embedded.folder import LONGEST_SOCKET_FOLDER
from listening.embedded.postgres import BINARIES, THROWAWAY_SETTINGS, Postgres
from listening.embedded.program import LOG_BYTES_KEPT, Program
from listening.embedded.valkey import Valkey
from tests.processes import wait_until

Starter = Callable[[DataFolder], Postgres]


@pytest.fixture
def start_postgres() -> Iterator[Starter]:
    started: list[Postgres] = []

    def start(folder: DataFolder) -> Postgres:
        server = Postgres(folder, own=THROWAWAY_SETTINGS)
        started.append(server)
        server.start()
        return server

    yield start
    for server in started:
        server.stop()


def query(folder: DataFolder, text: str) -> object:
    with psycopg.connect(folder.database_url(), autocommit=True) as connection:
        cursor = connection.execute(text.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def test_a_missing_folder_is_made_with_all_its_parents(folder: DataFolder, start_postgres: Starter) -> None:
    deeper = replace(folder, root=folder.root / "some" / "where")
    start_postgres(deeper)
    assert query(deeper, "SELECT current_database()") == "polsslag"


def test_data_survive_a_stop_and_a_start(folder: DataFolder, start_postgres: Starter) -> None:
    first = start_postgres(folder)
    query(folder, "CREATE TABLE kept AS SELECT 42 AS answer")
    first.stop()
    start_postgres(folder)
    assert query(folder, "SELECT answer FROM kept") == 42


def test_order_and_case_are_the_same_on_every_machine(folder: DataFolder, start_postgres: Starter) -> None:
    start_postgres(folder)
    assert query(folder, "SELECT upper('één')") == "ÉÉN"
    assert query(folder, "SELECT 'Z' < 'a'") is True


def test_an_initialisation_that_was_cut_off_is_begun_again(
    folder: DataFolder, start_postgres: Starter
) -> None:
    half = folder.root / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    start_postgres(folder)
    assert query(folder, "SELECT 1") == 1
    assert not half.exists()


def test_a_database_folder_without_a_version_is_set_aside_and_not_deleted(
    folder: DataFolder, start_postgres: Starter
) -> None:
    folder.postgres.mkdir()
    (folder.postgres / "something").write_text("perhaps wanted")
    start_postgres(folder)
    (aside,) = folder.root.glob("postgres.broken-*")
    assert (aside / "something").read_text() == "perhaps wanted"


def test_a_folder_of_another_version_is_refused_with_what_to_do(
    folder: DataFolder, start_postgres: Starter
) -> None:
    folder.postgres.mkdir()
    (folder.postgres / "PG_VERSION").write_text("16\n")
    with pytest.raises(ServiceError, match=r"made by PostgreSQL 16; this is PostgreSQL 18.*pg_upgrade"):
        start_postgres(folder)


def test_a_damaged_folder_is_refused_and_left_alone(folder: DataFolder, start_postgres: Starter) -> None:
    folder.postgres.mkdir()
    (folder.postgres / "PG_VERSION").write_text("18\n")
    with pytest.raises(ServiceError, match="damaged"):
        start_postgres(folder)
    assert (folder.postgres / "PG_VERSION").exists()


def test_a_lock_of_a_process_that_is_gone_is_removed(folder: DataFolder, start_postgres: Starter) -> None:
    start_postgres(folder).stop()
    (folder.postgres / "postmaster.pid").write_text("999999\n")
    start_postgres(folder)
    assert query(folder, "SELECT 1") == 1


def test_a_lock_whose_number_now_belongs_to_another_process_is_removed(
    folder: DataFolder, start_postgres: Starter
) -> None:
    start_postgres(folder).stop()
    (folder.postgres / "postmaster.pid").write_text(f"{os.getpid()}\n")
    start_postgres(folder)
    assert query(folder, "SELECT 1") == 1


def test_a_server_killed_without_warning_comes_back_with_its_data(
    folder: DataFolder, start_postgres: Starter
) -> None:
    first = Postgres(folder)
    first.start()
    query(folder, "CREATE TABLE kept AS SELECT 42 AS answer")
    assert first.process is not None
    first.process.kill()
    first.process.wait()
    start_postgres(folder)
    assert query(folder, "SELECT answer FROM kept") == 42


def test_the_last_child_of_a_killed_server_is_waited_for(folder: DataFolder, start_postgres: Starter) -> None:
    first = Postgres(folder)
    first.start()
    assert first.process is not None
    slow = psutil.Process(first.process.pid).children()[0]
    slow.suspend()
    first.process.kill()
    first.process.wait()
    waking = threading.Timer(1, slow.resume)
    waking.start()
    start_postgres(folder)
    waking.join()
    assert query(folder, "SELECT 1") == 1


def test_a_server_left_running_on_the_folder_is_replaced(folder: DataFolder, start_postgres: Starter) -> None:
    left = start_postgres(folder)
    start_postgres(folder)
    assert not left.alive()
    assert query(folder, "SELECT 1") == 1


def test_two_folders_run_side_by_side(folder: DataFolder, start_postgres: Starter) -> None:
    other = replace(folder, root=folder.root / "other")
    start_postgres(folder)
    start_postgres(other)
    query(folder, "CREATE TABLE only_here ()")
    assert query(other, "SELECT to_regclass('only_here')") is None


def test_no_port_is_opened(folder: DataFolder, start_postgres: Starter) -> None:
    postgres = start_postgres(folder)
    valkey = Valkey(folder)
    valkey.start()
    try:
        for program in (postgres, valkey):
            assert program.process is not None
            assert psutil.Process(program.process.pid).net_connections("inet") == []
    finally:
        valkey.stop()


def test_a_long_path_gets_its_sockets_elsewhere(folder: DataFolder, start_postgres: Starter) -> None:
    long = replace(folder, root=folder.root / ("a" * LONGEST_SOCKET_FOLDER))
    try:
        start_postgres(long)
        assert query(long, "SELECT 1") == 1
    finally:
        shutil.rmtree(long.sockets)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can close a folder to the service account")
def test_a_checkout_closed_to_everyone_else_stays_closed(
    folder: DataFolder, start_postgres: Starter, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.root.chmod(0o700)
    package = BINARIES.parents[1]
    libraries = package.with_name(f"{package.name}.libs")
    programs = shutil.copytree(BINARIES.parent, folder.root / package.name / BINARIES.parent.name)
    shutil.copytree(libraries, folder.root / libraries.name)
    monkeypatch.setattr("listening.embedded.postgres.BINARIES", programs / "bin")
    inside = replace(folder, root=folder.root / "data")
    start_postgres(inside)
    assert query(inside, "SELECT 1") == 1
    assert folder.root.stat().st_mode & 0o777 == 0o700


def test_valkey_answers_and_forgets(folder: DataFolder) -> None:
    valkey = Valkey(folder)
    for _ in range(2):
        valkey.start()
        client = redis.Redis.from_url(folder.valkey_url(3))
        assert client.get("kept") is None
        client.set("kept", "no")
        client.close()
        valkey.stop()


def test_a_service_that_cannot_start_gives_its_last_words(folder: DataFolder) -> None:
    server = Postgres(folder, own=THROWAWAY_SETTINGS)
    server.command = [*server.command, "-c", "shared_buffers=nonsense"]
    with pytest.raises(ServiceError, match="shared_buffers"):
        server.start()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems cannot tie a child to its parent")
def test_services_end_when_their_parent_is_killed(folder: DataFolder) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-m", "listening.embedded"],
        env={**os.environ, "POLSSLAG_DATA": str(folder.root)},
        cwd=Path(__file__).parents[2],
    )
    pid_file = folder.postgres / "postmaster.pid"
    wait_until(lambda: pid_file.exists() and "ready" in pid_file.read_text(), what="PostgreSQL's start")
    wait_until((folder.sockets / "valkey.sock").exists, what="Valkey's start")
    children = psutil.Process(parent.pid).children()
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    _, alive = psutil.wait_procs(children, timeout=10)
    assert len(children) == 2
    assert [child for child in alive if child.status() != psutil.STATUS_ZOMBIE] == []


def test_a_program_that_ignores_the_request_to_stop_is_killed_with_its_children(tmp_path: Path) -> None:
    script = "trap '' TERM; sleep 600 & echo started; while true; do sleep 1; done"
    program = Program("stubborn", ["sh", "-c", script], tmp_path / "stubborn.log", seconds_to_stop=0.5)
    program.start()
    wait_until(lambda: "started" in program.last_lines(), what="the start")
    assert program.process is not None
    family = psutil.Process(program.process.pid).children(recursive=True)
    program.stop()
    _, alive = psutil.wait_procs(family, timeout=5)
    assert [child for child in alive if child.status() != psutil.STATUS_ZOMBIE] == []


def test_a_log_that_grew_large_is_turned_while_it_is_written_to(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    program = Program("x", ["sh", "-c", "echo old; sleep 1; echo new"], log)
    program.start()
    wait_until(lambda: program.last_lines() == "old", what="the first line")
    with log.open("ab") as file:
        file.write(b"x" * LOG_BYTES_KEPT)
    program.turn_log()
    wait_until(lambda: not program.alive(), what="the end")
    assert log.read_text() == "new\n"
    assert log.with_suffix(".log.1").read_bytes().startswith(b"old\nxxx")
