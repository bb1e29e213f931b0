"""How much more or less restless each unit is than the model says of all.

A unit's own part κ of noise and deviation is estimated from its squared differences over a few waves, of
which a slow drift hardly is a part, and shrunk to 1 by how much units differ in it: an inverse gamma prior
with mean 1, of which the variance is estimated by the method of moments. Where units are alike, or nothing
moves, all stays as it was.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from results.signals.null_model import LAGS, NullModel

Floats = NDArray[np.float64]

FEWEST_DIFFERENCES, FEWEST_UNITS = 6, 12
LARGEST = 4.0  # squared difference in units of what is expected: a sudden fall is no restlessness
STILL = 1e-6  # in the same units: rounding, where no figure ever moves
COPIES = 2


def with_own_restlessness(model: NullModel, y: Floats) -> NullModel:
    """`y`: shape (rows, waves), NaN where there is no figure. Always the same for the same figures."""
    ratio, count = _ratios(model, y[:, :, None])
    usable = count >= FEWEST_DIFFERENCES
    if usable.sum() < FEWEST_UNITS or (typical := ratio[usable, 0].mean()) < STILL:
        return model
    alike = model.simulate(np.random.default_rng(0), COPIES)
    alike[~np.isfinite(y)] = np.nan
    usual = _ratios(model, alike)[0][usable]
    chance = float(((usual / usual.mean() - 1) ** 2 * count[usable, None]).mean())  # per difference
    relative = ratio[:, 0] / typical
    differ = _differ(relative[usable], chance / count[usable])
    if differ <= 0:
        return model
    freedom = 2 * count / chance
    shape = 2 + 1 / differ + freedom / 2
    own = (1 + 1 / differ + freedom / 2 * np.where(usable, relative, 1)) / (shape - 1)
    return replace(model, noise=model.noise * own[:, None], deviation=model.deviation * own)


def _ratios(model: NullModel, y: Floats) -> tuple[Floats, Floats]:
    """Mean squared difference in parts of what is expected, by row and copy; and by row how many."""
    total, count = np.zeros((len(y), y.shape[2])), np.zeros(len(y))
    for lag in LAGS:
        if lag < y.shape[1]:
            stays = model.persistence[:, None] ** (model.times[lag:] - model.times[:-lag])
            expected = model.noise[:, lag:] + model.noise[:, :-lag] + model.jumps[:, lag:]
            expected = expected + 2 * model.deviation[:, None] * (1 - stays)
            squared = np.minimum((y[:, lag:] - y[:, :-lag]) ** 2 / expected[:, :, None], LARGEST)
            total += np.nansum(squared, axis=1)
            count += np.isfinite(squared[:, :, 0]).sum(axis=1)
    return total / np.maximum(count, 1)[:, None], count


def _differ(relative: Floats, chance: Floats) -> float:
    """Variance of κ: what ratios differ beyond chance, less a standard error of it."""
    usual = float(chance.mean())
    more = float(((relative - 1) ** 2).mean()) - usual
    return (more - usual * float(np.sqrt(2 / len(relative)))) / (1 + usual)
