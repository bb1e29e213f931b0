from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from results.effects.effect import Caution, Effect, Series
from results.effects.estimating import effect
from results.signals import detectors
from results.signals.calibration import raised
from results.signals.drift import DOWN
from results.signals.false_discovery import probabilities
from results.signals.simulation import Plan, simulate

Array = NDArray[np.float64]
SPREAD, N = 1.0, 20
AFTER = [False] * 6 + [True] * 4


def town(units: int, seed: int, *, drift: float = 0.1) -> Array:
    """Units that nothing happened to: a level and a step of their own, noise, and a course they share."""
    random = np.random.default_rng(seed)
    level = 3.5 + random.normal(scale=0.3, size=(units, 1))
    step = np.where(AFTER, random.normal(scale=drift, size=(units, 1)), 0)
    shared = np.linspace(0, -0.4, len(AFTER))
    figures: Array = level + step + shared + random.normal(scale=SPREAD / N**0.5, size=(units, len(AFTER)))
    return figures


def series(mean: Array) -> Series:
    return Series(mean, np.full_like(mean, N), np.full_like(mean, 10 * N))


def estimated(affected: Array, others: Array, after: Sequence[bool] = AFTER) -> Effect | None:
    return effect(series(affected), series(others), times=np.arange(len(after), dtype=float), after=after)


def measured(affected: Array, others: Array) -> Effect:
    found = estimated(affected, others)
    assert found is not None
    return found


def test_a_planted_effect_is_found_although_everyone_fell() -> None:
    everyone = town(41, seed=1)
    affected = everyone[:1] + np.where(AFTER, 0.8, 0.0)
    found = measured(affected, everyone[1:])
    assert found.lowest < 0.8 < found.highest
    assert found.clear
    assert found.expected < -0.1
    assert (found.affected, found.others) == (1, 40)


def test_the_interval_holds_no_effect_nine_times_in_ten() -> None:
    inside = 0
    for seed in range(200):
        everyone = town(31, seed=seed)
        found = measured(everyone[:1], everyone[1:])
        inside += found.lowest <= 0 <= found.highest
    assert 0.83 <= inside / 200 <= 0.97  # 0.9 ± 3 standard errors


@dataclass(frozen=True, slots=True)
class Chosen:
    """What begins in a team just after a signal was raised in it, and does nothing.

    `plainly`: how much more than others the team rose from its last six waves before.
    """

    effect: Effect
    plainly: float


@cache
def chosen_by_signals(share_that_drifts: float) -> list[Chosen]:
    plan = Plan(teams=1500, share=share_that_drifts, slope=-0.035)
    world = simulate(plan, np.random.default_rng(1))
    mean, n, people = world.mean[0], world.n.astype(float), world.invited.astype(float)
    ready = detectors.means(mean, n, people, detectors.Ground.flat(*n.shape))
    [seen] = detectors.watch([ready], direction=DOWN, chance=np.random.default_rng(1))
    new = raised(seen.statistic, seen.thresholds["early"])
    found = []
    for wave in range(8, n.shape[1] - 6):
        probability = probabilities(seen.statistic[:, wave])
        for team in np.flatnonzero(new[:, wave]):
            teams, waves = (team + np.arange(41)) % len(n), slice(0, wave + 7)
            everyone = Series(mean[teams, waves], n[teams, waves], people[teams, waves])
            found += list(_chosen(everyone, float(probability[team])))
    return found


def _chosen(everyone: Series, probability: float) -> Iterator[Chosen]:
    times = np.arange(everyone.mean.shape[1], dtype=float)
    after = [False] * (len(times) - 6) + [True] * 6
    own, rest = everyone.of(slice(1)), everyone.of(slice(1, None))
    if told := effect(own, rest, times=times, after=after, shifted=probability):
        course = own.mean[0] - np.nanmean(rest.mean, axis=0)
        yield Chosen(told, float(np.nanmean(course[-6:]) - np.nanmean(course[-12:-6])))


def test_a_team_that_was_chosen_by_a_false_alarm_hardly_seems_helped() -> None:
    """Compared plainly, it seems to recover by something that did nothing."""
    found = chosen_by_signals(0.0)
    assert len(found) > 50
    plainly = np.mean([one.plainly for one in found])
    assert plainly > 0.07
    assert np.mean([one.effect.size for one in found]) < plainly / 3
    assert np.mean([one.effect.lowest > 0 for one in found]) < at_most(0.05, len(found))


@pytest.mark.parametrize("share_that_drifts", [0.0, 0.1])
def test_the_interval_holds_for_teams_chosen_by_signals_too(share_that_drifts: float) -> None:
    found = [one.effect for one in chosen_by_signals(share_that_drifts)]
    outside = np.mean([not one.lowest <= 0 <= one.highest for one in found])
    assert outside < at_most(0.1, len(found))


def at_most(share: float, number: int) -> float:
    """Three standard errors above what is promised."""
    return share + 3 * float(np.sqrt(share * (1 - share) / number))


def test_of_more_affected_units_only_sampling_becomes_surer() -> None:
    """What came over one of them may have come over all: they lie in one unit."""
    everyone = town(60, seed=3)
    one, many = measured(everyone[:1], everyone[20:]), measured(everyone[:20], everyone[20:])
    assert 0.5 < (many.highest - many.lowest) / (one.highest - one.lowest) < 0.9


def test_gaps_are_left_out_and_a_unit_without_a_before_too() -> None:
    everyone = town(21, seed=4)
    everyone[2, ::2] = np.nan
    everyone[3, :6] = np.nan
    found = measured(everyone[:1], everyone[1:])
    assert found.others == 19


def test_it_says_why_it_may_mislead() -> None:
    everyone = town(9, seed=5, drift=0.0)
    sinking = everyone[:1] - 2 + np.linspace(0, -2, len(AFTER))
    assert set(measured(sinking, everyone[1:]).cautions) == {
        Caution.FEW_OTHERS,
        Caution.ALREADY_MOVING,
        Caution.EXTREME_START,
    }
    calm = town(61, seed=6, drift=0.0)
    middle = np.median(calm[1:], axis=0, keepdims=True)
    assert measured(middle, calm[1:]).cautions == ()


@pytest.mark.parametrize("others", [0, 3])
def test_too_few_others_say_nothing(others: int) -> None:
    everyone = town(1 + others, seed=7)
    assert estimated(everyone[:1], everyone[1:]) is None


def test_nothing_after_says_nothing() -> None:
    everyone = town(20, seed=8)
    assert estimated(everyone[:1], everyone[1:], after=[False] * 10) is None
