"""Who may do what in the database: the web process cannot read answers.

Two roles beside the owner of the tables, who migrates. The worker's may do all that work needs. The web's may
put a sealed answer in and read what was released. Tables behind the wall are closed to it, also for a query
that somebody forgot to scope, or smuggled in. A table of `results` not named here is closed by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from psycopg import sql

from .embedded.folder import WEB_ROLE, WORKER_ROLE

BEHIND_THE_WALL = "results_"
WORK = "SELECT, INSERT, UPDATE, DELETE"
# Table → what the web process may do with it. Of others: all, or nothing behind the wall.
WEB_MAY: Mapping[str, str] = {
    "surveys_submission": "INSERT",
    "surveys_ticket": "SELECT, INSERT",  # a second answer needs a ticket to be gone
    "results_release": "SELECT",
    "results_participation": "SELECT",
    "results_waveverdict": "SELECT",
    # Made of what was released: the worker raises, people look and say what they do about it.
    "results_signal": "SELECT, UPDATE (state, reason, changed_at)",
    "results_digestchoice": "SELECT, INSERT, UPDATE",
    "results_signalrun": "SELECT",
    "results_finding": "SELECT, INSERT",  # whoever looks first keeps what was found for the next
    "results_commenttopic": "SELECT",
    "results_signalsetting": "SELECT, INSERT, UPDATE",
    "results_commentpool": "SELECT",
    "results_releasedcomment": "SELECT",
    "results_commentmark": "SELECT, INSERT",
    "results_filterband": "SELECT",
    "results_filterfigure": "SELECT",
    "results_filteroutcome": "SELECT",
    # Which groups are released as one, for the privacy officer's export; not what they answered, or by trait.
    "results_atom": "SELECT (wave_id, unit_id, step, people, own_groups)",
    "results_block": "SELECT (id, organisation_id, wave_id, question_id, unit_id, own_groups)",
    # HR's own figures, and how they moved with released ones.
    "results_indicator": WORK,
    "results_indicatorvalue": WORK,
    "results_leadlag": "SELECT, DELETE",
    "actions_action": "SELECT, INSERT, UPDATE",  # what was agreed is closed, and never gone
    "accounts_auditevent": "SELECT, INSERT",
    # What messages to other systems are signed with: made there, and used by the worker alone.
    "accounts_webhooksecret": "SELECT (id, webhook_id, made_at, ends_at), INSERT, UPDATE (ends_at), DELETE",
    "django_migrations": "SELECT",
}


def grant_rights(**_signal: Any) -> None:
    """Set the rights of both roles anew, after each migrate; nothing when the server has no such roles."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s)", [[WEB_ROLE, WORKER_ROLE]])
        if cursor.fetchone() != (2,):
            return
        tables = connection.introspection.table_names(cursor)
        cursor.execute(sql.SQL(";\n").join(_rights(tables)))


def _rights(tables: list[str]) -> list[sql.Composed]:
    """One transaction, so there is no moment in which anyone may do more than in the end."""
    web, worker = sql.Identifier(WEB_ROLE), sql.Identifier(WORKER_ROLE)
    both = sql.SQL(", ").join([web, worker])
    return [
        sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(both),
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(both),
        sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(both),
        sql.SQL("GRANT {} ON ALL TABLES IN SCHEMA public TO {}").format(sql.SQL(WORK), worker),
        *(
            sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(web_may(table)), sql.Identifier(table), web)
            for table in sorted(tables)
            if web_may(table)
        ),
    ]


def web_may(table: str) -> str:
    return WEB_MAY.get(table, "" if table.startswith(BEHIND_THE_WALL) else WORK)


def make_roles(passwords: Mapping[str, str]) -> None:
    """Make the roles, and give them these passwords (role → password; empty: none). Needs CREATEROLE."""
    with connection.cursor() as cursor:
        for role in (WEB_ROLE, WORKER_ROLE):
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            words = sql.SQL("ALTER" if cursor.fetchone() else "CREATE")
            password = sql.Literal(passwords.get(role) or None)
            cursor.execute(
                sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(words, sql.Identifier(role), password)
            )
