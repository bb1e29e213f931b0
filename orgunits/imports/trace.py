"""Rows as they were before and after an import, so that it can be undone exactly or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _
from psycopg import sql

from accounts.models import User
from orgunits.imports.problems import ImportRefusedError
from orgunits.models import Employee, ImportRun, ImportTrace, OrgUnit, RoleGrant, UnitLineage

TRACED: tuple[type[models.Model], ...] = (UnitLineage, RoleGrant, Employee, OrgUnit, User)
NAMED = 3  # examples in a message


class Trace:
    """What one import touches. First `touch` the rows, then write them, then `finish`."""

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        self.touched: set[type[models.Model]] = set()

    def touch(self, model: type[models.Model], ids: Sequence[int]) -> None:
        """Keep these rows as they are now; one that does not exist yet will be one that the import made."""
        if not ids:
            return
        self.touched.add(model)
        execute(
            """
            INSERT INTO {trace} (organisation_id, run_id, "table", "row", before)
            SELECT %s, %s, %s, touched.id, to_jsonb(now)
            FROM unnest(%s::bigint[]) AS touched (id) LEFT JOIN {table} AS now ON now.id = touched.id
            """,
            model,
            [self.run.organisation_id, self.run.pk, model._meta.db_table, ids],
        )

    def made(self, model: type[models.Model], ids: Sequence[int]) -> None:
        """Rows that the import has just made."""
        if not ids:
            return
        self.touched.add(model)
        execute(
            """
            INSERT INTO {trace} (organisation_id, run_id, "table", "row")
            SELECT %s, %s, %s, made.id FROM unnest(%s::bigint[]) AS made (id)
            """,
            model,
            [self.run.organisation_id, self.run.pk, model._meta.db_table, ids],
        )

    def finish(self) -> None:
        for model in self.touched:
            execute(
                """
                UPDATE {trace} AS trace SET after = to_jsonb(now) FROM {table} AS now
                WHERE trace.run_id = %s AND trace."table" = %s AND now.id = trace."row"
                """,
                model,
                [self.run.pk, model._meta.db_table],
            )


def undo(run: ImportRun) -> None:
    """Put everything back as it was before. Raises ImportRefusedError, and changes nothing, when that
    would throw away what happened later. Hold the tree's lock."""
    forget_users_in_use(run)
    for model in TRACED:
        refuse_when_changed(run, model)
        refuse_when_in_use(run, model)
    try:
        with transaction.atomic():
            put_back(run)
            execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED", OrgUnit, [])
    except IntegrityError as error:
        raise ImportRefusedError(
            _("This import cannot be undone: later changes use the addresses or units that it freed.")
        ) from error
    refuse_namesakes(run)


def put_back(run: ImportRun) -> None:
    execute(
        """
        UPDATE {table} AS now SET email = '' FROM {trace} AS trace
        WHERE trace.run_id = %s AND trace."table" = %s AND now.id = trace."row"
        AND trace.before IS NOT NULL AND trace.before ->> 'email' <> now.email
        """,
        Employee,  # addresses change hands; the index checks each row as it comes
        [run.pk, Employee._meta.db_table],
    )
    for model in TRACED:
        execute(
            """
            DELETE FROM {table} AS now USING {trace} AS trace
            WHERE trace.run_id = %s AND trace."table" = %s AND now.id = trace."row" AND trace.before IS NULL
            """,
            model,
            [run.pk, model._meta.db_table],
        )
        names = [sql.Identifier(str(field.column)) for field in model._meta.concrete_fields]
        columns = sql.Composed([sql.SQL("{0} = was.{0}").format(name) for name in names]).join(", ")
        execute(
            """
            UPDATE {table} AS now SET {columns}
            FROM {trace} AS trace, {table} AS base, jsonb_populate_record(base, trace.before) AS was
            WHERE trace.run_id = %s AND trace."table" = %s AND trace.before IS NOT NULL
            AND now.id = trace."row" AND base.id = trace."row"
            """,
            model,
            [run.pk, model._meta.db_table],
            columns=columns,
        )


# Reasons not to


def forget_users_in_use(run: ImportRun) -> None:
    """Someone who got an account by the import and has used it keeps it; without roles it opens nothing."""
    used = {row for row, _after in changed(run, User)} | set(in_use(run, User))
    ImportTrace.objects.filter(run=run, table=User._meta.db_table, row__in=used).delete()


