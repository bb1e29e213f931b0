"""Worker processes that are held at a step by a lock of the test, and killed there."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from typing import Any

import psycopg
from django.db import connection
from psycopg import sql

from tests.processes import wait_until

from . import killed

# A server that has imported everything forks the workers, so each is there at once.
FORKING = multiprocessing.get_context("forkserver")
FORKING.set_forkserver_preload([killed.__name__])


def kill_at(table: str, name: str, *arguments: Any) -> None:
    """Start the work, let it come to where it first writes to the table, and end it there by SIGKILL."""
    with writing_held(table):
        worker = start(name, *arguments)
        wait_until(lambda: bool(waiting()) or not worker.is_alive(), what=f"{name} writing to {table}")
        assert worker.is_alive(), f"{name} ended without writing to {table}"
        worker.kill()
        worker.join()
        # Ends the server's side as well, as if its statement had never arrived.
        for pid in waiting():
            terminate(pid)
        wait_until(lambda: not waiting(), what="the end of its connection")


def start(name: str, *arguments: Any) -> BaseProcess:
    worker = FORKING.Process(
        target=killed.work, args=(connection.settings_dict["NAME"], name, *arguments), daemon=True
    )
    worker.start()
    return worker


@contextmanager
def writing_held(table: str) -> Iterator[None]:
    """Others can read the table, but wait when they write to it."""
    with psycopg.connect(**connection.get_connection_params()) as holder:
        holder.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE").format(sql.Identifier(table)))
        yield
        holder.rollback()


def waiting() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return [pid for (pid,) in cursor.fetchall()]


def terminate(pid: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
