"""Which units will have figures, were a wave to go as expected: the same pooling, on expected answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from results.disclosure.pooling import NOWHERE, Tree, enough_people, pool


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
    tree = Tree.from_parents([group.parent for group in groups])
    invited = np.asarray([group.invited for group in groups], dtype=np.int64)
    answers = invited * percentage // 100
    pools = pool(answers[:, None, None], tree, enough_people(minimum))
    shown = tree.totals(pools.formed[:, 0].astype(np.int64)) > 0
    below, expected = tree.totals(invited), tree.totals(answers)
    return [
        UnitForecast(
            name=group.name,
            above=groups[group.parent].name if group.parent >= 0 else "",
            invited=int(below[place]),
            answers=int(expected[place]),
            has_figures=bool(shown[place]),
            counts_in=_home(groups, pools.homes[place, 0]),
        )
        for place, group in enumerate(groups)
    ]


def _home(groups: Sequence[Group], place: int) -> str:
    return "" if place == NOWHERE else groups[int(place)].name
