"""Before and after a change: what it did to the units it came over, against comparable ones that it did not.

Difference in differences. Each affected unit is compared with the unaffected ones of its layer whose course
before was most like its own; the interval is from differences in differences of the unaffected units among
themselves (placebos, Abadie and others 2010), so it holds what passes over units by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

AROUND = 6  # waves before and after that are compared at most
LEAST_WAVES = 2
NEIGHBOURS = 10
LEAST_NEIGHBOURS = 3
PLACEBOS = 400
INSIDE = 0.95
SEED = 20


@dataclass(frozen=True, slots=True)
class Effect:
    """In points of the series: with a 95 % interval, `units` affected, compared with `others`.

    `parallel`: how far both grew apart in the waves before already, which nobody can blame on the change.
    """

    size: float
    low: float
    high: float
    units: int
    others: int
    parallel: float

    @property
    def is_clear(self) -> bool:
        return self.low > 0 or self.high < 0


def effect(y: Floats, n: Floats, affected: Flags, at: int) -> Effect | None:
    """`y`: (units, waves) of one layer, NaN without a figure; `at`: the first wave after the change.

    None where too few waves or comparable units have figures.
    """
    before, after = slice(max(0, at - AROUND), at), slice(at, at + AROUND)
    changed = _mean(y[:, after]) - _mean(y[:, before])
    enough = (np.isfinite(y[:, before]).sum(axis=1) >= LEAST_WAVES) & (
        np.isfinite(y[:, after]).sum(axis=1) >= LEAST_WAVES
    )
    mine, others = np.flatnonzero(affected & enough), np.flatnonzero(~affected & enough)
    if not len(mine) or len(others) < LEAST_NEIGHBOURS:
        return None
    weights = np.where(enough, np.nan_to_num(n[:, before]).mean(axis=1), 0)
    early = _trend(y[:, before])
    size, apart = _against(changed, early, weights, mine, others)
    chance = np.random.default_rng(SEED)
    drawn = np.array([_placebo(changed, early, weights, others, len(mine), chance) for _ in range(PLACEBOS)])
    spread = drawn - np.median(drawn)
    low, high = np.quantile(spread, [(1 - INSIDE) / 2, (1 + INSIDE) / 2])
    return Effect(size, size - float(high), size - float(low), len(mine), len(others), apart)


def _mean(values: Floats) -> Floats:
    seen = np.isfinite(values)
    found: Floats = np.where(seen, values, 0).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    return found


def _trend(values: Floats) -> Floats:
    """Change per wave within the waves before; 0 where it cannot be told."""
    seen = np.isfinite(values)
    time = np.where(seen, np.arange(values.shape[1])[None, :], 0)
    counted = np.maximum(seen.sum(axis=1, keepdims=True), 1)
    centred = np.where(seen, time - time.sum(axis=1, keepdims=True) / counted, 0)
    filled = np.where(seen, values, 0)
    found: Floats = (centred * filled).sum(axis=1) / np.maximum((centred**2).sum(axis=1), 1e-9)
    return found


def _against(
    changed: Floats, early: Floats, weights: Floats, mine: NDArray[np.int64], others: NDArray[np.int64]
) -> tuple[float, float]:
    """The weighted mean difference, and the same for the trends before."""
    nearest = np.argsort(np.abs(early[others][None, :] - early[mine][:, None]), axis=1, kind="stable")
    compared = others[nearest[:, :NEIGHBOURS]]
    differences = changed[mine] - changed[compared].mean(axis=1)
    apart = early[mine] - early[compared].mean(axis=1)
    own = weights[mine] / weights[mine].sum()
    return float(own @ differences), float(own @ apart)


def _placebo(
    changed: Floats,
    early: Floats,
    weights: Floats,
    others: NDArray[np.int64],
    number: int,
    chance: np.random.Generator,
) -> float:
    """The same for units that nothing happened to; at most half of them, so that others are left."""
    drawn = chance.permutation(others)
    number = min(number, len(others) // 2)
    return _against(changed, early, weights, drawn[:number], drawn[number:])[0]
