"""The threshold that keeps the promise: at most so many false alarms per 1,000 figures of the newest waves.

Series in which nothing happens are drawn from the fitted null model with the units' own numbers of answers
(parametric bootstrap), go through the same detector, and are counted in the same way: a unit is raised once,
and only again after its factor has fallen back.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from results.signals.drift import factors
from results.signals.null_model import NullModel

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FALLBACK = np.log(3.0)  # below the threshold, before a unit can be raised again
UNIT_WAVES = 120_000  # simulated at least
MOST_COPIES = 60
STEPS = 30
RECENT = 4  # waves whose alarms are counted, and whose chance values a p-value is taken from
KEPT = 0.95  # of what is promised is used: the fitted model is not quite the true one


def still_raised(before: Flags, here: Floats, threshold: float) -> Flags:
    """After a wave: those that are raised by it, and those raised before that have not fallen back."""
    stays = (here >= threshold - FALLBACK) | ~np.isfinite(here)
    after: Flags = (here >= threshold) | (before & stays)
    return after


def raised(statistic: Floats, threshold: float) -> Flags:
    """Where a new alarm begins; `statistic` has waves on its second axis, -inf where it says nothing."""
    active = np.zeros(statistic[:, 0].shape, dtype=bool)
    found = np.zeros(statistic.shape, dtype=bool)
    for wave in range(statistic.shape[1]):
        here = statistic[:, wave]
        found[:, wave] = (here >= threshold) & ~active
        active = still_raised(active, here, threshold)
    return found


def threshold(null: Floats, rate: float, *, waves: int = RECENT) -> float:
    """The lowest at which alarms that begin in the last `waves` stay within `rate` per 1,000 figures there.

    Only these: an organisation reads each wave with a threshold of its own, and what earlier waves leave of
    the promise must not be spent in this one.
    """
    finite = np.isfinite(null)
    if not finite.any():
        return np.inf
    allowed = KEPT * rate / 1000 * finite[:, -waves:].sum()
    low, high = float(np.median(null[finite])), float(null[finite].max()) + 1e-9
    for _step in range(STEPS):
        middle = (low + high) / 2
        if raised(null, middle)[:, -waves:].sum() > allowed:
            low = middle
        else:
            high = middle
    return high


def null_factors(
    model: NullModel,
    seen: Flags,
    *,
    direction: int,
    slope: float,
    unit_waves: int,
    chance: np.random.Generator,
) -> Floats:
    """Log Bayes factors of series in which nothing happens, with gaps where the units have them.

    As many copies as it takes to simulate enough of `unit_waves`, those of all indices together.
    """
    copies = int(np.clip(np.ceil(UNIT_WAVES / max(unit_waves, 1)), 1, MOST_COPIES))
    drawn = model.simulate(chance, copies)
    drawn[~seen] = np.nan
    return factors(model, drawn, direction=direction, slope=slope)


def p_values(factor: Floats, null: Floats) -> Floats:
    """Of log Bayes factors, against factors of series in which nothing happens.

    Beyond the largest simulated one, 1/BF bounds it (Markov's inequality, as E(BF) = 1 under the null).
    """
    pool = np.sort(null[np.isfinite(null)])
    above = len(pool) - np.searchsorted(pool, factor, side="left")
    empirical = (1 + above) / (1 + len(pool))
    found = np.where(above > 0, empirical, np.minimum(empirical, np.exp(-np.maximum(factor, 0))))
    return np.where(np.isfinite(factor), found, 1.0)
