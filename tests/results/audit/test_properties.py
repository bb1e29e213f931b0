"""What must hold whatever the organisation, the answers and the minimum."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from results.audit.evidence import DISTRIBUTION, FAVOURABLE, MEAN
from results.audit.judging import judge
from results.audit.reading import read_wave
from results.disclosure.pooling import NOWHERE
from results.disclosure.statistics import Layer, Layers
from results.models import Release
from tests.attacks.attacker import by_elimination, by_subtraction
from tests.attacks.test_attacker import attempts
from tests.organisations import Answered, organisations
from tests.results.audit.released import evidence, layers_of
from tests.results.closing import close
from tests.waves import open_wave


def found_layers(case: Answered) -> Layers:
    return layers_of(case.tree, case.scores, case.silent, case.minimum)


def subtree(case: Answered, unit: int) -> range:
    return range(unit, int(case.tree.ends[unit]))


@given(organisations())
@settings(max_examples=700, deadline=None)
def test_the_auditor_certifies_all_that_is_released(case: Answered) -> None:
    verdict = judge(evidence(case.tree, case.scores, case.silent, case.minimum))
    assert verdict.passed
    assert not any(one.programmes for one in verdict.certified), "the structure alone is the proof"


@given(organisations())
@settings(max_examples=500, deadline=None)
def test_no_figure_is_below_its_threshold_and_none_is_unanimous(case: Answered) -> None:
    found = evidence(case.tree, case.scores, case.silent, case.minimum)
    least = {MEAN: case.minimum, FAVOURABLE: max(10, case.minimum), DISTRIBUTION: 50}
    for release in found.releases:
        assert release.n >= least.get(release.statistic, case.minimum)
    for tally in found.tallies:
        assert sum(tally.counts) - max(tally.counts) >= 2


@given(organisations())
@settings(max_examples=500, deadline=None)
def test_larger_blocks_are_made_of_whole_smaller_ones(case: Answered) -> None:
    found = found_layers(case)
    for smaller, larger in ((found.mean, found.shares), (found.shares, found.distribution)):
        for question in range(case.scores.shape[1]):
            together = gathered(case, smaller, larger, question)
            assert (together == larger.pools.counts[:, question]).all()


def gathered(case: Answered, smaller: Layer, larger: Layer, question: int) -> np.ndarray:
    """The blocks of `smaller`, put where the own groups in them count in `larger`."""
    together = np.zeros_like(case.scores[:, question])
    for home in np.flatnonzero(smaller.pools.formed[:, question]).tolist():
        own_groups = smaller.pools.homes[:, question] == home
        homes = set(larger.pools.homes[own_groups, question].tolist())
        assert len(homes) == 1, "a block is parted"
        if (above := homes.pop()) != NOWHERE:
            together[above] += smaller.pools.counts[home, question]
    return together


@given(organisations())
@settings(max_examples=500, deadline=None)
def test_a_units_figure_is_the_sum_of_its_blocks(case: Answered) -> None:
    found = found_layers(case)
    for layer in (found.mean, found.shares, found.distribution):
        totals = case.tree.totals(layer.pools.counts)
        for unit in range(len(case.tree)):
            below = layer.pools.counts[list(subtree(case, unit))].sum(axis=0)
            assert (totals[unit] == below).all()


@given(organisations())
@settings(max_examples=500, deadline=None)
def test_a_unit_with_enough_answers_in_its_mean_has_shares_too(case: Answered) -> None:
    found = found_layers(case)
    of_mean, of_shares, of_spread = (
        case.tree.totals(layer.pools.counts).sum(axis=2)
        for layer in (found.mean, found.shares, found.distribution)
    )
    assert ((of_shares > 0) == (of_mean >= max(10, case.minimum))).all()
    assert ((of_spread > 0) <= (of_mean >= 50)).all()
    assert (of_spread <= of_shares).all()
    assert (of_shares <= of_mean).all()


@given(organisations())
@settings(max_examples=300, deadline=None)
def test_a_team_too_alike_counts_only_beside_as_many_others(case: Answered) -> None:
    """However a block came about, a single group in it that is too alike is no more than half of it."""
    found = found_layers(case)
    homes = found.mean.pools.homes
    for question in range(case.scores.shape[1]):
        for group in range(len(case.tree)):
            own, home = case.scores[group, question], homes[group, question]
            is_leaf = case.tree.ends[group] == group + 1
            alone = found.people.homes[group, 0] == group and own.sum() >= case.minimum
            if home != NOWHERE and is_leaf and alone and own.sum() - own.max() < 2:
                assert found.mean.pools.counts[home, question].sum() >= 2 * own.sum()


@pytest.mark.django_db
@given(
    sizes=st.lists(st.sampled_from([0, 1, 2, 3, 5, 6, 8, 12, 30]), min_size=3, max_size=9), seed=st.randoms()
)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_wave_that_is_closed_passes_and_closing_again_changes_nothing(sizes: list[int], seed: Any) -> None:
    paths = ["City"]
    for number in range(1, len(sizes)):
        paths.append(f"{paths[seed.randrange(number)]}/{number}")
    built = open_wave(dict(zip(paths, sizes, strict=True)))
    for path, size in zip(paths, sizes, strict=True):
        rows = [(seed.choice([1, 3, 5, 5, 5]), seed.choice([None, 2, 4])) for _ in range(size)]
        built.answer(path, [row for row in rows if seed.random() < 0.8])
    close(built.wave)
    read = read_wave(built.wave)
    assert judge(read).passed
    for figures, people, few in attempts(read):
        assert not by_elimination(figures, people, few)
        assert not list(by_subtraction(figures, people, few))
    before = list(Release.objects.filter(wave=built.wave).order_by("pk").values())
    close(built.wave)
    assert list(Release.objects.filter(wave=built.wave).order_by("pk").values()) == before
