"""What a change did, against comparable units: right on average, honest about chance."""

from __future__ import annotations

import numpy as np

from results.signals.effects import Flags, Floats, effect
from results.signals.simulation import Plan, simulate

WAVES, AT = 16, 8


def world(seed: int, size: float, units: int = 5, teams: int = 80) -> tuple[Floats, Floats, Flags]:
    made = simulate(Plan(teams=teams, waves=WAVES), np.random.default_rng(seed))
    affected = np.arange(teams) < units
    y = made.mean[0] + size * affected[:, None] * (np.arange(WAVES) >= AT)
    return y, made.n.astype(float), affected


def test_the_interval_holds_the_true_effect_about_as_often_as_it_says() -> None:
    held = []
    for seed in range(60):
        found = effect(*world(seed, -0.3), AT)
        assert found is not None
        held.append(found.low <= -0.3 <= found.high)
    assert np.mean(held) > 0.85


def test_where_nothing_changed_little_is_called_clear() -> None:
    clear = [found.is_clear for seed in range(60) if (found := effect(*world(seed, 0.0), AT)) is not None]
    assert np.mean(clear) < 0.15


def test_a_large_effect_on_several_units_is_clear() -> None:
    clear = [found.is_clear for seed in range(20) if (found := effect(*world(seed, -0.5), AT)) is not None]
    assert np.mean(clear) > 0.8


def test_without_comparable_units_or_waves_nothing_is_told() -> None:
    y, n, affected = world(1, -0.3)
    assert effect(y, n, np.ones_like(affected), AT) is None
    assert effect(y, n, affected, 1) is None
    assert effect(y, n, affected, WAVES - 1) is None


def test_that_units_grew_apart_before_is_told() -> None:
    y, n, affected = world(2, 0.0)
    falling = y - 0.2 * affected[:, None] * np.arange(WAVES)
    found, before = effect(falling, n, affected, AT), effect(y, n, affected, AT)
    assert found is not None
    assert before is not None
    assert found.parallel < -0.05 < before.parallel
