"""Live cells: answers that gathered below one unit while a wave is open, and are released as one.

A cell is closed once and never opened again. Blocks are formed of the answers outside of cells, so that each
holds enough people whom no live figure counts (docs/decisions/0025-live-cells.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from results.disclosure.pooling import NOWHERE, Counts, Mask, Tree, enough_answers, homes

LIVE_FROM = 50  # invited people from whom a unit has live figures
CELL_FROM = 10  # people in a cell, or the minimum of the wave if that is more


@dataclass(frozen=True, slots=True)
class Celled:
    """What is in closed cells. people: (own groups, cells); scores: (own groups, questions, scores)."""

    people: NDArray[np.int64]
    scores: Counts

    @classmethod
    def none(cls, scores: Counts) -> Celled:
        return cls(np.zeros((len(scores), 0), dtype=np.int64), np.zeros_like(scores))

    def outside(self, answered: Counts) -> Counts:
        """Of the people who answered, (own groups, 1, 1), those in no cell."""
        in_cells: Counts = self.people.sum(axis=1)[:, None, None]
        return answered - in_cells


def live_units(invited: NDArray[np.int64], tree: Tree) -> Mask:
    below: Mask = np.greater_equal(tree.totals(invited), LIVE_FROM)
    return below


def ready(waiting: Counts, invited: NDArray[np.int64], tree: Tree, minimum: int) -> Mask:
    """The own groups whose waiting answers become part of a cell now.

    `waiting`, (own groups, questions, scores), is of people who answered every question. They gather at the
    lowest live unit above them until they are enough, and not too alike on any question.
    """
    lowest = homes(live_units(invited, tree)[:, None], tree)[:, 0]
    placed = lowest != NOWHERE
    gathered = np.zeros_like(waiting)
    np.add.at(gathered, lowest[placed], waiting[placed])
    enough = enough_answers(max(minimum, CELL_FROM))
    is_cell, _ = enough.judge(gathered, np.zeros(gathered.shape[:2], dtype=np.int64))
    whole = is_cell.sum(axis=1) == is_cell.shape[1]
    closing: Mask = placed & whole[lowest] & (waiting.sum(axis=(1, 2)) > 0)
    return closing
