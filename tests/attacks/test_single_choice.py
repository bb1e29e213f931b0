"""Subtracting distributions of a single choice never leaves one of fewer than fifty people."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings

from results.disclosure.pooling import NOWHERE, Counts, Tree, enough_answers, enough_people, pool, pool_whole
from results.disclosure.scale import DISTRIBUTION_FROM
from tests.results.test_pooling import answered_trees


@given(answered_trees())
@settings(max_examples=200, deadline=None)
def test_a_unit_less_any_of_its_sub_units_is_nothing_or_fifty_people(case: tuple[Tree, Counts, int]) -> None:
    tree, own, minimum = case
    people = own.sum(axis=(1, 2))
    invited = np.stack([people, np.zeros_like(people)], axis=1)[:, None, :]
    groups = pool(invited, tree, enough_people(minimum))
    choice = pool_whole(groups, own[:, :1], tree, enough_answers([DISTRIBUTION_FROM]))
    shown = tree.totals(choice.counts)[:, 0].sum(axis=1)
    for unit in range(len(tree)):
        below = [child for child, parent in enumerate(tree.parents) if parent == unit != NOWHERE]
        left = [shown[unit], shown[unit] - shown[below].sum(), *(shown[unit] - shown[below])]
        assert all(n == 0 or n >= DISTRIBUTION_FROM for n in left)
