"""What adding and subtracting released numbers tells, with everything that was released of a wave in hand."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings

from results.disclosure.pooling import (
    NOWHERE,
    Counts,
    Tree,
    enough_answers,
    enough_people,
    pool,
    pool_whole,
)
from results.models import Participation, Release
from tests.results.closing import close
from tests.results.test_pooling import answered_trees
from tests.waves import OpenWave, open_wave

# A department of one, its director, with two teams.
SIZES = {"City": 9, "City/Care": 1, "City/Care/Day": 7, "City/Care/Night": 7}
VARIED = [(1, 2), (2, 3), (3, 4), (4, 5), (5, 1), (1, 3), (2, 4)]


def released_of_care(built: OpenWave) -> list[tuple[object, ...]]:
    """Everything that anyone can see of the department and its teams."""
    close(built.wave)
    figures = Release.objects.filter(wave=built.wave, unit__depth__gt=1)
    takings = Participation.objects.filter(wave=built.wave, unit__depth__gt=1)
    fields = "unit__name", "question__code", "n", "mean", "high", "covered"
    return sorted(figures.values_list(*fields)) + sorted(
        takings.values_list("unit__name", "answered", "invited")
    )


@pytest.mark.django_db
def test_numbers_of_answers_less_participation_do_not_tell_whether_the_director_answered() -> None:
    """Care's n - Night's n - the number who took part in Day = the director."""
    seen = []
    for director_answers in (True, False):
        built = open_wave(SIZES)
        built.answer("City", VARIED)
        built.answer("City/Care", [(3, 3)] * director_answers)
        built.answer("City/Care/Day", VARIED[:4])
        built.answer("City/Care/Night", VARIED)
        seen.append(released_of_care(built))
    assert seen[0] == seen[1]


@pytest.mark.django_db
def test_a_question_that_a_team_answers_alike_does_not_tell_whether_the_director_answered() -> None:
    """Alike answers join the department: its n to this question - the team's n to another = the director."""
    seen = []
    for director_answers in (True, False):
        built = open_wave(SIZES)
        built.answer("City", VARIED)
        built.answer("City/Care", [(3, 1)] * director_answers)
        built.answer("City/Care/Day", [(score, 5) for score, _ in VARIED[:6]] + [(2, 4)])
        built.answer("City/Care/Night", VARIED)
        seen.append(released_of_care(built))
    assert seen[0] == seen[1]


@given(answered_trees())
@settings(max_examples=200, deadline=None)
def test_no_sum_of_numbers_of_answers_and_participation_concerns_fewer_than_k_people(
    case: tuple[Tree, Counts, int],
) -> None:
    """Own groups that are in the same figures get the same weight in any sum; such a set must be large."""
    tree, scores, minimum = case
    answered = scores.sum(axis=2).max(axis=1)
    people = np.stack([answered, np.arange(len(tree)) % 3], axis=1)[:, None, :]
    groups = pool(people, tree, enough_people(minimum))
    answers = pool_whole(groups, scores, tree, enough_answers(minimum))
    homes = np.concatenate([groups.homes, answers.homes], axis=1)
    together: defaultdict[tuple[int, ...], int] = defaultdict(int)
    for group, invited in enumerate(people.sum(axis=(1, 2)).tolist()):
        together[tuple(homes[group].tolist())] += invited
    assert all(
        invited >= minimum for blocks, invited in together.items() if any(home != NOWHERE for home in blocks)
    )
    assert ((answers.counts.sum(axis=2) >= minimum) == answers.formed).all()
