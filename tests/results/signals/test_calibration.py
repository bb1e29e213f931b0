"""False alarms stay within what is promised, and what is planted is found."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from results.signals import calibration, detectors
from results.signals.drift import DOWN, LEAST_SEEN, UP
from results.signals.false_discovery import probabilities
from results.signals.rates import RATES
from results.signals.simulation import Plan, World, simulate

WAVES = 20


def prepared(world: World) -> detectors.Prepared:
    ground = detectors.Ground.flat(*world.n.shape)
    return detectors.means(world.mean[0], world.n.astype(float), world.invited.astype(float), ground)


def prepared_spread(world: World) -> detectors.Prepared:
    ground = detectors.Ground.flat(*world.n.shape)
    return detectors.spreads(np.log(world.variance[0]), 2 / np.maximum(world.n - 1, 1), ground)


def seen(ready: detectors.Prepared, direction: int, seed: int = 0) -> detectors.Seen:
    [found] = detectors.watch([ready], direction=direction, chance=np.random.default_rng(seed))
    return found


def alarms(found: detectors.Seen, sensitivity: str) -> NDArray[np.bool_]:
    return calibration.raised(found.statistic, found.thresholds[sensitivity])


@pytest.mark.parametrize("sensitivity", ["few", "normal", "early"])
def test_where_nothing_happens_false_alarms_keep_to_the_promise(sensitivity: str) -> None:
    """Over several organisations; three standard errors of a count of rare events allow for chance."""
    worlds = [simulate(Plan(teams=800, waves=WAVES), np.random.default_rng(seed)) for seed in range(4)]
    raised = sum(int(alarms(seen(prepared(world), DOWN), sensitivity).sum()) for world in worlds)
    promised = RATES[sensitivity] / 1000 * sum(int((world.n > 0).sum()) for world in worlds)
    assert raised <= promised + 3 * np.sqrt(promised)
    assert raised >= promised / 2 - 3 * np.sqrt(
        promised
    )  # nor is the threshold so high that nothing is found


def test_that_some_teams_are_more_restless_than_others_breaks_no_promise() -> None:
    """Taken for alike they raise twice as many as `few` promises, nearly all in the most restless."""
    plan = Plan(teams=800, waves=WAVES, differ=0.35)
    worlds = [simulate(plan, np.random.default_rng(seed)) for seed in range(4)]
    raised = sum(int(alarms(seen(prepared(world), DOWN), "few").sum()) for world in worlds)
    promised = RATES["few"] / 1000 * sum(int((world.n > 0).sum()) for world in worlds)
    assert raised <= promised + 3 * np.sqrt(promised)


def test_where_teams_are_alike_none_is_called_more_restless() -> None:
    ready = prepared(simulate(Plan(teams=800, waves=WAVES), np.random.default_rng(5)))
    ratio = ready.model.deviation / ready.model.deviation[0]
    assert np.allclose(ratio, 1)


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("rounding", [0.0, 1e-15])
def test_where_nothing_ever_moves_all_teams_count_alike_and_none_is_raised(rounding: float) -> None:
    chance = np.random.default_rng(7)
    y = np.repeat(chance.normal(size=(40, 1)), 10, axis=1) + rounding * chance.normal(size=(40, 10))
    ready = detectors.spreads(y, np.full(y.shape, 0.2), detectors.Ground.flat(*y.shape))
    found = seen(ready, UP)
    assert np.allclose(ready.model.noise, ready.model.noise[0, 0])
    assert np.allclose(ready.model.deviation, ready.model.deviation[0])
    assert np.isfinite(found.statistic[:, LEAST_SEEN - 1 :]).all()
    assert np.isfinite(found.drift.factor).all()
    assert not alarms(found, "early").any()


def test_spread_keeps_to_the_promise_too() -> None:
    worlds = [simulate(Plan(teams=800, waves=WAVES), np.random.default_rng(seed)) for seed in range(3)]
    raised = sum(int(alarms(seen(prepared_spread(world), UP), "early").sum()) for world in worlds)
    promised = 5 / 1000 * sum(int((world.n > 0).sum()) for world in worlds)
    assert raised <= promised + 3 * np.sqrt(promised)


def found_share(raised: NDArray[np.bool_], start: NDArray[np.int64]) -> float:
    rows = np.flatnonzero(start >= 0)
    return float(np.mean([raised[row, start[row] + 1 :].any() for row in rows]))


def test_most_slow_drifts_are_found() -> None:
    world = simulate(Plan(teams=800, share=0.1, slope=-0.04), np.random.default_rng(1))
    assert found_share(alarms(seen(prepared(world), DOWN), "early"), world.start) > 0.7


def test_a_drift_that_a_whole_department_shares_is_found_in_it_within_months() -> None:
    plan = Plan(teams=1400, share=0.2, slope=-0.04, whole_departments=True)
    world = simulate(plan, np.random.default_rng(2)).departments()
    raised = alarms(seen(prepared(world), DOWN), "early")
    soon = [raised[row, start + 1 : start + 9].any() for row, start in enumerate(world.start) if start >= 0]
    assert np.mean(soon) > 0.8


def test_growing_disagreement_is_found_though_the_mean_stays() -> None:
    world = simulate(Plan(teams=800, share=0.1, widening=0.05), np.random.default_rng(3))
    assert found_share(alarms(seen(prepared_spread(world), UP), "early"), world.start) > 0.6
    assert found_share(alarms(seen(prepared(world), DOWN), "early"), world.start) < 0.3


def test_a_rise_is_no_decline() -> None:
    world = simulate(Plan(teams=800, share=0.1, slope=0.05), np.random.default_rng(4))
    assert found_share(alarms(seen(prepared(world), DOWN), "early"), world.start) < 0.15


def test_the_fitted_parameters_are_those_of_the_simulation() -> None:
    model = prepared(simulate(Plan(teams=1500), np.random.default_rng(5))).model
    assert 0.4 <= model.persistence[0] <= 0.75
    assert 0.09 <= np.sqrt(model.deviation[0]) <= 0.16  # 0.125
    assert 0.2 <= np.sqrt(model.level[0]) <= 0.4  # 0.29, and what lasting people make of it


def test_a_unit_is_raised_again_only_after_it_fell_back() -> None:
    statistic = np.array([[0.0, 3.0, 2.5, 1.9, 3.1, 0.5, 3.0]])
    assert calibration.raised(statistic, 2.0).tolist() == [[False, True, False, False, False, False, True]]


def test_a_wave_without_a_figure_is_no_falling_back() -> None:
    statistic = np.array([[3.0, -np.inf, 3.0]])
    assert calibration.raised(statistic, 2.0).tolist() == [[True, False, False]]


def test_what_came_at_once_and_stays_is_told_to_be_sure() -> None:
    """Though half a year later it looks little like a slow decline."""
    world = simulate(Plan(teams=300, waves=WAVES), np.random.default_rng(6))
    people = np.flatnonzero((world.n[:, -1] > 9) & (world.n[:, 5:].min(axis=1) > 0))[:10]
    world.mean[0, people, 7:] -= 0.6
    found = seen(prepared(world), DOWN)
    slowly = probabilities(found.statistic[:, -1])
    assert np.median(found.probability[people]) > 0.9
    assert np.median(slowly[people]) < 0.8
