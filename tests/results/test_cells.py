"""What holds of live figures, whatever the organisation and the order in which people answer."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given, settings

from results.audit.evidence import Evidence
from results.audit.judging import judge
from results.disclosure.cells import live_units
from results.disclosure.pooling import NOWHERE, homes
from tests.attacks.attacker import Figure, by_comparing, by_elimination, by_subtraction
from tests.attacks.test_attacker import attempts
from tests.live_waves import Lived, live_waves
from tests.results.audit.released import evidence, frame_of, layers_of, live_releases


def evidence_of(lived: Lived) -> Evidence:
    case = lived.case
    return evidence(case.tree, case.scores, case.silent, case.minimum, lived.rounds)


@given(live_waves())
@settings(max_examples=300, deadline=None)
def test_the_auditor_certifies_live_and_final_figures_together(lived: Lived) -> None:
    verdict = judge(evidence_of(lived))
    assert verdict.passed
    assert not any(one.programmes for one in verdict.certified), "the structure alone is the proof"


@given(live_waves(most_units=12, most_questions=2))
@settings(max_examples=150, deadline=None)
def test_an_attacker_with_all_live_and_final_figures_recovers_nobody(lived: Lived) -> None:
    for figures, people, few in attempts(evidence_of(lived)):
        assert not list(by_subtraction(figures, people, few))
        assert not list(by_comparing(figures, people, few))
        assert not by_elimination(figures, people, few)


@given(live_waves(most_units=12, most_questions=1))
@settings(max_examples=100, deadline=None)
def test_the_same_attacker_gets_at_people_where_each_look_shows_all_answers_so_far(lived: Lived) -> None:
    """Were every round to show whoever answered by then, the last few would follow."""
    sizes = [1] * int(lived.case.answered.sum())
    looks = [Figure(frozenset(range(n)), Fraction(n)) for n in range(5, len(sizes) + 1)]
    assert len(looks) < 2 or any(True for _ in by_comparing(looks, sizes, 5))


@given(live_waves())
@settings(max_examples=300, deadline=None)
def test_live_figures_never_shrink_and_grow_by_at_least_ten_varied_answers(lived: Lived) -> None:
    case, seen = lived.case, dict[tuple[int, int], tuple[int, float]]()
    for release in live_releases(frame_of(case.tree, case.scores, case.silent), lived.rounds):
        n, total = seen.get((release.unit_id, release.question_id), (0, 0.0))
        now = release.n * (release.mean or 0)
        new, sum_of_new = release.n - n, now - total
        assert new >= max(10, case.minimum)
        assert new + 2 - 1e-6 <= sum_of_new <= 5 * new - 2 + 1e-6, "all at one end"
        seen[release.unit_id, release.question_id] = release.n, now


@given(live_waves())
@settings(max_examples=300, deadline=None)
def test_no_cell_is_too_alike(lived: Lived) -> None:
    case, before = lived.case, np.zeros_like(lived.case.scores)
    lowest = homes(live_units(case.answered + case.silent, case.tree)[:, None], case.tree)[:, 0]
    for celled in lived.rounds:
        for unit in set(lowest.tolist()) - {NOWHERE}:
            cell = (celled.scores - before)[lowest == unit].sum(axis=0)
            assert not cell.any() or (cell.sum(axis=1) - cell.max(axis=1) >= 2).all()
        before = celled.scores


@given(live_waves())
@settings(max_examples=300, deadline=None)
def test_each_block_has_enough_varied_answers_outside_of_cells(lived: Lived) -> None:
    """So whatever is subtracted, these are left."""
    if not lived.rounds:
        return
    case, celled = lived.case, lived.rounds[-1]
    pools = layers_of(case.tree, case.scores, case.silent, case.minimum, celled).mean.pools
    outside = case.scores - celled.scores
    for home, question in np.argwhere(pools.formed).tolist():
        left = outside[pools.homes[:, question] == home, question].sum(axis=0)
        assert left.sum() >= case.minimum
        assert left.sum() - left.max() >= 2
