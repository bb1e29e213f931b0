"""Properties of carry-up that must hold for any tree, any sizes and any answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from results.disclosure.pooling import NOWHERE, Pools, Tree, covered, enough_answers, enough_people, pool
from surveys.answering.groups import put_together

SCORES = 5


@st.composite
def forests(draw: st.DrawFn) -> list[int]:
    """Parents of a preorder tree of 1 to 40 units."""
    size = draw(st.integers(1, 40))
    parents = [NOWHERE]
    open_branch = [0]
    for unit in range(1, size):
        up = draw(st.integers(0, len(open_branch) - 1))
        open_branch = open_branch[: len(open_branch) - up]
        parents.append(open_branch[-1])
        open_branch.append(unit)
    return parents


@st.composite
def answered_trees(draw: st.DrawFn) -> tuple[Tree, np.ndarray, int]:
    tree = Tree.from_parents(draw(forests()))
    size = st.lists(st.integers(0, 6), min_size=SCORES, max_size=SCORES)
    questions = draw(st.integers(1, 3))
    own = [[draw(size) for _ in range(questions)] for _ in range(len(tree))]
    return tree, np.array(own, dtype=np.int64), draw(st.sampled_from([5, 7, 10]))


def subtree(tree: Tree, unit: int) -> range:
    return range(unit, int(tree.ends[unit]))


def blocks_of(pools: Pools, tree: Tree, unit: int, question: int) -> list[int]:
    return [row for row in subtree(tree, unit) if pools.formed[row, question]]


@given(answered_trees())
def test_answers_are_sealed_in_the_groups_that_closing_puts_together(
    case: tuple[Tree, np.ndarray, int],
) -> None:
    tree, own, minimum = case
    invited = own[:, :1].sum(axis=2, keepdims=True)
    found = pool(invited, tree, enough_people(minimum)).homes[:, 0].tolist()
    parents = [None if parent == NOWHERE else parent for parent in tree.parents.tolist()]
    units = list(zip(range(len(parents)), parents, invited.ravel().tolist(), strict=True))
    sealed = put_together(units, minimum)
    assert all(sealed[unit] == home for unit, home in enumerate(found) if home != NOWHERE)
    assert {sealed[unit] for unit, home in enumerate(found) if home == NOWHERE} <= {0}


@given(answered_trees())
@settings(max_examples=200, deadline=None)
def test_every_block_is_large_enough_and_not_unanimous(case: tuple[Tree, np.ndarray, int]) -> None:
    tree, own, minimum = case
    pools = pool(own, tree, enough_answers(minimum))
    for unit, question in zip(*np.nonzero(pools.formed), strict=True):
        counts = pools.counts[unit, question]
        assert counts.sum() >= minimum
        assert counts.sum() - counts.max() >= 2


@given(answered_trees())
@settings(max_examples=200, deadline=None)
def test_a_block_holds_whole_own_groups_and_no_group_twice(case: tuple[Tree, np.ndarray, int]) -> None:
    tree, own, minimum = case
    pools = pool(own, tree, enough_answers(minimum))
    for question in range(own.shape[1]):
        rebuilt = np.zeros_like(pools.counts[:, question])
        for group, home in enumerate(pools.homes[:, question]):
            if home != NOWHERE:
                assert group in subtree(tree, int(home))
                rebuilt[home] += own[group, question]
        assert (rebuilt == pools.counts[:, question]).all()


def answers_in_pools_too_alike(tree: Tree, own: np.ndarray, minimum: int) -> int:
    """Of what reaches the root without a block: how many answers come from pools too alike."""
    pools, alike = [counts.copy() for counts in own], [0] * len(tree)
    for unit in range(len(tree) - 1, -1, -1):
        n = int(pools[unit].sum())
        if n >= minimum and n - pools[unit].max() < 2:
            alike[unit] = n
        is_block = n >= minimum and n >= 2 * alike[unit]
        if unit and not is_block:
            pools[tree.parents[unit]] += pools[unit]
            alike[tree.parents[unit]] += alike[unit]
    return alike[0]


@given(answered_trees())
@settings(max_examples=200, deadline=None)
def test_what_is_never_shown_is_less_than_a_block(case: tuple[Tree, np.ndarray, int]) -> None:
    tree, own, minimum = case
    pools = pool(own, tree, enough_answers(minimum))
    for question in range(own.shape[1]):
        left = own[pools.homes[:, question] == NOWHERE, question].sum(axis=0)
        alike = answers_in_pools_too_alike(tree, own[:, question], minimum)
        assert left.sum() < minimum or left.sum() < 2 * alike


@given(answered_trees())
@settings(max_examples=200, deadline=None)
def test_a_units_figure_is_the_sum_of_the_blocks_below_it(case: tuple[Tree, np.ndarray, int]) -> None:
    tree, own, minimum = case
    pools = pool(own, tree, enough_answers(minimum))
    totals = tree.totals(pools.counts)
    for unit in range(len(tree)):
        for question in range(own.shape[1]):
            parts = [pools.counts[row, question] for row in blocks_of(pools, tree, unit, question)]
            assert (totals[unit, question] == sum(parts, np.zeros(SCORES, dtype=np.int64))).all()


@given(answered_trees(), st.data())
@settings(max_examples=200, deadline=None)
def test_any_sum_and_difference_of_figures_concerns_enough_people(
    case: tuple[Tree, np.ndarray, int], data: st.DataObject
) -> None:
    tree, own, minimum = case
    pools = pool(own, tree, enough_answers(minimum))
    weights = data.draw(st.lists(st.integers(-2, 2), min_size=len(tree), max_size=len(tree)))
    for question in range(own.shape[1]):
        weight_of_block = np.zeros(len(tree), dtype=np.int64)
        for unit, weight in enumerate(weights):
            for block in blocks_of(pools, tree, unit, question):
                weight_of_block[block] += weight
        involved = [pools.counts[block, question].sum() for block in np.flatnonzero(weight_of_block)]
        assert all(people >= minimum for people in involved)


@given(answered_trees())
@settings(max_examples=100, deadline=None)
def test_coverage_counts_the_invited_of_groups_in_the_figure(case: tuple[Tree, np.ndarray, int]) -> None:
    tree, own, minimum = case
    pools = pool(own, tree, enough_answers(minimum))
    invited = own.sum(axis=2).max(axis=1) + 1
    in_figure = covered(pools.homes, invited, tree)
    for unit in range(len(tree)):
        for question in range(own.shape[1]):
            groups = [row for row in subtree(tree, unit) if pools.homes[row, question] >= unit]
            assert in_figure[unit, question] == sum(invited[row] for row in groups)


@given(answered_trees())
@settings(max_examples=100, deadline=None)
def test_participation_blocks_depend_on_invitations_only(case: tuple[Tree, np.ndarray, int]) -> None:
    tree, own, minimum = case
    answered = own[:, :1, 0]
    invited = own[:, :1].sum(axis=2)
    some = np.stack([answered, invited - answered], axis=2)
    everyone = np.stack([invited, np.zeros_like(invited)], axis=2)
    formed = [pool(people, tree, enough_people(minimum)).formed for people in (some, everyone)]
    assert (formed[0] == formed[1]).all()


def one_question(*groups: Sequence[int]) -> np.ndarray:
    return np.array([[list(counts)] for counts in groups], dtype=np.int64)


def test_a_small_team_counts_one_level_up() -> None:
    """Root, with teams of 6 and 3: the three join the root's own two."""
    tree = Tree.from_parents([NOWHERE, 0, 0])
    own = one_question([1, 1, 0, 0, 0], [2, 2, 2, 0, 0], [0, 0, 1, 1, 1])
    pools = pool(own, tree, enough_answers(5))
    assert pools.formed[:, 0].tolist() == [True, True, False]
    assert pools.homes[:, 0].tolist() == [0, 1, 0]
    assert tree.totals(pools.counts)[0, 0].tolist() == [3, 3, 3, 1, 1]


