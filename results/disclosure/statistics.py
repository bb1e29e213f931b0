"""Which blocks each statistic is released over: means over blocks of `k`, shares and distributions over
larger.

The larger blocks are made of whole smaller ones, so that everything released of a question, taken together,
still falls apart into whole blocks of at least `k` (docs/decisions/0020-blocks-for-each-statistic.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from results.disclosure import scale
from results.disclosure.cells import Celled
from results.disclosure.pooling import (
    NOWHERE,
    Counts,
    Pools,
    Tree,
    enough_answers,
    enough_people,
    pool,
    pool_whole,
    recounted,
)


@dataclass(frozen=True, slots=True)
class Layer:
    """The blocks of one statistic. `above`: by unit, the home here of the block of means formed there."""

    pools: Pools
    above: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Layers:
    people: Pools  # of invited people, for participation
    mean: Layer
    shares: Layer
    distribution: Layer


def layers(
    invitations: Counts,
    scores: Counts,
    tree: Tree,
    minimum: int,
    minimums: Sequence[int] = (),
    celled: Celled | None = None,
) -> Layers:
    """`invitations`: who answered and who did not, (units, 1, 2); `scores`: (units, questions, scores).

    `minimums`: answers that make a block, by question, where that is not `minimum`. Answers in live cells
    make none: they count in the block of the others of their own group.
    """
    in_cells = celled or Celled.none(scores)
    people = pool(invitations, tree, enough_people(minimum))
    # Answers are pooled upon people: else n and participation, subtracted, tell whether one person answered.
    # And upon those who answered: else numbers of answers to two questions tell how many of a few did.
    answered = pool_whole(people, in_cells.outside(invitations[:, :, :1]), tree, enough_people(minimum))
    answers = pool_whole(answered, scores - in_cells.scores, tree, enough_answers(minimums or minimum))
    answers = recounted(answers, scores)
    rows = np.arange(len(tree))[:, None]
    mean = Layer(answers, np.where(answers.formed, rows, NOWHERE))
    shares = _upon(mean, tree, max(minimum, scale.THIRDS_FROM))
    return Layers(people, mean, shares, _upon(shares, tree, max(minimum, scale.DISTRIBUTION_FROM)))


def _upon(layer: Layer, tree: Tree, minimum: int) -> Layer:
    """Whole blocks of `layer` put together until each lot is large enough, question by question."""
    pools = pool(layer.pools.counts, tree, enough_people(minimum))

    def home(below: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.where(below == NOWHERE, NOWHERE, np.take_along_axis(pools.homes, below.clip(0), axis=0))

    return Layer(Pools(pools.formed, pools.counts, home(layer.pools.homes)), home(layer.above))
