"""The policy of many products: hide a unit of fewer than k, show all others. It is there to be broken."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from results.disclosure.pooling import Tree
from tests.attacks.attacker import Figure


def released(tree: Tree, people: Sequence[int], sums: Sequence[int], minimum: int) -> list[Figure]:
    """One figure for each unit with at least `minimum` people; atoms are own groups that someone is in."""
    figures = []
    for unit in range(len(tree)):
        inside = [one for one in range(unit, int(tree.ends[unit])) if people[one]]
        if sum(people[one] for one in inside) >= minimum:
            figures.append(Figure(frozenset(inside), Fraction(sum(sums[one] for one in inside))))
    return figures
