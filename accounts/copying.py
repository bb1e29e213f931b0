"""Writing many rows at once, by PostgreSQL's COPY."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django.db import connection
from django.db.models import Model
from psycopg import sql
from psycopg.types.json import Jsonb


def copy_rows(model: type[Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Add `rows`, with values in the order of `fields`; a dict becomes JSON."""
    columns = [sql.Identifier(_column(model, field)) for field in fields]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(columns)
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([Jsonb(value) if isinstance(value, dict) else value for value in row])


def _column(model: type[Model], field: str) -> str:
    return cast(str, model._meta.get_field(field).get_attname_column()[1])  # type: ignore[union-attr]
