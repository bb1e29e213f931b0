"""How long PostgreSQL takes to store rows at the least."""

from __future__ import annotations

import time
from collections.abc import Sequence

from django.db import connection
from psycopg import sql


def copy_seconds(tables: Sequence[str], column: str, value: int) -> float:
    """A bare COPY of the rows with that value, into tables without indexes or other rules."""
    return sum(copy_table(sql.Identifier(table), sql.Identifier(column), value) for table in tables)


def copy_table(table: sql.Identifier, column: sql.Identifier, value: int) -> float:
    wanted = sql.SQL("COPY (SELECT * FROM {} WHERE {} = {}) TO STDOUT").format(table, column, value)
    with connection.cursor() as cursor:
        with cursor.copy(wanted) as rows:
            content = b"".join(map(bytes, rows))
        cursor.execute(sql.SQL("CREATE TABLE bench_copy (LIKE {})").format(table))
        began = time.perf_counter()
        with cursor.copy("COPY bench_copy FROM STDIN") as copy:
            copy.write(content)
        seconds = time.perf_counter() - began
        cursor.execute("DROP TABLE bench_copy")
    return seconds
