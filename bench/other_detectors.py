"""Other ways to watch a series, each with the threshold at which it raises as many false alarms as ours."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from results.signals.null_model import NullModel

Floats = NDArray[np.float64]
Detector = Callable[[NullModel, Floats], Floats]

BASELINE = 5  # waves from which EWMA and CUSUM know what is usual
SMOOTHING = 0.2
ALLOWANCE = 0.25  # of CUSUM, in standard deviations
SUDDEN = 0.3


def sudden_drops(y: Floats) -> NDArray[np.bool_]:
    """The rule of many products: 0.3 lower than the wave before."""
    found = np.zeros(y.shape, dtype=bool)
    found[:, 1:] = np.diff(y, axis=1) <= -SUDDEN
    return found


def _standardised(model: NullModel, y: Floats) -> Floats:
    """Deviations from the first waves, in standard deviations; 0 where there is no figure."""
    first = y[:, :BASELINE]
    counted = np.maximum(np.isfinite(first).sum(axis=1), 1)
    variance = model.noise + model.deviation[:, None]
    error = variance[:, :BASELINE].mean(axis=1)[:, None] / counted
    shrunk = model.level[:, None] / (model.level[:, None] + error)
    usual = shrunk * np.nan_to_num(first).sum(axis=1) / counted
    return np.where(np.isfinite(y), (y - usual[:, None]) / np.sqrt(variance)[:, :, None], 0)


def ewma(model: NullModel, y: Floats) -> Floats:
    deviation = _standardised(model, y)
    smooth = np.zeros(deviation[:, 0].shape)
    found = np.full(y.shape, -np.inf)
    for wave in range(y.shape[1]):
        smooth = np.where(
            np.isfinite(y[:, wave]), (1 - SMOOTHING) * smooth + SMOOTHING * deviation[:, wave], smooth
        )
        if wave >= BASELINE:
            found[:, wave] = -smooth
    return found


def cusum(model: NullModel, y: Floats) -> Floats:
    deviation = _standardised(model, y)
    total = np.zeros(deviation[:, 0].shape)
    found = np.full(y.shape, -np.inf)
    for wave in range(BASELINE, y.shape[1]):
        total = np.maximum(0, total - deviation[:, wave] - ALLOWANCE)
        found[:, wave] = total
    return found


def kalman(model: NullModel, y: Floats) -> Floats:
    """The filtered deviation from the own level, in its standard deviations."""
    level, state = np.zeros(y[:, 0].shape), np.zeros(y[:, 0].shape)
    a, b, c = model.level.copy(), np.zeros_like(model.level), model.deviation.copy()
    found = np.full(y.shape, -np.inf)
    for wave in range(y.shape[1]):
        stays = model.persistence
        state, b, c = state * stays[:, None], b * stays, stays**2 * c + model.deviation * (1 - stays**2)
        seen = np.isfinite(y[:, wave])
        innovation = np.where(seen, y[:, wave] - level - state, 0)
        precision = seen[:, 0] / (a + 2 * b + c + model.noise[:, wave])
        first, second = (a + b) * precision, (b + c) * precision
        level, state = level + first[:, None] * innovation, state + second[:, None] * innovation
        a, b, c = a - first * (a + b), b - first * (b + c), c - second * (b + c)
        if wave:
            spread = np.sqrt(np.maximum(model.deviation - c, 1e-9))
            found[:, wave] = -state / spread[:, None]
    return found
