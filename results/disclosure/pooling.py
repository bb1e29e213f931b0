"""Carry-up: small groups join the unit above until together they are enough.

All arrays have one row per unit of the wave in preorder, so a parent stands before its children and a
subtree is the slice `[unit, end)`. The last axis holds the parts of a group (scores, or answered and not).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
        above = np.asarray(parents, dtype=np.int64)
        depths = np.zeros(len(above), dtype=np.int64)
        ends = np.arange(1, len(above) + 1, dtype=np.int64)
        for unit, parent in enumerate(parents):
            if parent != NOWHERE:
                depths[unit] = depths[parent] + 1
        for unit in range(len(above) - 1, 0, -1):
            if parents[unit] != NOWHERE:
                ends[parents[unit]] = max(ends[parents[unit]], ends[unit])
        return cls(above, depths, ends)

    def __len__(self) -> int:
        return len(self.parents)

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


def pool(own: Counts, tree: Tree, is_enough: Callable[[Counts], Mask]) -> Pools:
    """Form blocks bottom-up: a unit's pool is its own group plus what its children carried up.

    `own` has shape (units, columns, parts); `is_enough` maps pools (rows, columns, parts) to (rows, columns).
    """
    pools = own.astype(np.int64)
    formed = np.zeros(own.shape[:2], dtype=bool)
    for depth in range(int(tree.depths.max(initial=0)), -1, -1):
        level = np.flatnonzero(tree.depths == depth)
        formed[level] = is_enough(pools[level])
        carried = np.where(formed[level][:, :, None], 0, pools[level])
        below = tree.parents[level] != NOWHERE
        np.add.at(pools, tree.parents[level][below], carried[below])
    counts = np.where(formed[:, :, None], pools, 0)
    return Pools(formed, counts, _homes(formed, tree))


def pool_whole(groups: Pools, own: Counts, tree: Tree, is_enough: Callable[[Counts], Mask]) -> Pools:
    """The same, of whole blocks of `groups` (one column) instead of single own groups.

    Every difference of figures from both is then a sum of whole blocks of `groups` again.
    """
    homes = groups.homes[:, 0]
    placed = homes != NOWHERE
    gathered = np.zeros_like(own)
    np.add.at(gathered, homes[placed], own[placed])
    pools = pool(gathered, tree, is_enough)
    return Pools(pools.formed, pools.counts, np.where(placed[:, None], pools.homes[homes], NOWHERE))


def _homes(formed: Mask, tree: Tree) -> NDArray[np.int64]:
    homes = np.full(formed.shape, NOWHERE, dtype=np.int64)
    for unit, parent in enumerate(tree.parents):
        above = homes[parent] if parent != NOWHERE else NOWHERE
        homes[unit] = np.where(formed[unit], unit, above)
    return homes


def enough_answers(minimums: int | Sequence[int]) -> Callable[[Counts], Mask]:
    """At least so many answers, of which at least two differ from the most common one.

    `minimums`: one for all columns, or one for each.
    """
    least = np.asarray(minimums, dtype=np.int64)

    def is_enough(counts: Counts) -> Mask:
        n = counts.sum(axis=2)
        differing = n - counts.max(axis=2, initial=0)
        return np.asarray((n >= least) & (differing >= 2))

    return is_enough


def enough_people(minimum: int) -> Callable[[Counts], Mask]:
    def is_enough(counts: Counts) -> Mask:
        return np.asarray(counts.sum(axis=2) >= minimum)

    return is_enough


def covered(homes: NDArray[np.int64], invited: Counts, tree: Tree) -> Counts:
    """Per unit and column: people invited in own groups whose block was formed in this unit or below it."""
    at_home = np.zeros(homes.shape, dtype=np.int64)
    for column in range(homes.shape[1]):
        placed = homes[:, column] != NOWHERE
        np.add.at(at_home[:, column], homes[placed, column], invited[placed])
    return tree.totals(at_home)
