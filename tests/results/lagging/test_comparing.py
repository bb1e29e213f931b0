from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from results.lagging.comparing import FEWEST_PAIRS, compare

Array = NDArray[np.float64]


def walks(units: int, months: int, *, seed: int) -> Array:
    """Each unit on a level of its own, drifting by itself."""
    random = np.random.default_rng(seed)
    steps: Array = random.normal(scale=0.1, size=(units, months)).cumsum(axis=1)
    return steps + random.normal(size=(units, 1))


def following(theme: Array, months: int, *, noise: float = 0.1, seed: int = 5) -> Array:
    """What falls when the theme rose so many months before."""
    random = np.random.default_rng(seed)
    indicator = np.full_like(theme, np.nan)
    indicator[:, months:] = -2 * theme[:, : theme.shape[1] - months]
    noisy: Array = indicator + random.normal(scale=noise, size=theme.shape)
    return noisy


@pytest.mark.parametrize("months", [0, 2, 5])
def test_a_planted_lead_is_found_with_its_sign(months: int) -> None:
    theme = walks(30, 24, seed=1)
    found = compare(theme, following(theme, months))
    assert found is not None
    assert found.months == months
    assert found.earliest <= months <= found.latest
    assert found.correlation < -0.9
    assert found.lowest <= found.correlation <= found.highest
    assert found.chance is not None
    assert found.chance < 0.02
    assert (found.units, found.pairs) == (30, 30 * (24 - months))


def test_an_indicator_that_ran_ahead_has_months_below_zero() -> None:
    indicator = walks(30, 24, seed=2)
    found = compare(following(indicator, 3), indicator)
    assert found is not None
    assert found.months == -3


def test_what_moved_everyone_at_once_is_no_link() -> None:
    season = np.sin(np.arange(24) / 2)
    theme = walks(30, 24, seed=3) + 5 * season
    indicator = walks(30, 24, seed=4) + 5 * season
    found = compare(theme, indicator)
    assert found is not None
    assert abs(found.correlation) < 0.5


def test_units_that_have_nothing_to_do_with_each_other_rarely_seem_to() -> None:
    chances = []
    for seed in range(20):
        found = compare(walks(15, 18, seed=100 + seed), walks(15, 18, seed=200 + seed))
        assert found is not None
        assert found.chance is not None
        chances.append(found.chance)
    assert sum(chance <= 0.1 for chance in chances) <= 6  # 2 expected; more than 6 once in 400 times


def test_of_a_short_series_what_moves_at_once_is_not_told_to_run_far_ahead() -> None:
    for seed in range(12):
        theme = walks(40, 8, seed=40 + seed)
        found = compare(theme, 0.25 * theme + walks(40, 8, seed=90 + seed))
        assert found is not None
        assert abs(found.months) <= 1


def test_gaps_are_left_out() -> None:
    theme = walks(30, 24, seed=6)
    indicator = following(theme, 2)
    theme[:, ::3] = np.nan
    found = compare(theme, indicator)
    assert found is not None
    assert found.months == 2
    assert found.pairs < 30 * 22


def test_order_level_and_measure_do_not_matter() -> None:
    theme = walks(12, 20, seed=7)
    indicator = following(theme, 1)
    plain = compare(theme, indicator)
    moved = compare(theme * 25 + 100, indicator / 7 - 3)
    assert plain is not None
    assert moved is not None
    assert (moved.months, moved.pairs, moved.chance) == (plain.months, plain.pairs, plain.chance)
    assert moved.correlation == pytest.approx(plain.correlation)


def test_one_unit_says_something_but_not_how_often_chance_would() -> None:
    theme = walks(1, 24, seed=8)
    found = compare(theme, following(theme, 0))
    assert found is not None
    assert (found.chance, found.units) == (None, 1)


def test_too_little_says_nothing() -> None:
    months = FEWEST_PAIRS - 1
    theme = walks(1, months, seed=9)
    assert compare(theme, following(theme, 0)) is None
    still = np.ones((3, 24))
    assert compare(still, walks(3, 24, seed=9)) is None
