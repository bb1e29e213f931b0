"""The database as the web process meets it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection
from psycopg import sql

from listening.embedded.folder import WEB_ROLE

from . import services


@contextmanager
def web_role() -> Iterator[None]:
    """With the rights of the web process; past Django, so that it counts as no query.

    Nothing in a test that has no database.
    """
    try:
        connection.ensure_connection()
    except RuntimeError:
        yield
        return
    become(WEB_ROLE)
    try:
        yield
    finally:
        become(None)


@contextmanager
def database_of_its_own(name: str) -> Iterator[None]:
    """A copy of this test database, for what several processes commit; thrown away at the end."""
    settings = connection.settings_dict
    shared = settings["NAME"]
    own = f"{shared}_{name}"
    connection.close()  # a database is copied, and dropped, while nobody uses it
    _run("CREATE DATABASE {} TEMPLATE {}", own, shared)
    settings["NAME"] = own
    try:
        yield
    finally:
        connection.close()
        settings["NAME"] = shared
        _run("DROP DATABASE {}", own)


def _run(statement: str, *databases: str) -> None:
    with psycopg.connect(services.folder.database_url("postgres"), autocommit=True) as server:
        server.execute(sql.SQL(statement).format(*map(sql.Identifier, databases)))


def become(role: str | None) -> None:
    """None: the owner of the tables again. A transaction that failed, or a closed connection, forgot it."""
    own: psycopg.Connection | None = connection.connection
    if own is None or own.closed or own.info.transaction_status == psycopg.pq.TransactionStatus.INERROR:
        return
    own.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)) if role else "RESET ROLE")
