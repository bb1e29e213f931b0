"""Counting: from responses to one array per wave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import cast

import numpy as np
from django.db import connection
from django.db.models import Count

from results.disclosure.cells import Celled
from results.disclosure.pooling import NOWHERE, Counts, Mask, Tree
from results.models import Response
from surveys.answering.keys import LostKeyError
from surveys.answering.traits import opener
from surveys.models import Ticket, Wave, WaveQuestion, WaveUnit


class WaveFrame:
    """The axes of a wave's arrays: its units in preorder and its scored questions."""

    def __init__(self, wave: Wave) -> None:
        units = WaveUnit.objects.filter(wave=wave).order_by("position")
        rows = list(units.values_list("unit_id", "parent_position", "invited"))
        self.unit_ids = [unit_id for unit_id, _, _ in rows]
        self.rows = {unit_id: row for row, unit_id in enumerate(self.unit_ids)}
        self.tree = Tree.from_parents([NOWHERE if parent is None else parent for _, parent, _ in rows])
        self.invited = np.array([invited for _, _, invited in rows], dtype=np.int64)
        self.wave = wave

    @cached_property
    def questions(self) -> list[WaveQuestion]:
        return scored_questions(self.wave)

    @property
    def scaled(self) -> Mask:
        """Only questions on a scale have live figures."""
        return np.array([question.has_mean for question in self.questions], dtype=np.bool_)

    @property
    def scaled_positions(self) -> list[int]:
        return [question.position for question in self.questions if question.has_mean]


def scored_questions(wave: Wave) -> list[WaveQuestion]:
    return list(
        WaveQuestion.objects.filter(wave=wave).exclude(kind=WaveQuestion.Kind.OPEN).order_by("position")
    )


def complete(positions: Sequence[int]) -> str:
    """SQL for whether a response answers each of these questions."""
    return " AND ".join(f"response.scores[{position + 1}] IS NOT NULL" for position in positions) or "FALSE"


def score_counts(wave: Wave, frame: WaveFrame, where: str = "TRUE") -> Counts:
    """Answers per own group, question and score; shape (units, questions, most points of a question)."""
    columns = {question.position: (column, question) for column, question in enumerate(frame.questions)}
    points = max((question.points for question in frame.questions), default=0)
    counts = np.zeros((len(frame.unit_ids), len(frame.questions), points), dtype=np.int64)
    for unit_id, position, score, answers in _count(wave, where):
        column, question = columns[position]
        counts[frame.rows[unit_id], column, score - question.lowest] += answers
    return counts


def waiting_counts(wave: Wave, frame: WaveFrame) -> Counts:
    """The same of those who may go into a live cell; questions on a scale only."""
    waits = f"response.portion = {Response.FINAL} AND {complete(frame.scaled_positions)}"
    return score_counts(wave, frame, waits)[:, frame.scaled]


def celled_counts(wave: Wave, frame: WaveFrame) -> Celled:
    """What is in closed cells; nothing of single choices, which have no live figures."""
    scores = score_counts(wave, frame, "response.portion > 0")
    scores[:, ~frame.scaled] = 0
    in_cells = Response.objects.filter(wave=wave, portion__gt=0).values_list("unit_id", "portion")
    found = list(in_cells.annotate(people=Count("pk")).order_by())
    people = np.zeros((len(frame.unit_ids), max((portion for _, portion, _ in found), default=0)), np.int64)
    for unit_id, portion, number in found:
        people[frame.rows[unit_id], portion - 1] = number
    return Celled(people, scores)


def complete_outside_cells(
    wave: Wave, frame: WaveFrame
) -> list[tuple[int, dict[str, str], list[int | None]]]:
    """Unit id, traits and scores of those who answered every question on a scale and are in no live cell."""
    try:
        unseal = opener(wave)
    except LostKeyError:
        return []  # the wave closes as one of which nobody told any traits
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT response.unit_id, response.traits, response.scores FROM results_response response
            WHERE response.wave_id = %s AND response.portion <= 0 AND {complete(frame.scaled_positions)}
            """,  # noqa: S608 # the condition holds numbers only
            [wave.pk],
        )
        return [(unit_id, unseal(traits), scores) for unit_id, traits, scores in cursor.fetchall()]


def _count(wave: Wave, where: str) -> list[tuple[int, int, int, int]]:
    """Rows of unit id, question position, score and number of answers."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT response.unit_id, answer.place - 1, answer.score, count(*)
            FROM results_response response,
                 unnest(response.scores) WITH ORDINALITY AS answer (score, place)
            WHERE response.wave_id = %s AND answer.score IS NOT NULL AND {where}
            GROUP BY 1, 2, 3
            """,  # noqa: S608 # the conditions are literals of this module, and numbers
            [wave.pk],
        )
        return cast(list[tuple[int, int, int, int]], cursor.fetchall())


def invitation_counts(wave: Wave, frame: WaveFrame, *, before: date | None = None) -> Counts:
    """Invited people per own group who answered and who did not; shape (units, 1, 2).

    `before`: answers of that day and later do not count yet.
    """
    counts = np.zeros((len(frame.unit_ids), 1, 2), dtype=np.int64)
    answered = Ticket.objects.filter(wave=wave)
    if before is not None:
        answered = answered.filter(day__lt=before)
    for unit_id, people in answered.values_list("unit_id").annotate(people=Count("pk")).order_by():
        counts[frame.rows[unit_id], 0, 0] = people
    counts[:, 0, 1] = frame.invited - counts[:, 0, 0]
    return counts


def forget_who_answered(wave: Wave) -> None:
    """Once participation is counted nobody needs it."""
    Ticket.objects.filter(wave=wave).delete()
