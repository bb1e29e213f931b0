"""Whoever takes over the web process, or smuggles SQL into it, still reads no answers."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction
from psycopg import sql

from listening.database_roles import web_may
from surveys.models import Submission
from tests.database import web_role
from tests.waves import open_wave

pytestmark = pytest.mark.django_db

# Of HR and of leaders, for themselves; and HR's own figures.
CHOICES = {"results_signalsetting", "results_digestchoice"}
OWN = {"results_indicator", "results_indicatorvalue", "results_leadlag"}
TABLES = {model._meta.db_table for model in apps.get_app_config("results").get_models()}
WALLED = ["surveys_submission", *sorted(TABLES - CHOICES - OWN)]
RELEASED = {
    "results_release",
    "results_participation",
    "results_atom",
    "results_waveverdict",
    "results_filterband",
    "results_filterfigure",
    "results_filteroutcome",
    "results_commentpool",
    "results_releasedcomment",
    "results_commentmark",
    "results_commenttopic",
    "results_finding",  # made of what was released
    "results_signal",
    "results_signalrun",
}


def tried(statement: str, table: str) -> None:
    """Run this as the web process; `{}` is the table."""
    with web_role(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(sql.Identifier(table)))


def refused() -> Any:
    return pytest.raises(ProgrammingError, match=r"permission denied|must be owner")


@pytest.mark.parametrize("table", sorted(set(WALLED) - RELEASED))
def test_it_reads_nothing_that_figures_are_made_of(table: str) -> None:
    with refused():
        tried("SELECT * FROM {}", table)


def test_of_a_block_it_reads_who_is_in_it_and_not_what_they_answered() -> None:
    tried("SELECT unit_id, own_groups FROM {}", "results_block")
    for statement in ("SELECT counts FROM {}", "SELECT n FROM {}"):
        with refused():
            tried(statement, "results_block")


@pytest.mark.parametrize("table", WALLED)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {}", "LOCK {}", "DROP TABLE {}"])
def test_it_changes_no_answer_and_no_figure(statement: str, table: str) -> None:
    with refused():
        tried(statement, table)


@pytest.mark.parametrize("table", sorted(RELEASED))
def test_it_reads_what_was_released(table: str) -> None:
    tried("SELECT 1 FROM {}", table)


def test_of_a_signal_it_changes_what_is_done_about_it_and_not_what_was_found() -> None:
    tried("UPDATE {} SET state = 'seen'", "results_signal")
    for statement in ("UPDATE {} SET size = 0", "UPDATE {} SET evidence = '{{}}'"):
        with refused():
            tried(statement, "results_signal")


def test_it_puts_answers_in_without_seeing_them() -> None:
    built = open_wave({"City": 2})
    with web_role():
        built.answer("City", [[3, 4]])
    assert Submission.objects.count() == 1


@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET day = day", "TRUNCATE {}"])
def test_it_cannot_take_back_that_someone_answered(statement: str) -> None:
    """Else a second answer would be taken."""
    tried("SELECT 1 FROM {}", "surveys_ticket")
    with refused():
        tried(statement, "surveys_ticket")


def test_it_does_not_become_another_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role('polsslag_web', 'polsslag', 'MEMBER')")
        assert cursor.fetchone() == (False,)
        cursor.execute(
            "SELECT rolsuper OR rolcreaterole OR rolbypassrls FROM pg_roles WHERE rolname = 'polsslag_web'"
        )
        assert cursor.fetchone() == (False,)


def test_a_new_table_behind_the_wall_is_closed_until_someone_opens_it() -> None:
    assert web_may("results_something_new") == ""
