"""Organisations of any shape, drawn at random, with what their people answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from results.disclosure.pooling import NOWHERE, Counts, Tree

SCORES = 5


@dataclass(frozen=True)
class Answered:
    """Answers per own group, question and score, and how many invited people did not answer."""

    tree: Tree
    scores: Counts
    silent: Counts
    minimum: int

    @property
    def answered(self) -> Counts:
        """People per own group who answered: as many as answered any question."""
        return self.scores.sum(axis=2).max(axis=1, initial=0)  # type: ignore[no-any-return]


SIZES = (0, 1, 2, 3), (0, 3, 6, 9), (1, 5, 12, 30), (4, 70)


@st.composite
def organisations(
    draw: st.DrawFn,
    most_units: int = 25,
    most_questions: int = 3,
    sizes: Sequence[tuple[int, ...]] = SIZES,
) -> Answered:
    """Small and large groups, some that agree, some with many skipped questions, up to any depth."""
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    units = draw(st.integers(1, most_units))
    questions = draw(st.integers(1, most_questions))
    deep = draw(st.sampled_from([1, 2, 4, 40]))
    parents = [NOWHERE, *(int(chance.integers(max(0, unit - deep), unit)) for unit in range(1, units))]
    people = chance.choice(draw(st.sampled_from(sizes)), units)
    taking = draw(st.sampled_from([0.3, 0.7, 1.0]))
    alike = draw(st.sampled_from([0.0, 0.3, 1.0]))
    answered = chance.binomial(people, taking)
    scores = np.zeros((units, questions, SCORES), dtype=np.int64)
    for unit in range(units):
        for question in range(questions):
            n = answered[unit] if question == 0 else chance.binomial(answered[unit], 0.9)
            peak = chance.integers(SCORES)
            given = np.where(chance.random(n) < alike, peak, chance.integers(0, SCORES, n))
            np.add.at(scores[unit, question], given, 1)
    tree = Tree.from_parents(preorder(parents))
    return Answered(tree, scores, people - answered, draw(st.sampled_from([5, 7, 10])))


def preorder(parents: list[int]) -> list[int]:
    """The parents of the same tree, with units renumbered so that a subtree is a slice."""
    children: dict[int, list[int]] = {}
    for unit, above in enumerate(parents):
        children.setdefault(above, []).append(unit)
    found: list[int] = []
    waiting = [(0, NOWHERE)]
    while waiting:
        unit, above = waiting.pop()
        found.append(above)
        place = len(found) - 1
        waiting += [(below, place) for below in children.get(unit, [])]
    return found
