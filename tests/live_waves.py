"""Waves that people answer in some order, with cells closed in between: in arrays, without a database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from results.disclosure.cells import Celled, ready
from results.disclosure.pooling import Counts
from results.mixing import Reserve
from results.models import Response
from tests.organisations import Answered, organisations

LARGE = (2, 9, 14), (1, 12, 30), (4, 70), (11,)  # people in own groups: enough for live units
Person = tuple[int, tuple[int | None, ...]]  # own group, and a score or nothing for each question


@dataclass(frozen=True)
class Lived:
    """rounds: what was in cells after each round in which some were closed."""

    case: Answered
    rounds: list[Celled]


@st.composite
def live_waves(draw: st.DrawFn, most_units: int = 20, most_questions: int = 3) -> Lived:
    case = draw(organisations(most_units, most_questions, sizes=LARGE))
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return Lived(case, list(rounds(case, people_of(case, chance), draw(st.integers(1, 6)))))


def people_of(case: Answered, chance: np.random.Generator) -> list[Person]:
    """In an order by chance."""
    people: list[Person] = []
    for unit, answered in enumerate(case.answered.tolist()):
        columns = []
        for counts in case.scores[unit]:
            given = [*np.repeat(np.arange(len(counts)), counts).tolist(), *[None] * answered][:answered]
            columns.append([given[place] for place in chance.permutation(answered)])
        people += [(unit, scores) for scores in zip(*columns, strict=True)]
    return [people[place] for place in chance.permutation(len(people))]


def rounds(case: Answered, people: Sequence[Person], number: int) -> Iterator[Celled]:
    reserve = Reserve(case.minimum, range(case.scores.shape[1]))
    invited = case.answered + case.silent
    waiting = np.zeros_like(case.scores)
    celled = Celled.none(case.scores)
    for part in range(number):
        for unit, scores in people[len(people) * part // number : len(people) * (part + 1) // number]:
            if reserve.portion(unit, scores) == Response.FINAL and None not in scores:
                for question, score in enumerate(scores):
                    waiting[unit, question, score] += 1
        closing = ready(waiting, invited, case.tree, case.minimum)
        if closing.any():
            celled = with_cell(celled, waiting, closing)
            waiting[closing] = 0
            yield celled


def with_cell(celled: Celled, waiting: Counts, closing: np.ndarray) -> Celled:
    cell = np.where(closing[:, None, None], waiting, 0)
    people = np.concatenate([celled.people, cell[:, 0].sum(axis=1)[:, None]], axis=1)
    return Celled(people, celled.scores + cell)
