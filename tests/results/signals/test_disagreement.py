from __future__ import annotations

import numpy as np

from results.signals.disagreement import spread, without_mean


def thirds(*counts: tuple[float, float, float]) -> np.ndarray:
    return np.array(counts, dtype=float)[:, None, None, :]


def no_scores(units: int) -> np.ndarray:
    return np.full((units, 1, 1, 5), np.nan)


def test_two_camps_lie_further_apart_than_one() -> None:
    counts = thirds((10, 0, 10), (0, 20, 0), (7, 6, 7))
    camps, one, even = spread(counts, no_scores(3)).variance[:, 0, 0]
    assert camps > even > one > 0


def test_below_ten_answers_nothing_is_told() -> None:
    found = spread(thirds((np.nan, np.nan, np.nan), (5, 5, 5)), no_scores(2))
    assert np.isnan(found.variance[0]).all()
    assert np.isfinite(found.variance[1]).all()


def test_a_full_distribution_is_used_where_it_is_there_most_of_the_time() -> None:
    counts = np.tile(np.array([20.0, 20, 20]), (2, 5, 1, 1))
    scores = np.full((2, 5, 1, 5), np.nan)
    scores[0] = [12, 12, 12, 12, 12]
    scores[1, :2] = [12, 12, 12, 12, 12]
    found = spread(counts, scores).variance
    assert found[0, 0, 0] == np.var([1, 2, 3, 4, 5])
    assert len(set(found[1, :, 0].round(6))) == 1


def test_the_error_of_the_logarithm_is_what_drawing_again_gives() -> None:
    chance = np.random.default_rng(1)
    drawn = chance.multinomial(60, [0.4, 0.3, 0.3], size=4000).astype(float)[:, None, None, :]
    found = spread(drawn, no_scores(4000))
    told = found.error[0, 0, 0]
    assert np.log(found.variance).var() == np.clip(np.log(found.variance).var(), 0.7 * told, 1.4 * told)


def test_what_only_follows_from_the_mean_is_taken_off() -> None:
    chance = np.random.default_rng(2)
    mean = chance.normal(4, 0.3, (50, 20))
    logarithm = -0.8 * mean + chance.normal(0, 0.1, mean.shape)
    left = without_mean(logarithm, mean)
    within = left - left.mean(axis=1, keepdims=True)
    assert np.std(within) < 0.12
