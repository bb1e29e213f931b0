"""How far units end up from what was to be expected of them after all that their figures did before.

Who begins something often does so because figures are low, and low figures come back by themselves. What is
expected here is conditioned on every figure before, on which such a choice was made, so that the choice can
no longer bias it: under the model that signals use (`results.signals.null_model`), with a prior part of the
units in the midst of a ramp or a step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from results.effects.effect import Series
from results.signals.drift import SLOPE, STEP
from results.signals.false_discovery import USUAL_SHARE
from results.signals.null_model import NullModel, fit
from results.signals.series import course, sampling_basis

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

UNKNOWN = 1e6  # noise variance of a figure that is not there


@dataclass(frozen=True, slots=True)
class Surplus:
    """Per unit, how much higher the waves after lie, on average, than was to be expected.

    `course`: variance of what is not known about the course of the unit;
    `sampling`: of chance in who answered what. `shifting`: probability that it was shifting before already.
    """

    size: Floats
    course: Floats
    sampling: Floats
    shifting: Floats


def surplus(
    series: Series, affected: Flags, times: Floats, since: Flags, shifted: float | None = None
) -> Surplus:
    """Of units with figures before and after. `affected`: those that the others are the measure for.

    `shifted`: how probably these were shifting, where a signal said so; it knows all units and waves.
    """
    others = ~affected
    shared, error = course(series.mean[others], series.n[others])
    y = series.mean - shared
    y = y - np.median(y[others][np.isfinite(y[others])])
    basis = sampling_basis(series.n, series.people)
    model = fit(y, basis, np.zeros(len(y), dtype=np.int64), times, calm=others)
    seen = np.isfinite(y[:, since])
    weight = seen / seen.sum(axis=1, keepdims=True)
    noise = model.noise[:, ~since] + error[~since]
    given = np.where(affected, shifted, np.nan) if shifted is not None else np.full(len(y), np.nan)
    expected, variance, shifting = _expected(model, y[:, ~since], noise, since, weight, given)
    return Surplus(
        size=(weight * np.nan_to_num(y[:, since])).sum(axis=1) - expected,
        course=variance,
        sampling=(weight**2 * model.noise[:, since]).sum(axis=1),
        shifting=shifting,
    )


def _expected(
    model: NullModel, y: Floats, noise: Floats, since: Flags, weight: Floats, given: Floats
) -> tuple[Floats, Floats, Floats]:
    """Mean and variance of the real average over the waves after, and how probably each unit was shifting.

    Gaussian conditioning, without a shift and with each of them, weighted by Bayes factors.
    """
    before, later = model.times[~since], model.times[since]
    shapes, shapes_later, scale = _shifts(before, later)
    seen = np.isfinite(y)
    filled = np.where(seen, y, 0.0)
    observed = np.where(seen, noise, UNKNOWN)[:, :, None] * np.eye(len(before))
    cross = weight @ _alike(model, later, before)
    own = np.einsum("ri,ij,rj->r", weight, _alike(model, later, later), weight)
    precise = np.linalg.inv(_alike(model, before, before) + observed)
    pull, whitened = (precise @ cross[:, :, None])[:, :, 0], precise @ shapes
    precision = np.einsum("tc,rtc->rc", shapes, whitened) + scale**-2
    size = np.einsum("rt,rtc->rc", filled, whitened) / precision
    ahead = weight @ shapes_later - pull @ shapes  # what a shift of 1 adds to what is expected
    still = (pull * filled).sum(axis=1, keepdims=True)
    left = (own - (pull * cross).sum(axis=1))[:, None]
    shares = _shares(0.5 * size**2 * precision - 0.5 * np.log(precision * scale**2), given)
    means = np.column_stack([still, still + ahead * size])
    variances = np.column_stack([left, left + ahead**2 / precision])
    mean = (shares * means).sum(axis=1)
    return mean, (shares * (variances + means**2)).sum(axis=1) - mean**2, 1 - shares[:, 0]


def _shares(log_factors: Floats, given: Floats) -> Floats:
    """How probable no shift is, first, and each shift; `given`: that of any shift, where it is known."""
    together = np.logaddexp.reduce(log_factors, axis=1)
    any_shift = together - np.log(log_factors.shape[1])
    odds = USUAL_SHARE / (1 - USUAL_SHARE) * np.exp(np.minimum(any_shift, 500))
    shifting = np.where(np.isfinite(given), given, odds / (1 + odds))
    among = np.exp(log_factors - together[:, None])
    return np.column_stack([1 - shifting, shifting[:, None] * among])


def _alike(model: NullModel, times: Floats, others: Floats) -> Floats:
    """Covariance of a unit's real figures at these times: all units have the same level and persistence."""
    level, deviation, persistence = model.level[0], model.deviation[0], model.persistence[0]
    found: Floats = level + deviation * persistence ** np.abs(times[:, None] - others)
    return found


def _shifts(before: Floats, later: Floats) -> tuple[Floats, Floats, Floats]:
    """Ramps and steps from each wave before, as they look before and later on, and their usual sizes."""
    starts = before[:-1] if len(before) > 1 else before
    scale = np.repeat([SLOPE, STEP * SLOPE], len(starts))
    early, late = (
        np.column_stack([np.maximum(times[:, None] - starts, 0), (times[:, None] > starts).astype(float)])
        for times in (before, later)
    )
    return early, late, scale
