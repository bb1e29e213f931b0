"""Which groups of people a set of figures can tell apart, and how large they are."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import cast

import numpy as np
from numpy.typing import NDArray

from results.audit.evidence import Places


@dataclass(frozen=True, slots=True)
class Grouping:
    """Atoms that are in the same figures are one group: any sum of figures gives them one weight.

    members: atoms of each group. rows: groups in each distinct figure. holding: for each group the rows that
    hold it. of: for each figure, its row. steps: groups that follow by subtraction, each with the row that
    gives it once those before it are known.
    """

    members: list[Places]
    rows: list[list[int]]
    holding: list[list[int]]
    of: list[int]
    steps: list[tuple[int, int]]

    def totals(self, people: NDArray[np.int64]) -> NDArray[np.int64]:
        """Of each group, from a number for each atom."""
        ends = np.cumsum([0, *map(len, self.members)])
        running = np.concatenate([[0], np.cumsum(people[np.concatenate([*self.members, ends[:0]])])])
        return cast(NDArray[np.int64], np.diff(running[ends]))


def group(figures: Sequence[Places], atoms: int) -> Grouping:
    """`atoms`: how many there are; those in no figure are in no group."""
    distinct, of = _distinct(figures)
    row_of = np.repeat(np.arange(len(distinct)), [len(figure) for figure in distinct])
    inside = np.concatenate([np.zeros(0, dtype=np.int64), *distinct])
    by_atom = np.argsort(inside, kind="stable")
    ends = np.searchsorted(inside[by_atom], np.arange(atoms + 1)).tolist()
    rows_of_atoms = row_of[by_atom].tolist()
    members: dict[tuple[int, ...], list[int]] = {}
    for atom, (first, last) in enumerate(pairwise(ends)):
        if first < last:
            members.setdefault(tuple(rows_of_atoms[first:last]), []).append(atom)
    holding = [list(rows) for rows in members]
    rows: list[list[int]] = [[] for _ in distinct]
    for number, held_by in enumerate(holding):
        for row in held_by:
            rows[row].append(number)
    return Grouping([np.array(one) for one in members.values()], rows, holding, of, _steps(rows, holding))


def _distinct(figures: Sequence[Places]) -> tuple[list[Places], list[int]]:
    seen: dict[bytes, int] = {}
    of: list[int] = []
    distinct: list[Places] = []
    for figure in figures:
        of.append(seen.setdefault(figure.tobytes(), len(seen)))
        if len(seen) > len(distinct):
            distinct.append(figure)
    return distinct, of


def _steps(rows: list[list[int]], holding: list[list[int]]) -> list[tuple[int, int]]:
    """A figure of which all groups but one are known gives the last. In a tree of sums, this finds every
    group. Each step is a subtraction of figures, so what is found can indeed be worked out.
    """
    unknown = [len(row) for row in rows]
    sum_of_unknown = [sum(row) for row in rows]
    ready = deque(number for number, count in enumerate(unknown) if count == 1)
    steps: list[tuple[int, int]] = []
    while ready:
        place = ready.popleft()
        if unknown[place] != 1:
            continue
        one = sum_of_unknown[place]
        steps.append((one, place))
        for other in holding[one]:
            unknown[other] -= 1
            sum_of_unknown[other] -= one
            if unknown[other] == 1:
                ready.append(other)
    return steps


def with_each(grouping: Grouping, groups: Sequence[int]) -> Grouping:
    """As if there were also a figure of each of these groups alone, after the others."""
    rows = [*grouping.rows, *([one] for one in groups)]
    holding = list(grouping.holding)
    for row, one in enumerate(groups, start=len(grouping.rows)):
        holding[one] = [*holding[one], row]
    return replace(grouping, rows=rows, holding=holding, steps=_steps(rows, holding))


def resolve(grouping: Grouping, values: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Which groups follow by subtraction, and their values; `values` has a line for each row."""
    known = np.zeros(len(grouping.members), dtype=np.bool_)
    known[[one for one, _ in grouping.steps]] = True
    return known, np.stack([_subtracted(grouping, column) for column in values.T.tolist()], axis=1)


def _subtracted(grouping: Grouping, values: list[int]) -> NDArray[np.int64]:
    found = [0] * len(grouping.members)
    for one, row in grouping.steps:
        found[one] = values[row] - sum([found[other] for other in grouping.rows[row]])
    return np.array(found, dtype=np.int64)


def connected(grouping: Grouping, start: int) -> tuple[list[int], list[int]]:
    """The groups and rows that hang together with a group."""
    reached, seen_rows, waiting = {start}, set[int](), [start]
    while waiting:
        for number in grouping.holding[waiting.pop()]:
            if number not in seen_rows:
                seen_rows.add(number)
                new = set(grouping.rows[number]) - reached
                reached |= new
                waiting.extend(new)
    return sorted(reached), sorted(seen_rows)
