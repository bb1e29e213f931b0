"""Carry-up: small groups join the unit above until together they are enough.

All arrays have one row per unit of the wave in preorder, so a parent stands before its children and a
subtree is the slice `[unit, end)`. The last axis holds the parts of a group (scores, or answered and not).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]
NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Tree:
    """The units of a wave in preorder; the root stands first and has parent -1."""

    parents: NDArray[np.int64]
    depths: NDArray[np.int64]
    ends: NDArray[np.int64]

    @classmethod
    def from_parents(cls, parents: Sequence[int]) -> Tree:
        """`parents[i] < i` is the position of the parent of unit i, -1 for a root."""
        depths = [0] * len(parents)
        ends = list(range(1, len(parents) + 1))
        for unit, parent in enumerate(parents):
            if parent != NOWHERE:
                depths[unit] = depths[parent] + 1
        for unit in range(len(parents) - 1, 0, -1):
            parent = parents[unit]
            if parent != NOWHERE and ends[parent] < ends[unit]:
                ends[parent] = ends[unit]
        return cls(*(np.asarray(values, dtype=np.int64) for values in (parents, depths, ends)))

    def __len__(self) -> int:
        return len(self.parents)

    def levels(self) -> list[NDArray[np.int64]]:
        """The units at each depth, from the roots down."""
        return [np.flatnonzero(self.depths == depth) for depth in range(int(self.depths.max(initial=0)) + 1)]

    def totals(self, values: Counts) -> Counts:
        """For each unit the sum over itself and all units below it."""
        running = np.zeros((len(self) + 1, *values.shape[1:]), dtype=np.int64)
        np.cumsum(values, axis=0, out=running[1:])
        return running[self.ends] - running[np.arange(len(self))]


@dataclass(frozen=True, slots=True)
class Pools:
    """What came of pooling, per unit and column.

    formed: whether a block was formed at the unit; shape (units, columns).
    counts: the parts of that block, 0 where none was formed; shape (units, columns, parts).
    homes:  the unit at which the own group's block was formed, or NOWHERE; shape (units, columns).
    """

    formed: Mask
    counts: Counts
    homes: NDArray[np.int64]

    def homes_of(self, names: Sequence[int]) -> dict[int, int]:
        """The homes in the first column by what units are called elsewhere; without groups that have none."""
        pairs = zip(names, self.homes[:, 0].tolist(), strict=True)
        return {name: names[home] for name, home in pairs if home != NOWHERE}


@dataclass(frozen=True, slots=True)
class Enough:
    """What a pool needs to become a block.

    With `varied`, at least two of it differ from the most common part, and pools below that were large enough
    but too alike make up no more than half: the others keep what these answered from showing through.
    """

    minimum: int | NDArray[np.int64]  # one for all columns, or one for each
    varied: bool = False

    def judge(self, counts: Counts, alike: Counts) -> tuple[Mask, Counts]:
        """Whether each pool is enough, and how many in it are from pools that were too alike."""
        n = counts.sum(axis=2)
        large = n >= self.minimum
        if not self.varied:
            return large, alike
        too_alike = large & (n - counts.max(axis=2, initial=0) < 2)
        alike = np.where(too_alike, n, alike)
        return large & (n >= 2 * alike), alike


def enough_answers(minimum: int | Sequence[int]) -> Enough:
    return Enough(np.asarray(minimum, dtype=np.int64), varied=True)


def enough_people(minimum: int) -> Enough:
    return Enough(minimum)


def pool(own: Counts, tree: Tree, enough: Enough) -> Pools:
    """Form blocks bottom-up: a unit's pool is its own group plus what its children carried up.

    `own` has shape (units, columns, parts).
    """
    pools = own.astype(np.int64)
    alike = np.zeros(own.shape[:2], dtype=np.int64)
    formed = np.zeros(own.shape[:2], dtype=bool)
    for level in reversed(tree.levels()):
        formed[level], alike[level] = enough.judge(pools[level], alike[level])
        below = level[tree.parents[level] != NOWHERE]
        parents, carried = tree.parents[below], ~formed[below]
        np.add.at(pools, parents, np.where(carried[:, :, None], pools[below], 0))
        np.add.at(alike, parents, np.where(carried, alike[below], 0))
    counts = np.where(formed[:, :, None], pools, 0)
    return Pools(formed, counts, homes(formed, tree))


def pool_whole(groups: Pools, own: Counts, tree: Tree, enough: Enough) -> Pools:
    """The same, of whole blocks of `groups` (one column) instead of single own groups.

    Every difference of figures from both is then a sum of whole blocks of `groups` again.
    """
    whole = groups.homes[:, 0]
    placed = whole != NOWHERE
    gathered = np.zeros_like(own)
    np.add.at(gathered, whole[placed], own[placed])
    pools = pool(gathered, tree, enough)
    return Pools(pools.formed, pools.counts, np.where(placed[:, None], pools.homes[whole], NOWHERE))


def recounted(pools: Pools, own: Counts) -> Pools:
    """The same blocks, with all answers of the own groups in them."""
    counts = np.zeros_like(own)
    for column, of_column in enumerate(pools.homes.T):
        placed = of_column != NOWHERE
        np.add.at(counts[:, column], of_column[placed], own[placed, column])
    return Pools(pools.formed, counts, pools.homes)


def homes(formed: Mask, tree: Tree) -> NDArray[np.int64]:
    """For each unit the nearest one, itself first, at which something was formed."""
    found = np.where(formed, np.arange(len(tree))[:, None], NOWHERE)
    for level in tree.levels()[1:]:
        found[level] = np.where(formed[level], found[level], found[tree.parents[level]])
    return found


def covered(homes: NDArray[np.int64], invited: Counts, tree: Tree) -> Counts:
    """Per unit and column: people invited in own groups whose block was formed in this unit or below it."""
    at_home = np.zeros(homes.shape, dtype=np.int64)
    for column in range(homes.shape[1]):
        placed = homes[:, column] != NOWHERE
        np.add.at(at_home[:, column], homes[placed, column], invited[placed])
    return tree.totals(at_home)
