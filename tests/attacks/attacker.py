"""Someone with every figure in hand who adds and subtracts them, to get at groups that were kept from them.

Nothing here knows how figures come about, or how the auditor judges them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

Atoms = frozenset[int]


@dataclass(frozen=True, slots=True)
class Figure:
    """What is known: the people of these atoms, taken together, sum to `value`."""

    atoms: Atoms
    value: Fraction


@dataclass(frozen=True, slots=True)
class Recovered:
    atoms: Atoms
    people: int
    value: Fraction


def by_elimination(figures: Sequence[Figure], people: Sequence[int], fewer_than: int) -> list[Recovered]:
    """Solve for every sum of atoms by elimination over the rationals, largest groups first.

    What is left in the last rows concerns the smallest groups alone: a row whose atoms together have fewer
    people than `fewer_than` is a find.
    """
    order = sorted({atom for figure in figures for atom in figure.atoms}, key=lambda atom: -people[atom])
    rows = [
        ([Fraction(atom in figure.atoms) for atom in order], figure.value) for figure in distinct(figures)
    ]
    found: list[Recovered] = []
    for row, value in reduced(rows):
        atoms = frozenset(atom for atom, weight in zip(order, row, strict=True) if weight)
        size = sum(people[atom] for atom in atoms)
        if 0 < size < fewer_than:
            found.append(Recovered(atoms, size, value))
    return found


def distinct(figures: Sequence[Figure]) -> list[Figure]:
    return list({figure.atoms: figure for figure in figures}.values())


Row = tuple[list[Fraction], Fraction]


def reduced(rows: Sequence[Row]) -> list[Row]:
    """Gauss-Jordan: every leading atom occurs in one row only."""
    left = list(rows)
    done: list[Row] = []
    for column in range(len(rows[0][0]) if rows else 0):
        pivot = next((row for row in left if row[0][column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        scale = pivot[0][column]
        pivot = [weight / scale for weight in pivot[0]], pivot[1] / scale
        left = [less(row, pivot, column) for row in left]
        done = [less(row, pivot, column) for row in done]
        done.append(pivot)
    return done


def less(row: Row, pivot: Row, column: int) -> Row:
    times = row[0][column]
    if not times:
        return row
    weights = [mine - times * other for mine, other in zip(row[0], pivot[0], strict=True)]
    return weights, row[1] - times * pivot[1]


def by_subtraction(figures: Sequence[Figure], people: Sequence[int], fewer_than: int) -> Iterator[Recovered]:
    """Of large organisations: each figure less the largest ones within it, as long as they do not overlap."""
    known = sorted(distinct(figures), key=lambda figure: -len(figure.atoms))
    holding: dict[int, list[int]] = {}
    for place, figure in enumerate(known):
        for atom in figure.atoms:
            holding.setdefault(atom, []).append(place)
    for place, figure in enumerate(known):
        inside = {one for atom in figure.atoms for one in holding[atom] if one > place}
        atoms, value = set(figure.atoms), figure.value
        for one in sorted(inside):
            if known[one].atoms <= atoms:
                atoms -= known[one].atoms
                value -= known[one].value
                if atoms and (size := sum(people[atom] for atom in atoms)) < fewer_than:
                    yield Recovered(frozenset(atoms), size, value)
        if len(figure.atoms) and (size := sum(people[atom] for atom in figure.atoms)) < fewer_than:
            yield Recovered(figure.atoms, size, figure.value)


def by_comparing(figures: Sequence[Figure], people: Sequence[int], fewer_than: int) -> Iterator[Recovered]:
    """Figures that followed one another, or of two questions: the difference of any two that overlap much."""
    known = sorted(distinct(figures), key=lambda figure: len(figure.atoms))
    for place, smaller in enumerate(known):
        for larger in known[place + 1 :]:
            rest = larger.atoms - smaller.atoms
            if smaller.atoms < larger.atoms and (size := sum(people[atom] for atom in rest)) < fewer_than:
                yield Recovered(rest, size, larger.value - smaller.value)
