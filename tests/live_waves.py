"""Waves that people answer in some order, with cells closed in between: in arrays, without a database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from hypothesis import strategies as st

from results.disclosure.cells import Celled, ready
from results.disclosure.filters import Respondents
from results.disclosure.pooling import NOWHERE, Counts, Pools, enough_people, pool
from results.mixing import Reserve
from results.models import Response
from tests.organisations import Answered, organisations

LARGE = (2, 9, 14), (1, 12, 30), (4, 70), (11,)  # people in own groups: enough for live units
VALUES = {"contract": 2, "place": 3, "age": 5, "function": 9}


@dataclass(slots=True)
class Person:
    """score: one or nothing for each question. waits: in no reserve and no cell yet."""

    unit: int
    scores: tuple[int | None, ...]
    traits: dict[str, str]
    waits: bool = False
    is_in_cell: bool = False


@dataclass(frozen=True)
class Lived:
    """rounds: what was in cells after each round in which some were closed."""

    case: Answered
    people: list[Person]
    rounds: list[Celled]

    @property
    def celled(self) -> Celled:
        return self.rounds[-1] if self.rounds else Celled.none(self.case.scores)

    def respondents(self, groups: Pools) -> Respondents:
        """Those that filters are made of. `groups`: of invited people."""
        homes = groups.homes[:, 0].tolist()
        found = [
            one
            for one in self.people
            if not one.is_in_cell and None not in one.scores and homes[one.unit] != NOWHERE
        ]
        names = {name for one in self.people for name in one.traits}
        scores = np.array([one.scores for one in found], dtype=np.int64)
        return Respondents(
            np.array([homes[one.unit] for one in found], dtype=np.int64),
            {name: np.array([one.traits[name] for one in found]) for name in names} if found else {},
            scores.reshape(len(found), self.case.scores.shape[1]),
        )


@st.composite
def live_waves(draw: st.DrawFn, most_units: int = 20, most_questions: int = 3, most_rounds: int = 6) -> Lived:
    case = sealed(draw(organisations(most_units, most_questions, sizes=LARGE)))
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    # In some organisations all of a unit are alike in a trait, as where a place is a unit.
    by_unit = draw(st.sampled_from([0.0, 0.5, 0.95]))
    people = list(people_of(case, chance, by_unit))
    return Lived(case, people, list(rounds(case, people, draw(st.integers(0, most_rounds)))))


def sealed(case: Answered) -> Answered:
    """Answers of groups that are too small lie with those of a unit above (surveys/answering/groups.py)."""
    invited = case.answered + case.silent
    homes = pool(invited[:, None, None], case.tree, enough_people(case.minimum)).homes[:, 0]
    scores = np.zeros_like(case.scores)
    np.add.at(scores, np.where(homes == NOWHERE, 0, homes), case.scores)
    together = replace(case, scores=scores)
    return replace(together, silent=invited - together.answered)


def people_of(case: Answered, chance: np.random.Generator, by_unit: float) -> Iterator[Person]:
    """In an order by chance."""
    people: list[tuple[int, tuple[int | None, ...]]] = []
    for unit, answered in enumerate(case.answered.tolist()):
        columns = []
        for counts in case.scores[unit]:
            given = [*np.repeat(np.arange(len(counts)), counts).tolist(), *[None] * answered][:answered]
            columns.append([given[place] for place in chance.permutation(answered)])
        people += [(unit, scores) for scores in zip(*columns, strict=True)]
    for place in chance.permutation(len(people)).tolist():
        unit, scores = people[place]
        traits = {
            name: str(unit % values if chance.random() < by_unit else chance.integers(values))
            for name, values in VALUES.items()
        }
        if chance.random() < 0.02:
            traits["age"] = ""
        yield Person(unit, scores, traits)


def rounds(case: Answered, people: Sequence[Person], number: int) -> Iterator[Celled]:
    """Each with an equal part of those who answer before the end; the last of them answer after it."""
    reserve = Reserve(case.minimum, range(case.scores.shape[1]))
    celled = Celled.none(case.scores)
    for part in range(number):
        for one in people[len(people) * part // (number + 1) : len(people) * (part + 1) // (number + 1)]:
            one.waits = reserve.portion(one.unit, one.scores) == Response.FINAL and None not in one.scores
        waiting = counted(case, (one for one in people if one.waits))
        closing = ready(waiting, case.answered + case.silent, case.tree, case.minimum)
        if closing.any():
            cell = [one for one in people if one.waits and closing[one.unit]]
            for one in cell:
                one.waits, one.is_in_cell = False, True
            added = counted(case, cell)
            in_cell = np.concatenate([celled.people, added[:, 0].sum(axis=1)[:, None]], axis=1)
            celled = Celled(in_cell, celled.scores + added)
            yield celled


def counted(case: Answered, people: Iterator[Person] | list[Person]) -> Counts:
    counts = np.zeros_like(case.scores)
    for one in people:
        for question, score in enumerate(one.scores):
            if score is not None:
                counts[one.unit, question, score] += 1
    return counts
