"""Mixing: sealed submissions become responses that cannot be told apart by order, id, time or row version.

While a wave is open, an own group's submissions move only when there are `k` or more: fewer could be
recognised by the transaction that wrote them. At closing the rest follows, and all responses of the wave are
written anew, together.
"""

from __future__ import annotations

import json
import random
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from django.db import connection, transaction
from django.db.models import Count
from numpy.typing import NDArray

from accounts.copying import copy_rows
from results.models import Comment, Response
from results.tallies import scored_questions
from surveys.models import Submission, Wave, WaveQuestion

SHUFFLE = random.SystemRandom()


class Sealed(NamedTuple):
    unit_id: int
    bands: dict[str, str]
    scores: list[int | None]
    comments: dict[str, str]


def mix(wave_id: int) -> int:
    """Move what may be moved of an open wave; the number of responses made. Safe to run twice."""
    with transaction.atomic():
        wave = Wave.objects.open().filter(pk=wave_id).first()
        if wave is None or not _only_mixer(wave):
            return 0
        return _move(wave, at_least=wave.minimum_group)


def mix_rest(wave: Wave, homes: Mapping[int, int]) -> int:
    """Move all that is left, in the caller's transaction, and hide whose each response is.

    `homes`: by unit, the unit of the block of invited people that its own group is in. Answers of a group
    that is in none are never shown, and not kept.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [MIXING, wave.pk % 2**31])
    moved = _move(wave, at_least=1)
    _rewrite(wave, homes)
    return moved


MIXING = 0x6D6978  # the advisory lock's class, "mix" in ASCII


def _only_mixer(wave: Wave) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [MIXING, wave.pk % 2**31])
        return bool(cursor.fetchone()[0])


def _move(wave: Wave, *, at_least: int) -> int:
    sealed = _take(wave, at_least)
    if not sealed:
        return 0
    SHUFFLE.shuffle(sealed)
    reserve = Reserve(wave)
    copy_rows(
        Response,
        ("id", "organisation", "wave", "unit", "portion", "bands", "scores"),
        (
            (
                uuid.uuid4(),
                wave.organisation_id,
                wave.pk,
                one.unit_id,
                reserve.portion(one),
                one.bands,
                one.scores,
            )
            for one in sealed
        ),
    )
    comments = list(_comments(wave, sealed))
    SHUFFLE.shuffle(comments)
    copy_rows(Comment, ("id", "organisation", "wave", "unit", "question", "text"), comments)
    return len(sealed)


def _take(wave: Wave, at_least: int) -> list[Sealed]:
    # Two statements: for a wave that its statistics do not know, PostgreSQL takes the groups to be very few,
    # and would count all of them anew for each submission.
    groups = Submission.objects.filter(wave=wave).values("unit").annotate(people=Count("pk"))
    large_enough = list(groups.filter(people__gte=at_least).values_list("unit", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM surveys_submission WHERE wave_id = %s AND unit_id = ANY(%s)
            RETURNING unit_id, bands::text, scores, comments::text
            """,
            [wave.pk, large_enough],
        )
        return [
            Sealed(unit_id, json.loads(bands), scores, json.loads(comments))
            for unit_id, bands, scores, comments in cursor.fetchall()
        ]


class Reserve:
    """The first responses of each own group, until every question has `k` answers among them.

    They are in no live figure, so the last figure never gives away the few who answered late.
    """

    def __init__(self, wave: Wave) -> None:
        self.minimum = wave.minimum_group
        self.positions = [question.position for question in scored_questions(wave)]
        self.answers: defaultdict[int, NDArray[np.int64]] = defaultdict(
            lambda: np.zeros(len(self.positions), dtype=np.int64)
        )
        present = Response.objects.filter(wave=wave, portion=Response.RESERVE)
        for unit_id, scores in present.values_list("unit_id", "scores").iterator():
            self.answers[unit_id] += self._answered(scores)

    def portion(self, one: Sealed) -> int:
        answers = self.answers[one.unit_id]
        if answers.min(initial=self.minimum) >= self.minimum:
            return Response.FINAL
        answers += self._answered(one.scores)
        return Response.RESERVE

    def _answered(self, scores: list[int | None]) -> NDArray[np.int64]:
        return np.array([scores[position] is not None for position in self.positions], dtype=np.int64)


def _comments(wave: Wave, sealed: Iterable[Sealed]) -> Iterator[tuple[Any, ...]]:
    questions = dict(WaveQuestion.objects.filter(wave=wave).values_list("position", "question_id"))
    for one in sealed:
        for position, text in one.comments.items():
            question_id = questions[int(position)] if position else None
            yield uuid.uuid4(), wave.organisation_id, wave.pk, one.unit_id, question_id, text


def _rewrite(wave: Wave, homes: Mapping[int, int]) -> None:
    """Give all responses and comments of the wave new ids, one row version, one random order, larger groups.

    The own group of a single person would be that person's name. The reserve is only of use while a wave is
    open: left as it was, it would set apart the last to answer. Live cells, numbered from 1, stay.
    """
    with connection.cursor() as cursor:
        for table, columns in (
            ("results_response", "organisation_id, wave_id, bands, scores, portion"),
            ("results_comment", "organisation_id, wave_id, question_id, text"),
        ):
            kept = columns.replace("portion", f"GREATEST(portion, {Response.RESERVE})")
            cursor.execute(
                f"""
                WITH old AS (DELETE FROM {table} WHERE wave_id = %s RETURNING unit_id, {columns})
                INSERT INTO {table} (id, unit_id, {columns})
                SELECT gen_random_uuid(), home.unit_id, {kept}
                FROM old JOIN unnest(%s::bigint[], %s::bigint[]) AS home (from_id, unit_id)
                ON home.from_id = old.unit_id ORDER BY random()
                """,  # noqa: S608 # table and columns are the literals above
                [wave.pk, list(homes), list(homes.values())],
            )
