"""Which groups of people a set of figures can tell apart, and how large they are."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from results.audit.evidence import Places

NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Grouping:
    """Atoms that are in the same figures are one group: any sum of figures gives them one weight.

    members: atoms of each group. rows: groups in each distinct figure. of: for each figure, its row.
    """

    members: list[Places]
    rows: list[Places]
    of: list[int]


def group(figures: Sequence[Places], atoms: int) -> Grouping:
    """By splitting: all atoms are one group until a figure holds a part of it only."""
    seen: dict[bytes, int] = {}
    of: list[int] = []
    distinct: list[Places] = []
    for figure in figures:
        of.append(seen.setdefault(figure.tobytes(), len(seen)))
        if len(seen) > len(distinct):
            distinct.append(figure)
    group_of = np.zeros(atoms, dtype=np.int64)
    sizes = [atoms]
    for figure in distinct:
        here = group_of[figure]
        for old, inside_old in Counter(here.tolist()).items():
            if inside_old == sizes[old]:
                continue
            inside = figure[here == old]
            group_of[inside] = len(sizes)
            sizes[old] -= len(inside)
            sizes.append(len(inside))
    released = np.zeros(atoms, dtype=bool)
    for figure in distinct:
        released[figure] = True
    names, group_of_released = np.unique(group_of[released], return_inverse=True)
    numbers = np.full(atoms, NOWHERE, dtype=np.int64)
    numbers[released] = group_of_released
    order = np.flatnonzero(released)[np.argsort(group_of_released, kind="stable")]
    ends = np.searchsorted(np.sort(group_of_released), np.arange(len(names) + 1))
    members = [order[first:last] for first, last in pairwise(ends)]
    return Grouping(members, [np.unique(numbers[figure]) for figure in distinct], of)


def resolve(
    rows: Sequence[Places], values: NDArray[np.int64], groups: int
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Which groups follow by subtracting known ones from a figure, and their values.

    A figure of which all groups but one are known gives the last. In a tree of sums, this finds every group.
    Each step is a subtraction of figures, so what is found can indeed be worked out.
    """
    unknown = [len(row) for row in rows]
    sum_of_unknown = [int(row.sum()) for row in rows]
    left = values.copy()
    in_rows = _rows_of(rows, groups)
    known = np.zeros(groups, dtype=np.bool_)
    found = np.zeros((groups, values.shape[1]), dtype=np.int64)
    ready = deque(number for number, count in enumerate(unknown) if count == 1)
    while ready:
        place = ready.popleft()
        if unknown[place] != 1:
            continue
        one = sum_of_unknown[place]
        known[one] = True
        found[one] = left[place]
        for other in in_rows[one]:
            unknown[other] -= 1
            sum_of_unknown[other] -= one
            left[other] -= found[one]
            if unknown[other] == 1:
                ready.append(other)
    return known, found


def connected(rows: Sequence[Places], groups: int, start: int) -> tuple[list[int], list[int]]:
    """The groups and rows that hang together with a group."""
    in_rows = _rows_of(rows, groups)
    reached, seen_rows, waiting = {start}, set(), [start]
    while waiting:
        for number in in_rows[waiting.pop()]:
            if number not in seen_rows:
                seen_rows.add(number)
                new = set(rows[number].tolist()) - reached
                reached |= new
                waiting.extend(new)
    return sorted(reached), sorted(seen_rows)


def _rows_of(rows: Sequence[Places], groups: int) -> list[list[int]]:
    """By group the rows that hold it."""
    in_rows: list[list[int]] = [[] for _ in range(groups)]
    for number, row in enumerate(rows):
        for one in row.tolist():
            in_rows[one].append(number)
    return in_rows
