"""Signals that go on, as pages about something else show them.

Written out: making the same as a QuerySet took longer than all else on some of these pages.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import cached_property
from typing import Any, NamedTuple

from django.db import connection

from accounts.models import Organisation
from results.signals.models import Signal, Titled
from results.signals.queries import shown_waves
from results.signals.telling import LIKELY
from surveys.models import Theme

# At or below some units, and part of no other signal there: as `results.signals.queries.unexplained`.
HEADS = """
    WITH here AS (
        SELECT signal.*, unit.name FROM results_signal AS signal
        JOIN orgunits_orgunit AS unit ON unit.id = signal.unit_id
        WHERE signal.organisation_id = %(organisation)s AND unit.path LIKE ANY(%(paths)s)
        AND fell_back_after_id IS NULL AND state <> 'closed'
    )
    SELECT count(*) OVER (), here.id, state, here.kind, topic, evidence ->> 'terms', unit_id, here.name,
        name_en, name_nl, other_languages
    FROM here LEFT JOIN surveys_theme AS theme ON theme.id = theme_id
    WHERE wave_id = ANY(%(released)s) AND (within_id IS NULL OR within_id NOT IN (SELECT id FROM here))
    AND state = ANY(%(states)s) AND (evidence -> 'probability')::float >= %(likely)s
    ORDER BY weight DESC, here.id LIMIT %(most)s
"""
# Of each unit and theme the weightiest.
MARKS = """
    SELECT DISTINCT ON (unit_id, theme_id) unit_id, theme_id, id FROM results_signal
    WHERE organisation_id = %(organisation)s AND unit_id = ANY(%(units)s) AND theme_id IS NOT NULL
    AND wave_id = ANY(%(released)s) AND fell_back_after_id IS NULL AND state <> 'closed'
    AND (evidence -> 'probability')::float >= %(likely)s
    ORDER BY unit_id, theme_id, weight DESC, id
"""


class Head(NamedTuple):
    """A signal that stands for itself. `state`: as pages call it."""

    titled: Titled
    state: str


class Ongoing:
    """Of one organisation; one query for all, and one for each question."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation

    @cached_property
    def _released(self) -> list[int]:
        return list(shown_waves(self.organisation))

    def heads(
        self,
        paths: Collection[str],
        *,
        most: int,
        states: Collection[str] = Signal.State.values,
        likely: float = 0.0,
    ) -> tuple[list[Head], int]:
        """The weightiest in the units with these paths and those below them, and how many there are.

        `likely`: how probable it is at least that it is more than chance.
        """
        rows = self._rows(
            HEADS, paths=[f"{path}%" for path in paths], states=list(states), likely=likely, most=most
        )
        return [_head(*told) for _total, *told in rows], rows[0][0] if rows else 0

    def marks(self, unit_ids: Collection[int]) -> dict[tuple[int, int], int]:
        """By unit and theme, the weightiest signal that is no mere chance."""
        rows = self._rows(MARKS, units=list(unit_ids), likely=LIKELY)
        return {(unit_id, theme_id): pk for unit_id, theme_id, pk in rows}

    def _rows(self, statement: str, **asked: Any) -> list[Any]:
        of_all: dict[str, Any] = {"organisation": self.organisation.pk, "released": self._released}
        with connection.cursor() as cursor:
            cursor.execute(statement, of_all | asked)
            return list(cursor.fetchall())


def _head(
    pk: int, state: str, kind: str, topic: str, terms: str | None, unit_id: int, unit: str, *theme: Any
) -> Head:
    titled = Titled(pk, kind, topic, json.loads(terms or "null"), unit_id, unit, _name(*theme))
    return Head(titled, str(Signal.State(state).label))


def _name(english: str | None, dutch: str, others: str) -> str:
    """Of a theme, in the language in use; "" for a signal without one."""
    if english is None:
        return ""
    return Theme(name_en=english, name_nl=dutch, other_languages=json.loads(others)).name
