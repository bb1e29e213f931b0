"""Lets the database work, and wait for its disk, while this process does something else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection
from psycopg import errors, generators, pq

Statement = tuple[str, Sequence[Any]]


@contextmanager
def executed_meanwhile(*statements: Statement) -> Iterator[set[int]]:
    """Executes these in one commit. After the block the set holds the ids that the last one returned.

    The block may not use the database.
    """
    connection.ensure_connection()
    raw, found = connection.connection, set[int]()
    ops: Any = connection.ops  # its types leave `compose_sql` out
    composed = [ops.compose_sql(sql, values) for sql, values in statements]
    with connection.wrap_database_errors:
        raw.pgconn.send_query(";".join(composed).encode())
        raw.wait(generators.send(raw.pgconn))
    try:
        yield found
    finally:
        with connection.wrap_database_errors:
            results = raw.wait(generators.fetch_many(raw.pgconn))
            for result in results:
                if result.status not in (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK):
                    raise errors.error_from_result(result)
    found.update(int(result.get_value(row, 0)) for row in range(result.ntuples))
