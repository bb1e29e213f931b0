"""The proof itself, on figures small enough to see through."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from results.audit.certificate import Certified, Family, certify
from results.audit.evidence import places
from results.audit.groups import group
from results.audit.programme import Certificate, fewest


def certified(
    figures: Sequence[Sequence[int]], people: Sequence[int], *, n: Sequence[int] | None = None
) -> Certified:
    return certify(Family("mean", None, 5, [places(one) for one in figures], np.array(people), n))


def test_disjoint_blocks_are_proved_by_their_sizes_alone() -> None:
    found = certified([[0, 1], [2]], [2, 3, 7])
    assert found.holds
    assert (found.smallest, found.programmes) == (5, 0)


def test_a_part_that_is_shown_gives_the_rest_away() -> None:
    found = certified([[0, 1], [0]], [6, 3])
    assert [(breach.people, breach.atoms) for breach in found.breaches] == [(3, (1,))]
    assert found.programmes == 0


def test_people_in_no_figure_need_no_proof() -> None:
    assert certified([[0]], [6, 1]).holds


def test_three_overlapping_figures_give_away_what_no_single_subtraction_does() -> None:
    """Half of (A and B) + (A and C) - (B and C) is A."""
    found = certified([[0, 1], [0, 2], [1, 2]], [3, 9, 9])
    [breach] = found.breaches
    assert breach.people == pytest.approx(3)
    assert breach.atoms == (0,)
    assert dict(breach.figures) == pytest.approx({0: 0.5, 1: 0.5, 2: -0.5})


def test_small_groups_that_only_occur_beside_enough_others_are_proved_by_a_programme() -> None:
    """Two figures share eight people: any weights of the two rest on the eight, or on twice three."""
    found = certified([[0, 1], [1, 2]], [3, 8, 3])
    assert found.holds
    assert found.programmes == 2


def test_nearly_the_same_figures_leave_a_weighted_handful() -> None:
    """The difference of two figures is 3 here less 3 there: more than k people in number, as here 6."""
    assert certified([[0, 1], [1, 2]], [3, 20, 3]).holds
    assert not certified([[0, 1], [1, 2]], [2, 20, 2]).holds


def test_the_number_of_answers_follows_from_the_figures_where_it_is_not_given() -> None:
    """Ten people each, of whom 8 and 12 in all answered: the rest is 4."""
    found = certified([[0], [0, 1]], [10, 10], n=[8, 12])
    assert [breach.people for breach in found.breaches] == [4]


def test_figures_that_contradict_each_other_prove_nothing() -> None:
    assert not certified([[0], [0]], [10], n=[8, 9]).holds
    assert not certified([[0], [1], [0, 1]], [10, 10], n=[8, 9, 16]).holds
    assert not certified([[0]], [10], n=[11]).holds
    assert not certified([[0, 1], [0]], [10, 10], n=[5, 8]).holds


def test_where_figures_overlap_the_fewest_possible_answers_count() -> None:
    rows = [[0, 1], [1, 2]]
    assert fewest(rows, np.array([10, 12]), np.array([8, 8, 8]), 0) == 2
    assert fewest(rows, np.array([10, 99]), np.array([8, 8, 8]), 0) == 0, "what contradicts itself"


def test_where_more_programmes_are_needed_than_the_limit_nothing_is_proved() -> None:
    family = Family("mean", None, 5, [places([0, 1]), places([1, 2])], np.array([3, 8, 3]))
    found = certify(family, most_programmes=1)
    assert len(found.breaches) == 2
    assert found.programmes == 0


@st.composite
def any_figures(draw: st.DrawFn) -> tuple[list[list[int]], list[int]]:
    atoms = draw(st.integers(1, 7))
    figure = st.lists(st.integers(0, atoms - 1), min_size=1, unique=True)
    return draw(st.lists(figure, min_size=1, max_size=7)), draw(
        st.lists(st.integers(1, 9), min_size=atoms, max_size=atoms)
    )


@given(any_figures())
@settings(max_examples=300, deadline=None)
def test_atoms_are_one_group_exactly_if_they_are_in_the_same_figures(
    case: tuple[list[list[int]], list[int]],
) -> None:
    figures, people = case
    found = group([places(one) for one in figures], len(people))
    membership = {
        atom: tuple(atom in figure for figure in figures)
        for atom in range(len(people))
        if any(atom in figure for figure in figures)
    }
    by_membership: dict[tuple[bool, ...], set[int]] = {}
    for atom, inside in membership.items():
        by_membership.setdefault(inside, set()).add(atom)
    assert sorted(map(sorted, by_membership.values())) == sorted(one.tolist() for one in found.members)
    for figure, row in zip(figures, found.of, strict=True):
        whole = [atom for one in found.rows[row] for atom in found.members[one].tolist()]
        assert sorted(whole) == sorted(figure)


@given(any_figures(), st.data())
@settings(max_examples=300, deadline=None)
def test_no_weights_beat_the_optimum(case: tuple[list[list[int]], list[int]], data: st.DataObject) -> None:
    """Random sums of the figures never weigh less than the programme says, and its own weights reach it."""
    figures, people = case
    grouping = group([places(one) for one in figures], len(people))
    sizes = np.array([sum(people[atom] for atom in one) for one in grouping.members])
    matrix = np.zeros((len(grouping.rows), len(sizes)))
    for number, row in enumerate(grouping.rows):
        matrix[number, row] = 1
    programme = Certificate(grouping.rows, sizes)
    one = data.draw(st.integers(0, len(sizes) - 1))
    optimum, weights = programme.smallest(one)
    reached = matrix.T @ weights
    assert reached[one] == pytest.approx(1)
    assert sizes @ np.abs(reached) == pytest.approx(optimum)
    chosen = data.draw(st.lists(st.integers(-3, 3), min_size=len(matrix), max_size=len(matrix)))
    x = matrix.T @ np.array(chosen)
    if x[one]:
        assert sizes @ np.abs(x / x[one]) >= optimum - 1e-6
