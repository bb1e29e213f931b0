"""The Bayes factor against its definition, and what must not make a difference."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.stats import multivariate_normal

from results.signals import detectors
from results.signals.drift import DOWN, SLOPE, STEP, UP, drift, factors, told
from results.signals.null_model import NullModel

Floats = NDArray[np.float64]


def model_of(rows: int, waves: int, *, noise: float = 0.03, times: Floats | None = None) -> NullModel:
    return NullModel(
        times=np.arange(waves, dtype=float) if times is None else times,
        persistence=np.full(rows, 0.6),
        deviation=np.full(rows, 0.015),
        level=np.full(rows, 0.1),
        noise=np.full((rows, waves), noise),
        jumps=np.zeros((rows, waves)),
    )


def series(rows: int, waves: int, *, fall: float = 0.0, start: int = 0, seed: int = 1) -> Floats:
    drawn = model_of(rows, waves).simulate(np.random.default_rng(seed), 1)[:, :, 0]
    return drawn + fall * np.maximum(np.arange(waves) - start, 0)


def test_it_is_the_ratio_of_the_two_likelihoods() -> None:
    """Against numerical integration over the slope, with the covariance written out."""
    waves = 7
    model, y = model_of(1, waves), series(1, waves, fall=-0.1, start=3)
    y[0, 2] = np.nan
    seen = np.isfinite(y[0])
    apart = np.abs(np.subtract.outer(model.times, model.times))
    covariance = 0.1 + 0.015 * 0.6**apart + 0.03 * np.eye(waves)
    normal = multivariate_normal(np.zeros(seen.sum()), covariance[np.ix_(seen, seen)])

    def likelihood(slope: float, start: int) -> float:
        ramp = slope * np.maximum(model.times - start, 0)
        prior = 2 * np.exp(-0.5 * (slope / SLOPE) ** 2) / (SLOPE * np.sqrt(2 * np.pi))
        return float(normal.pdf((y[0] - ramp)[seen]) * prior)

    under = [quad(likelihood, -0.6, 0, args=(start,))[0] for start in range(waves - 1)]
    wanted = np.log(np.mean(under) / normal.pdf(y[0][seen]))
    found = factors(model, y[:, :, None], direction=DOWN)[0, -1, 0]
    assert found == pytest.approx(wanted, abs=1e-4)
    assert drift(model, y, direction=DOWN).factor[0] == pytest.approx(found)


def test_looking_up_is_looking_down_in_a_mirror() -> None:
    y = series(5, 12)
    up, down = (
        factors(model_of(5, 12), sign * y[:, :, None], direction=way) for sign, way in ((1, UP), (-1, DOWN))
    )
    assert np.allclose(up, down)


def test_start_and_size_are_near_what_was_planted() -> None:
    y = series(300, 26, fall=-0.08, start=12)
    found = drift(model_of(300, 26), y, direction=DOWN)
    assert 11 <= np.median(found.start) <= 14
    assert np.median(found.size) == pytest.approx(-0.08 * 13, abs=0.15)


def test_size_lies_within_its_error() -> None:
    y = series(300, 26, fall=-0.05, start=10)
    found = drift(model_of(300, 26), y, direction=DOWN)
    apart = (found.size + 0.05 * 15) / found.size_error
    assert np.abs(apart).mean() < 1.3


def ready(y: Floats, n: Floats) -> detectors.Prepared:
    return detectors.means(y, n, n * 1.5, detectors.Ground.flat(*y.shape))


def test_the_order_of_units_makes_no_difference() -> None:
    y, n = series(200, 15), np.full((200, 15), 9.0)
    y[17] -= 0.1 * np.maximum(np.arange(15) - 7, 0)
    turned = np.random.default_rng(3).permutation(200)
    one, other = ready(y, n), ready(y[turned], n)
    first = factors(one.model, one.y[:, :, None], direction=DOWN)
    second = factors(other.model, other.y[:, :, None], direction=DOWN)
    assert np.allclose(first[turned], second, atol=1e-6)


def test_shifting_the_scale_makes_no_difference() -> None:
    y, n = series(200, 15), np.full((200, 15), 9.0)
    one, other = ready(y, n), ready(y + 3.4, n)
    assert np.allclose(one.y, other.y)
    assert np.allclose(one.model.noise, other.model.noise)


def test_what_all_units_do_is_no_unit_s_drift() -> None:
    y, n = series(200, 15), np.full((200, 15), 9.0)
    together = y - 0.08 * np.arange(15)
    one, other = ready(y, n), ready(together, n)
    assert np.allclose(one.y, other.y, atol=0.02)


def test_units_that_came_back_do_not_hide_those_that_drift() -> None:
    """What fell and rose again is not how a unit behaves while nothing happens."""
    y, n = series(150, 26), np.full((150, 26), 9.0)
    y[:3] -= 0.05 * np.maximum(np.arange(26) - 12, 0)
    dip = np.interp(np.arange(26), (4, 9, 13, 17), (0, -1.2, -1.2, 0))
    before, after = (ready(one, n) for one in (y, y + dip * (np.arange(150) >= 142)[:, None]))
    assert after.model.deviation[0] < 1.5 * before.model.deviation[0]
    found = [factors(one.model, one.y[:, :, None], direction=DOWN)[:3, -1].mean() for one in (before, after)]
    assert found[1] > 0.8 * found[0]


def test_gaps_and_units_that_join_later_work() -> None:
    y, n = series(150, 20, fall=-0.06, start=10), np.full((150, 20), 9.0)
    y[:50, 3:8] = np.nan
    y[50:100, :9] = np.nan
    y[100:] += 0.06 * np.maximum(np.arange(20) - 10, 0)
    found = ready(y, n)
    last = factors(found.model, found.y[:, :, None], direction=DOWN)[:, -1, 0]
    assert np.isfinite(last).all()
    assert np.median(last[:100]) > np.median(last[100:])


def test_a_unit_with_few_figures_says_nothing_yet() -> None:
    y = series(40, 12)
    y[0, :9] = np.nan
    assert not np.isfinite(factors(model_of(40, 12), y[:, :, None], direction=DOWN)[0, -1, 0])


def test_after_a_year_without_waves_an_earlier_deviation_counts_for_little() -> None:
    """And the series goes on: neither the gap itself nor what it hides is a drift."""
    times = np.concatenate([np.arange(10), np.arange(10) + 36.0])
    model = model_of(400, 20, times=times)
    y = model.simulate(np.random.default_rng(4), 1)
    last = factors(model, y, direction=DOWN)[:, -1, 0]
    assert np.mean(last > 2) < 0.01


def test_a_reorganised_unit_may_jump_without_drifting() -> None:
    y = series(1, 14)
    y[0, 7:] -= 0.8
    still, jumping = model_of(1, 14), model_of(1, 14)
    jumping.jumps[0, 7] = 0.2
    before, after = (drift(model, y, direction=DOWN).factor[0] for model in (still, jumping))
    assert before > 3
    assert after < 1


def test_a_new_unit_that_is_low_from_the_start_does_not_drift() -> None:
    y = series(60, 16)
    y[0] -= 1.2
    y[0, :6] = np.nan
    found = drift(model_of(60, 16), y, direction=DOWN)
    assert found.factor[0] < 1
    assert found.earliest[0] >= 6


def test_a_step_is_told_from_when_it_fell() -> None:
    y = series(200, 20)
    y[:, 11:] -= 0.8
    found = told(model_of(200, 20), y, direction=DOWN)
    assert np.mean(found.start == 10) > 0.8
    assert np.median(found.size) == pytest.approx(-0.8, abs=0.15)


def test_a_ramp_is_still_told_as_one() -> None:
    y = series(300, 26, fall=-0.08, start=12)
    found = told(model_of(300, 26), y, direction=DOWN)
    assert 11 <= np.median(found.start) <= 14
    assert np.median(found.size) == pytest.approx(-0.08 * 13, abs=0.2)


@pytest.mark.parametrize("slope", [-0.035, -0.06, None])
def test_eight_in_ten_ranges_that_are_told_hold_the_start(slope: float | None) -> None:
    """Of ramps of one slope, and of all that the model thinks possible; among those that would be raised."""
    rows, waves, chance = 800, 26, np.random.default_rng(6)
    start = chance.integers(3, waves - 6, rows)
    after = np.maximum(np.arange(waves) - start[:, None], 0)
    steep = -np.abs(chance.normal(0, SLOPE, rows)) if slope is None else np.full(rows, slope)
    shifts = steep[:, None] * after
    if slope is None:
        shifts[::2] = STEP * steep[::2, None] * (after[::2] > 0)
    model, y = model_of(rows, waves), series(rows, waves, seed=7) + shifts
    found = told(model, y, direction=DOWN)
    raised = drift(model, y, direction=DOWN).factor > 2
    covered = ((found.earliest <= start) & (start <= found.latest))[raised]
    assert raised.sum() > 250
    assert covered.mean() > 0.8
