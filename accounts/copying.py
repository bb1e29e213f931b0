"""Writing many rows at once, by PostgreSQL's COPY."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from operator import index
from typing import Any, cast

from django.db import connection
from django.db.models import Model
from psycopg import sql


def copy_rows(model: type[Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Add `rows`, with values in the order of `fields`. A dict becomes JSON, a list an array of integers."""
    columns = [sql.Identifier(_column(model, field)) for field in fields]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(columns)
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([_as_text(value) for value in row])


def _as_text(value: Any) -> Any:
    """JSON and arrays are written out here: psycopg's way, made for any type, takes twice as long."""
    if isinstance(value, dict):
        return json.dumps(value)
    if isinstance(value, list):
        return f"{{{','.join(['NULL' if one is None else str(index(one)) for one in value])}}}"
    return value


def _column(model: type[Model], field: str) -> str:
    return cast(str, model._meta.get_field(field).get_attname_column()[1])  # type: ignore[union-attr]
