"""At closing: comments become pools of at least ten, masked and shuffled, and what was written is deleted."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from accounts.copying import copy_rows
from accounts.models import Organisation, User
from orgunits.models import Employee
from results.comments.masking import Masker, Names
from results.comments.models import CommentPool, ReleasedComment
from results.disclosure.pooling import Pools, enough_people, pool_whole
from results.models import Comment
from results.tallies import WaveFrame
from surveys.models import Wave

SHUFFLE = random.SystemRandom()
Written = tuple[int, int | None, str]  # the unit, a question or None, a text
Place = tuple[int, int]  # the row of a unit, the column of a question


def release_comments(wave: Wave, frame: WaveFrame, people: Pools) -> int:
    """In the caller's transaction; the number of comments released.

    `people`: the groups of invited people that are never parted. What is too few at the top is never read.
    """
    written: list[Written] = list(
        Comment.objects.filter(wave=wave).values_list("unit_id", "question_id", "text")
    )
    Comment.objects.filter(wave=wave).delete()
    if len(written) < wave.comments_together:
        return 0
    SHUFFLE.shuffle(written)
    gathered = _gather(written, wave, frame, people)
    pool_ids = _add_pools(gathered)
    masker = Masker(names_of(wave.organisation))
    rows = [
        (uuid.uuid4(), wave.organisation_id, pool_ids[home], masker.mask(text))
        for home, text in gathered.homes(written)
    ]
    copy_rows(ReleasedComment, ("id", "organisation", "pool", "text"), rows)
    return len(rows)


def names_of(organisation: Organisation) -> Names:
    """Of everyone on the list of people, of those who left, and of users, who need not be on it."""
    people = Employee.objects.filter(organisation=organisation).values_list("first_name", "last_name")
    users = User.objects.filter(organisation=organisation).values_list("name", flat=True)
    return Names.of(chain(people.iterator(), ((name, "") for name in users)))


@dataclass(frozen=True, slots=True)
class Gathered:
    """The pools of a wave, with a column for each question and one for general comments (None)."""

    wave: Wave
    frame: WaveFrame
    columns: dict[int | None, int]
    pools: Pools

    def homes(self, written: Sequence[Written]) -> Iterator[tuple[Place, str]]:
        """Of each text the place of the pool that it is read in; without those that are in none."""
        for unit_id, question, text in written:
            column = self.columns[question]
            home = int(self.pools.homes[self.frame.rows[unit_id], column]), column
            if home[0] >= 0:
                yield home, text


def _gather(written: Sequence[Written], wave: Wave, frame: WaveFrame, people: Pools) -> Gathered:
    columns = {question: column for column, question in enumerate({asked for _, asked, _ in written})}
    # On one question a person writes at most one comment, so a pool holds those of as many people.
    counts = np.zeros((len(frame.unit_ids), len(columns), 1), dtype=np.int64)
    for unit_id, question, _ in written:
        counts[frame.rows[unit_id], columns[question], 0] += 1
    enough = enough_people(wave.comments_together)
    return Gathered(wave, frame, columns, pool_whole(people, counts, frame.tree, enough))


def _add_pools(gathered: Gathered) -> dict[Place, int]:
    """The ids of the pools by place."""
    frame, pools, wave = gathered.frame, gathered.pools, gathered.wave
    unit_ids, asked = np.array(frame.unit_ids), list(gathered.columns)
    places: list[Place] = [(row, column) for row, column in np.argwhere(pools.formed).tolist()]
    rows = CommentPool.objects.bulk_create(
        CommentPool(
            organisation_id=wave.organisation_id,
            wave=wave,
            question_id=asked[column],
            unit_id=frame.unit_ids[row],
            own_groups=unit_ids[pools.homes[:, column] == row].tolist(),
            n=pools.counts[row, column, 0],
        )
        for row, column in places
    )
    return dict(zip(places, [one.pk for one in rows], strict=True))