def refuse_when_changed(run: ImportRun, model: type[models.Model]) -> None:
    found = [described(model, after) for _row, after in changed(run, model)]
    if found:
        raise ImportRefusedError(
            _("This import cannot be undone: changed since then: %(what)s.") % {"what": listed(found)}
        )


def refuse_when_in_use(run: ImportRun, model: type[models.Model]) -> None:
    users = sorted(set(in_use(run, model).values()))
    if users:
        raise ImportRefusedError(
            _("This import cannot be undone: people or units that it added are used since then by: %(what)s.")
            % {"what": listed(users)}
        )


def refuse_namesakes(run: ImportRun) -> None:
    """An undone import must leave units that the next file can tell apart."""
    found = execute(
        """
        SELECT name FROM {table} WHERE organisation_id = %s AND ended_on IS NULL AND depth > 1
        GROUP BY left(path, -4), name HAVING count(*) > 1
        """,
        OrgUnit,
        [run.organisation_id],
    )
    if found:
        raise ImportRefusedError(
            _("This import cannot be undone: there would be two units with the same name: %(what)s.")
            % {"what": listed([name for (name,) in found])}
        )


def changed(run: ImportRun, model: type[models.Model]) -> list[tuple[int, dict[str, Any]]]:
    """Rows that are not as the import left them: the id, and how it left them.

    Only columns that were there then are compared, so a newer release can undo it as well.
    """
    found = execute(
        """
        SELECT trace."row", trace.after::text
        FROM {trace} AS trace LEFT JOIN {table} AS now ON now.id = trace."row"
        WHERE trace.run_id = %s AND trace."table" = %s
        AND (now.id IS NULL OR to_jsonb(now) || trace.after <> to_jsonb(now))
        ORDER BY trace."row" LIMIT 100
        """,
        model,
        [run.pk, model._meta.db_table],
    )
    return [(row, json_of(after)) for row, after in found]


def in_use(run: ImportRun, model: type[models.Model]) -> dict[int, str]:
    """Rows that the import made and that others, which it did not touch, point at: the id → what they are."""
    found: dict[int, str] = {}
    for holder, column in pointing_at(model):
        rows = execute(
            """
            SELECT DISTINCT trace."row"
            FROM {trace} AS trace JOIN {holder} AS holder ON holder.{column} = trace."row"
            WHERE trace.run_id = %s AND trace."table" = %s AND trace.before IS NULL
            AND NOT EXISTS (
                SELECT FROM {trace} AS own
                WHERE own.run_id = trace.run_id AND own."table" = %s AND own."row" = holder.id
            )
            """,
            model,
            [run.pk, model._meta.db_table, holder._meta.db_table],
            holder=sql.Identifier(holder._meta.db_table),
            column=sql.Identifier(column),
        )
        found |= {row: name_of(holder) for (row,) in rows}
    return found


def pointing_at(model: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    """Every column of any app that holds an id of this table.

    Tables of answers, whose keys are no numbers, are never looked at: with an answer there is a wave.
    """
    for holder in apps.get_models(include_auto_created=True):
        if not isinstance(holder._meta.pk, models.AutoField | models.BigAutoField):
            continue
        for field in holder._meta.local_concrete_fields:
            if field.related_model is model:
                yield holder, str(field.column)


def name_of(holder: type[models.Model]) -> str:
    """Tables of later stations are known by name only."""
    known = {
        "orgunits.Employee": _("people"),
        "orgunits.RoleGrant": _("roles"),
        "surveys.Invitation": _("invitations"),
        "surveys.WaveUnit": _("a wave"),
        "surveys.Cycle_units": _("a cycle"),
    }
    return known.get(holder._meta.label, str(holder._meta.verbose_name_plural))


def described(model: type[models.Model], after: dict[str, Any]) -> str:
    if model is Employee:
        return str(after["employee_id"])
    if model is OrgUnit:
        return str(after["name"])
    return _("a role")


def listed(names: list[str]) -> str:
    shown = ", ".join(dict.fromkeys(names[:NAMED]))
    return f"{shown}, …" if len(names) > NAMED else shown


def json_of(text: str | None) -> dict[str, Any]:
    return dict(json.loads(text)) if text else {}


def execute(
    query: str, model: type[models.Model], params: list[Any], **parts: sql.Composable
) -> list[tuple[Any, ...]]:
    statement = sql.SQL(query).format(
        trace=sql.Identifier(ImportTrace._meta.db_table), table=sql.Identifier(model._meta.db_table), **parts
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall() if cursor.description else []
