from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from results.effects.estimating import Caution, Effect, effect

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


def measured(affected: Array, others: Array, **more: Any) -> Effect:
    found = effect(
        affected, others, np.full_like(affected, N), np.full_like(others, N), after=AFTER, spread=SPREAD
    )
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
    for seed in range(300):
        everyone = town(31, seed=seed)
        found = measured(everyone[:1], everyone[1:])
        inside += found.lowest <= 0 <= found.highest
    assert 0.85 <= inside / 300 <= 0.95  # 0.9 ± 3 standard errors


def test_more_affected_units_make_it_surer() -> None:
    everyone = town(60, seed=3)
    one, many = measured(everyone[:1], everyone[20:]), measured(everyone[:20], everyone[20:])
    assert many.highest - many.lowest < (one.highest - one.lowest) / 2


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
    n = np.full_like(everyone, N)
    assert effect(everyone[:1], everyone[1:], n[:1], n[1:], after=AFTER, spread=SPREAD) is None


def test_nothing_after_says_nothing() -> None:
    everyone = town(20, seed=8)
    n = np.full_like(everyone, N)
    assert effect(everyone[:1], everyone[1:], n[:1], n[1:], after=[False] * 10, spread=SPREAD) is None
