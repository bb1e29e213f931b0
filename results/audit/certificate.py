"""Whether every sum and difference of a family of figures concerns enough people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from results.audit import links
from results.audit.evidence import Places
from results.audit.groups import Grouping, connected, group, resolve, with_each
from results.audit.programme import TOLERANCE, Certificate, fewest

MOST_PROGRAMMES = 200  # where more would be needed, what is left to prove is a breach by itself


@dataclass(frozen=True, slots=True)
class Family:
    """Figures over the same unknowns.

    people: of each atom. Where `n`, the people in each figure, is given: the most that an atom can have.
    partly: which figures hold people of a unit and leave out others, as live ones do.
    """

    statistic: str
    question: str | None
    threshold: int
    figures: Sequence[Places]
    people: NDArray[np.int64]
    n: Sequence[int] | None = None
    partly: Sequence[bool] = ()


@dataclass(frozen=True, slots=True)
class Breach:
    """A sum of figures that concerns too few.

    people: its weighted size. atoms: the group that it singles out. figures: place and weight of each, where
    a linear programme found them.
    """

    people: float
    atoms: tuple[int, ...]
    figures: tuple[tuple[int, float], ...] = ()


@dataclass(slots=True)
class Certified:
    statistic: str
    question: str | None
    threshold: int
    groups: int = 0
    smallest: int | None = None
    programmes: int = 0
    breaches: list[Breach] = field(default_factory=list)
    contradictions: list[str] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)  # of the groups that follow by subtraction

    @property
    def holds(self) -> bool:
        return not self.breaches and not self.contradictions


def certify(family: Family, most_programmes: int = MOST_PROGRAMMES) -> Certified:
    """What the structure proves is not computed.

    All atoms of a group have one weight, so a sum that holds any of them concerns the whole group. Only for
    groups that are too small, and that no subtraction gives outright, a linear programme decides whether any
    sum of figures holds them with too few others.
    """
    outcome = Certified(family.statistic, family.question, family.threshold)
    if not family.figures:
        return outcome
    grouping = group(family.figures, len(family.people))
    most = grouping.totals(family.people)
    known, settled, sizes = _sizes(family, grouping, most, outcome)
    outcome.groups = len(sizes)
    outcome.smallest = int(sizes[known].min()) if known.any() else None
    outcome.sizes = sizes[known].tolist()
    small = np.flatnonzero((sizes < family.threshold) & ~(settled & (sizes == 0)))
    for one in small[known[small]].tolist():
        outcome.breaches.append(Breach(float(sizes[one]), tuple(grouping.members[one].tolist())))
    left = small[~known[small]].tolist()
    if left:
        left = _not_safe(family, grouping, sizes, left)
    _solve(family, grouping, sizes, left, outcome, most_programmes)
    return outcome


def _not_safe(
    family: Family, grouping: Grouping, sizes: NDArray[np.int64], small: Sequence[int]
) -> list[int]:
    """Those that figures of whole units and of parts of units, as two sorts, leave to be proved."""
    parts = {row for row, is_part in zip(grouping.of, family.partly, strict=False) if is_part}
    ends = [
        (tuple(row for row in rows if row not in parts), tuple(row for row in rows if row in parts))
        for rows in grouping.holding
    ]
    is_safe = links.safe(ends, sizes.clip(0).tolist(), family.threshold)
    return [one for one in small if not is_safe[one]]


def _sizes(
    family: Family, grouping: Grouping, most: NDArray[np.int64], outcome: Certified
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.int64]]:
    """Which groups subtraction gives; of which ones it is settled how many people they have; and of each how
    many, or the fewest that there can be.
    """
    of_row = _people_in_rows(family, grouping, most, outcome)
    known, found = resolve(grouping, of_row[:, None])
    if family.n is None:
        return known, np.ones(len(most), dtype=np.bool_), most
    sizes, settled = found[:, 0], known
    if not known.all():
        settled, filled = _settled(grouping, of_row, most)
        sizes = np.where(known, sizes, filled)
        settled |= known
    outcome.contradictions += _sums_that_differ(grouping, of_row.tolist(), known.tolist(), sizes.tolist())
    if (sizes < 0).any() or (sizes > most).any():
        outcome.contradictions.append("a group has fewer than no people, or more than there are")
    for one in np.flatnonzero(~settled).tolist():
        part, rows = connected(grouping, one)
        sizes[one] = fewest(_renumbered(grouping, part, rows), of_row[rows], most[part], part.index(one))
    return known, settled, sizes


def _settled(
    grouping: Grouping, of_row: NDArray[np.int64], most: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Which groups have a size that follows for someone who knows how many people each atom has.

    A figure of as many answers as its atoms have people has the answer of each of them.
    """
    full = {
        one
        for groups, n in zip(grouping.rows, of_row.tolist(), strict=True)
        if n == most[groups].sum()
        for one in groups
    }
    filled = sorted(full)
    values = np.concatenate([of_row, most[filled]])
    settled, found = resolve(with_each(grouping, filled), values[:, None])
    return settled, found[:, 0]


def _sums_that_differ(
    grouping: Grouping, of_row: list[int], known: list[bool], sizes: list[int]
) -> Iterator[str]:
    for groups, people in zip(grouping.rows, of_row, strict=True):
        total = sum([sizes[one] for one in groups])
        if total != people and all(known[one] for one in groups):
            yield f"a figure of {people} is made of {total}"


def _people_in_rows(
    family: Family, grouping: Grouping, most: NDArray[np.int64], outcome: Certified
) -> NDArray[np.int64]:
    if family.n is None:
        return np.array([most[groups].sum() for groups in grouping.rows], dtype=np.int64)
    of_row: list[int | None] = [None] * len(grouping.rows)
    for row, number in zip(grouping.of, family.n, strict=True):
        if of_row[row] not in (None, number):
            outcome.contradictions.append(f"figures over the same people say {of_row[row]} and {number}")
        of_row[row] = number
    return np.array(of_row, dtype=np.int64)


def _solve(
    family: Family,
    grouping: Grouping,
    sizes: NDArray[np.int64],
    small: list[int],
    outcome: Certified,
    most_programmes: int,
) -> None:
    if len(small) > most_programmes:
        outcome.breaches += [
            Breach(float(sizes[one]), tuple(grouping.members[one].tolist())) for one in small
        ]
        return
    waiting = set(small)
    while waiting:
        groups, rows = connected(grouping, min(waiting))
        programme = Certificate(_renumbered(grouping, groups, rows), sizes[groups].clip(0))
        for one in sorted(waiting & set(groups)):
            waiting.remove(one)
            members = tuple(grouping.members[one].tolist())
            optimum, weights = programme.smallest(groups.index(one))
            outcome.programmes += 1
            if optimum < family.threshold - TOLERANCE:
                used = np.flatnonzero(np.abs(weights) > TOLERANCE).tolist()
                figures = tuple((grouping.of.index(rows[place]), float(weights[place])) for place in used)
                outcome.breaches.append(Breach(optimum, members, figures))


def _renumbered(grouping: Grouping, groups: list[int], rows: list[int]) -> list[list[int]]:
    number = {one: place for place, one in enumerate(groups)}
    return [[number[one] for one in grouping.rows[row]] for row in rows]
