"""Which units will have figures, were a wave to go as expected: the same pooling, on expected answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from results.disclosure.pooling import NOWHERE, Counts, Mask, Pools, Tree, enough_people, pool


class Group(Protocol):
    """A unit with the people of its own group who will be invited; units come in preorder."""

    @property
    def name(self) -> str: ...
    @property
    def parent(self) -> int:
        """Its place in the list, -1 for the root."""

    @property
    def invited(self) -> int: ...


@dataclass(frozen=True, slots=True)
class UnitForecast:
    """`above` names the unit that it is in; `invited` and `answers` are of it with all below it.

    Without figures of its own `counts_in` is the first unit above that has them, "" when none does.
    """

    name: str
    above: str
    invited: int
    answers: int
    has_figures: bool
    counts_in: str


def forecast(groups: Sequence[Group], *, percentage: int, minimum: int) -> list[UnitForecast]:
    """Expects that of each own group this percentage answers, rounded down.

    It cannot foresee where nearly all will give the same answer, which is kept back as well.
    """
    if not groups:
        return []
    tree, invited = _tree_of(groups)
    answers = invited * percentage // 100
    pools = pool(answers[:, None, None], tree, enough_people(minimum))
    figures = zip(
        groups,
        tree.totals(invited).tolist(),
        tree.totals(answers).tolist(),
        _shown(pools, tree).tolist(),
        pools.homes[:, 0].tolist(),
        strict=True,
    )
    return [
        UnitForecast(
            name=group.name,
            above=groups[group.parent].name if group.parent >= 0 else "",
            invited=asked,
            answers=expected,
            has_figures=shown,
            counts_in="" if home == NOWHERE else groups[home].name,
        )
        for group, asked, expected, shown, home in figures
    ]


def units_with_figures(groups: Sequence[Group], percentages: Iterable[int], *, minimum: int) -> list[int]:
    """How many units have figures of their own in the forecast for each of the percentages."""
    if not groups:
        return [0 for _percentage in percentages]
    tree, invited = _tree_of(groups)
    enough = enough_people(minimum)
    pooled = (pool((invited * one // 100)[:, None, None], tree, enough) for one in percentages)
    return [int(_shown(pools, tree).sum()) for pools in pooled]


def _tree_of(groups: Sequence[Group]) -> tuple[Tree, Counts]:
    """With how many are invited of each group."""
    tree = Tree.from_parents([group.parent for group in groups])
    return tree, np.asarray([group.invited for group in groups], dtype=np.int64)


def _shown(pools: Pools, tree: Tree) -> Mask:
    """Whether a unit has figures of its own: a block was formed in it or below."""
    return tree.totals(pools.formed[:, 0].astype(np.int64)) > 0