@pytest.mark.parametrize(
    ("counts", "shown"),
    [([0, 0, 0, 0, 9], False), ([0, 0, 0, 1, 8], False), ([0, 0, 0, 2, 7], True), ([0, 0, 1, 1, 3], True)],
)
def test_a_group_that_would_give_itself_away_by_agreeing_is_not_shown(counts: list[int], shown: bool) -> None:
    pools = pool(one_question(counts), Tree.from_parents([NOWHERE]), enough_answers(5))
    assert bool(pools.formed[0, 0]) is shown


def test_a_single_unit_and_a_chain_of_nine_levels_work() -> None:
    chain = Tree.from_parents([NOWHERE, *range(8)])
    own = one_question(*[[1, 0, 0, 0, 0], [0, 1, 0, 0, 0]] * 4, [0, 0, 1, 0, 0])
    pools = pool(own, chain, enough_answers(5))
    assert pools.formed[:, 0].tolist() == [False] * 4 + [True] + [False] * 4
    assert chain.totals(pools.counts)[0, 0].sum() == 5


@pytest.mark.parametrize(("others", "shown"), [(9, False), (10, True)])
def test_a_team_that_agrees_counts_one_level_up_only_beside_as_many_others(others: int, shown: bool) -> None:
    """Ten of the same score would show through a block of which they are more than half."""
    tree = Tree.from_parents([NOWHERE, 0])
    own = one_question([others - 4, 2, 2, 0, 0], [0, 0, 0, 0, 10])
    assert bool(pool(own, tree, enough_answers(5)).formed[0, 0]) is shown
