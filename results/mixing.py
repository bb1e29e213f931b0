"""Mixing: sealed submissions become responses that cannot be told apart by order, id, time or row version.

While a wave is open, an own group's submissions move only when there are `k` or more: fewer could be
recognised by the transaction that wrote them. At closing the rest follows, and all responses of the wave are
written anew, together, when they have been counted.
"""

from __future__ import annotations

import json
import random
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from django.db import connection, transaction
from django.db.models import Count
from numpy.typing import NDArray

from accounts.copying import copy_rows
from results.models import Comment, Response
from results.tallies import complete, scored_questions
from surveys.models import Submission, Wave, WaveQuestion

SHUFFLE = random.SystemRandom()


class Sealed(NamedTuple):
    unit_id: int
    traits: bytes
    scores: list[int | None]
    comments: dict[str, str]


def mix(wave_id: int) -> int:
    """Move what may be moved of an open wave; the number of responses made. Safe to run twice."""
    with transaction.atomic():
        wave = Wave.objects.open().filter(pk=wave_id).first()
        if wave is None or not only_mixer(wave.pk):
            return 0
        return _move(wave, at_least=wave.minimum_group)


def mix_rest(wave: Wave) -> int:
    """Move all that is left, in the caller's transaction, which nobody else mixes in from then on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [MIXING, wave.pk % 2**31])
    return _move(wave, at_least=1)


MIXING = 0x6D6978  # the advisory lock's class, "mix" in ASCII


def only_mixer(wave_id: int) -> bool:
    """Whether nobody else is at the answers of this wave, until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [MIXING, wave_id % 2**31])
        return bool(cursor.fetchone()[0])


def put_in_cells(wave: Wave, own_groups: Collection[int], positions: Sequence[int]) -> int:
    """Close a cell, or several of different units: all that wait in these own groups. Returns its number."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH newest AS (
                SELECT GREATEST(max(portion), 0) + 1 AS number FROM results_response WHERE wave_id = %s
            )
            UPDATE results_response response SET portion = newest.number FROM newest
            WHERE wave_id = %s AND unit_id = ANY(%s) AND portion = %s AND {complete(positions)}
            RETURNING newest.number
            """,  # noqa: S608 # the condition holds numbers only
            [wave.pk, wave.pk, list(own_groups), Response.FINAL],
        )
        return int(cursor.fetchone()[0])


def _move(wave: Wave, *, at_least: int) -> int:
    sealed = _take(wave, at_least)
    if not sealed:
        return 0
    SHUFFLE.shuffle(sealed)
    reserve = Reserve.of(wave)
    copy_rows(
        Response,
        ("id", "organisation", "wave", "unit", "portion", "traits", "scores"),
        (
            (
                uuid.uuid4(),
                wave.organisation_id,
                wave.pk,
                one.unit_id,
                reserve.portion(one.unit_id, one.scores),
                one.traits,
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
            RETURNING unit_id, traits, scores, comments::text
            """,
            [wave.pk, large_enough],
        )
        return [
            Sealed(unit_id, traits, scores, json.loads(comments))
            for unit_id, traits, scores, comments in cursor.fetchall()
        ]


class Reserve:
    """The first responses of each own group, until every question has `k` answers among them.

    They are in no live cell: whoever is subtracted from a final figure, these people are left.
    """

    def __init__(self, minimum: int, positions: Sequence[int]) -> None:
        self.minimum = minimum
        self.positions = positions
        self.answers: defaultdict[int, NDArray[np.int64]] = defaultdict(
            lambda: np.zeros(len(self.positions), dtype=np.int64)
        )

    @classmethod
    def of(cls, wave: Wave) -> Reserve:
        """With what was mixed before."""
        reserve = cls(wave.minimum_group, [one.position for one in scored_questions(wave) if one.has_mean])
        present = Response.objects.filter(wave=wave, portion=Response.RESERVE)
        for unit_id, scores in present.values_list("unit_id", "scores").iterator():
            reserve.answers[unit_id] += reserve._answered(scores)
        return reserve

    def portion(self, unit_id: int, scores: Sequence[int | None]) -> int:
        answers = self.answers[unit_id]
        if answers.min(initial=self.minimum) >= self.minimum:
            return Response.FINAL
        answers += self._answered(scores)
        return Response.RESERVE

    def _answered(self, scores: Sequence[int | None]) -> NDArray[np.int64]:
        return np.array([scores[position] is not None for position in self.positions], dtype=np.int64)


def _comments(wave: Wave, sealed: Iterable[Sealed]) -> Iterator[tuple[Any, ...]]:
    questions = dict(WaveQuestion.objects.filter(wave=wave).values_list("position", "question_id"))
    for one in sealed:
        for position, text in one.comments.items():
            question_id = questions[int(position)] if position else None
            yield uuid.uuid4(), wave.organisation_id, wave.pk, one.unit_id, question_id, text


def rewrite(wave: Wave, homes: Mapping[int, int]) -> None:
    """Give all responses of the wave new ids, one row version, one random order, larger groups.

    `homes`: by unit, the unit of the block of invited people that its own group is in. The own group of a
    single person would be that person's name. Answers of a group that is in none are never shown, and not
    kept. Reserve, live cells and traits are only of use until the ledger has what is made of them. Left as
    they were, the first two would set apart the first and the last to answer, and the traits of some people
    are theirs alone.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH old AS (
                DELETE FROM results_response WHERE wave_id = %s
                RETURNING unit_id, organisation_id, wave_id, scores
            )
            INSERT INTO results_response (id, unit_id, organisation_id, wave_id, traits, scores, portion)
            SELECT gen_random_uuid(), home.unit_id, organisation_id, wave_id, '', scores, %s
            FROM old JOIN unnest(%s::bigint[], %s::bigint[]) AS home (from_id, unit_id)
            ON home.from_id = old.unit_id ORDER BY random()
            """,
            [wave.pk, Response.FINAL, list(homes), list(homes.values())],
        )
