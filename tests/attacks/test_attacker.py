"""The attacker gets at people under the usual policy, and at nobody under ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings

from results.audit.evidence import DISTRIBUTION, FAVOURABLE, INVITED, MEAN, Evidence
from results.disclosure.pooling import NOWHERE, Tree
from tests.attacks import naive
from tests.attacks.attacker import Figure, Recovered, by_comparing, by_elimination, by_subtraction
from tests.organisations import Answered, organisations, preorder
from tests.results.audit.released import evidence

SCORES = np.arange(1, 6)


def figures_of(found: Evidence, *statistics: str, question: str | None) -> list[Figure]:
    return [
        Figure(frozenset(one.atoms.tolist()), Fraction(one.n))
        for one in found.releases
        if one.statistic in statistics and one.question == question
    ]


def attempts(found: Evidence) -> Iterator[tuple[list[Figure], list[int], int]]:
    """Figures over the same unknowns, the people of each atom, and how few would be a find.

    The attacker counts an atom's people as those who answered at all, where it is about answers.
    """
    people = [atom.people for atom in found.atoms]
    yield figures_of(found, "count", question=None), people, found.minimum
    answers = [
        Figure(frozenset(one.atoms.tolist()), Fraction(one.n)) for one in found.releases if one.question
    ]
    yield answers, people, found.minimum
    yield over_invited(found), people, found.minimum
    for question in found.questions:
        shares, spread = max(10, found.minimum), max(50, found.minimum)
        yield figures_of(found, FAVOURABLE, DISTRIBUTION, question=question), people, shares
        yield figures_of(found, DISTRIBUTION, question=question), people, spread
        yield figures_of(found, MEAN, FAVOURABLE, DISTRIBUTION, question=question), people, found.minimum


def over_invited(found: Evidence) -> list[Figure]:
    """Participation and numbers of answers, both over the invited people of the same units."""
    invited = {atom.unit: place for place, atom in enumerate(found.atoms) if atom.step == INVITED}
    return [
        Figure(frozenset(invited[found.atoms[place].unit] for place in one.atoms.tolist()), Fraction(one.n))
        for one in found.releases
    ]


def naive_figures(case: Answered) -> tuple[list[Figure], list[int]]:
    counts = case.scores[:, 0]
    people = counts.sum(axis=1).tolist()
    return naive.released(case.tree, people, (counts @ SCORES).tolist(), 5), people


def department(*teams: int) -> tuple[Tree, list[int]]:
    """A root without people of its own, with teams of these sizes."""
    return Tree.from_parents([NOWHERE, *[0] * len(teams)]), [0, *teams]


def test_under_hide_n_below_5_one_hidden_team_follows_from_the_others() -> None:
    tree, people = department(8, 6, 3)
    sums = [0, 30, 20, 14]
    [found] = by_elimination(naive.released(tree, people, sums, 5), people, 5)
    assert found == Recovered(frozenset({3}), 3, Fraction(14))
    assert found in list(by_subtraction(naive.released(tree, people, sums, 5), people, 5))


def test_two_hidden_teams_follow_together() -> None:
    tree, people = department(8, 2, 2)
    [found] = by_elimination(naive.released(tree, people, [0, 30, 9, 7], 5), people, 5)
    assert found == Recovered(frozenset({2, 3}), 4, Fraction(16))


def test_elimination_finds_what_no_single_subtraction_does() -> None:
    """Half of (A and B) + (A and C) - (B and C)."""
    pairs = [
        Figure(frozenset(pair), Fraction(value)) for pair, value in (((0, 1), 40), ((0, 2), 41), ((1, 2), 71))
    ]
    people = [2, 9, 9]
    assert [one.value for one in by_elimination(pairs, people, 5)] == [5]
    assert not list(by_subtraction(pairs, people, 5))


def test_successive_figures_give_away_the_last_to_answer() -> None:
    live = [Figure(frozenset(range(n)), Fraction(4 * n)) for n in (8, 9, 20)]
    found = list(by_comparing(live, [1] * 20, 5))
    assert found == [Recovered(frozenset({8}), 1, Fraction(4))]


def test_the_attacker_bites_in_most_organisations_with_small_teams() -> None:
    """Otherwise that it finds nothing under our rule would mean little."""
    chance = np.random.default_rng(1)
    bitten = 0
    for _ in range(100):
        tree = Tree.from_parents([NOWHERE, 0, 1, 1, 1, 0, 5, 5, 5])
        people = chance.integers(1, 12, len(tree)).tolist()
        sums = [3 * one for one in people]
        released = naive.released(tree, people, sums, 5)
        found = by_elimination(released, people, 5)
        bitten += bool(found)
        assert bool(found) == any(True for _ in by_subtraction(released, people, 5))
    assert bitten > 50


def recovered(figures: Sequence[Figure], people: Sequence[int], few: int) -> list[object]:
    found: list[object] = [*by_subtraction(figures, people, few), *by_comparing(figures, people, few)]
    return found + list(by_elimination(figures, people, few))


@given(organisations(most_units=14))
@settings(max_examples=250, deadline=None)
def test_whatever_the_organisation_the_attacker_recovers_nobody(case: Answered) -> None:
    found = evidence(case.tree, case.scores, case.silent, case.minimum)
    for figures, people, few in attempts(found):
        assert not recovered(figures, people, few)


@given(organisations(most_units=14))
@settings(max_examples=150, deadline=None)
def test_where_elimination_finds_someone_subtraction_does_too_in_a_tree(case: Answered) -> None:
    figures, people = naive_figures(case)
    assert bool(by_elimination(figures, people, 5)) == bool(list(by_subtraction(figures, people, 5)))


@pytest.mark.parametrize("minimum", [5, 7, 10])
def test_in_a_large_organisation_subtraction_recovers_nobody(minimum: int) -> None:
    """A thousand units of 1 to 15 people, five questions."""
    chance = np.random.default_rng(minimum)
    parents = [NOWHERE, *((unit - 1) // 6 for unit in range(1, 1000))]
    tree = Tree.from_parents(preorder(parents))
    answered = chance.integers(0, 15, len(tree))
    scores = np.zeros((len(tree), 5, 5), dtype=np.int64)
    for unit, people in enumerate(answered.tolist()):
        for question in range(5):
            np.add.at(scores[unit, question], chance.integers(0, 5, people), 1)
    found = evidence(tree, scores, chance.integers(0, 4, len(tree)), minimum)
    for figures, people, few in attempts(found):
        assert not list(by_subtraction(figures, people, few))
    own = answered.tolist()
    assert any(True for _ in by_subtraction(naive.released(tree, own, own, 5), own, 5))
