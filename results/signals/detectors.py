"""Series of many units in, what stands out in them out: means that drift, answers further apart, gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from results.signals import calibration
from results.signals.drift import SLOPE, Drift, calm_model, factors, told
from results.signals.false_discovery import probabilities
from results.signals.null_model import NullModel
from results.signals.rates import RATES
from results.signals.restlessness import with_own_restlessness
from results.signals.series import course, sampling_basis

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

SPREAD_SLOPE = 0.1  # of the prior, in log variance per wave: twice the variance in seven waves


@dataclass(frozen=True, slots=True)
class Ground:
    """What the rows are: `lowest` ones do not overlap and together give the organisation's course.

    `whole`: the organisation itself, from which its own course is not taken off. `turnover`: of people, see
    `reorganisation`. `above`: the row of the unit above, or -1.
    """

    times: Floats
    layers: Counts
    lowest: Flags
    whole: Flags
    turnover: Floats
    above: Counts

    @classmethod
    def flat(cls, rows: int, waves: int) -> Ground:
        """Units of one layer, waves at equal distances."""
        return cls(
            times=np.arange(waves, dtype=float),
            layers=np.zeros(rows, dtype=np.int64),
            lowest=np.ones(rows, dtype=bool),
            whole=np.zeros(rows, dtype=bool),
            turnover=np.zeros((rows, waves)),
            above=np.full(rows, -1),
        )


@dataclass(frozen=True, slots=True)
class Prepared:
    """Deviations from the organisation's course, and how they behave while nothing happens."""

    y: Floats
    course: Floats
    model: NullModel
    slope: float


@dataclass(frozen=True, slots=True)
class Seen:
    """`statistic`: log Bayes factor by row and wave; `thresholds` by sensitivity; the rest: last wave.

    `probability` that something shifted, slowly or at once; `p_value` of the statistic, slowly only.
    """

    statistic: Floats
    thresholds: Mapping[str, float]
    drift: Drift
    p_value: Floats
    probability: Floats

    def begun(self, sensitivity: str) -> int:
        """Rows above this threshold in the last wave, and not in the one before."""
        above = self.statistic[:, -2:] >= self.thresholds[sensitivity]
        return int((above[:, -1] & ~above[:, :-1].any(axis=1)).sum())


def means(y: Floats, n: Floats, people: Floats, ground: Ground, *, parts: Floats | None = None) -> Prepared:
    """Of an index, or of the gap between two; `parts`: see `series.Index`."""
    basis = sampling_basis(n, people)
    if parts is not None:
        basis = basis * parts[:, :, None]
    return prepare(y, basis, n, ground, slope=SLOPE)


def spreads(logarithm: Floats, error: Floats, ground: Ground) -> Prepared:
    """Of the variance within units; `error` is the sampling variance of its logarithm, up to a factor."""
    weights = np.where(np.isfinite(error), 1 / np.maximum(error, 1e-6), 0)
    prepared = prepare(
        logarithm, np.nan_to_num(error, nan=1.0)[:, :, None], weights, ground, slope=SPREAD_SLOPE
    )
    return replace(prepared, model=replace(prepared.model, logarithmic=True))


def prepare(y: Floats, basis: Floats, weights: Floats, ground: Ground, *, slope: float) -> Prepared:
    common, error = course(y[ground.lowest], weights[ground.lowest])
    centred = np.where(ground.whole[:, None], y, y - common)
    seen = np.isfinite(centred)
    centred = centred - (float(np.median(centred[seen])) if seen.any() else 0.0)
    model = calm_model(centred, basis, ground.layers, ground.times, turnover=ground.turnover, slope=slope)
    model = with_own_restlessness(model, centred)
    noise = model.noise + np.where(ground.whole[:, None], 0, error)
    return Prepared(centred, common, replace(model, noise=noise), slope)


def watch(prepared: Sequence[Prepared], *, direction: int, chance: np.random.Generator) -> list[Seen]:
    """Of several indices; the threshold is one for all, so the promise holds for them together."""
    seen = [np.isfinite(one.y) for one in prepared]
    unit_waves = sum(int(one.sum()) for one in seen)
    null = [
        calibration.null_factors(
            one.model, there, direction=direction, slope=one.slope, unit_waves=unit_waves, chance=chance
        )
        for one, there in zip(prepared, seen, strict=True)
    ]
    pooled = np.concatenate([one.transpose(0, 2, 1).reshape(-1, one.shape[1]) for one in null])
    thresholds = {name: calibration.threshold(pooled, rate) for name, rate in RATES.items()}
    recent = pooled[:, -calibration.RECENT :]
    return [_seen(one, direction, thresholds, recent) for one in prepared]


def _seen(prepared: Prepared, direction: int, thresholds: Mapping[str, float], null: Floats) -> Seen:
    model, y, slope = prepared.model, prepared.y, prepared.slope
    found = factors(model, y[:, :, None], direction=direction, slope=slope)[:, :, 0]
    shift = told(model, y, direction=direction, slope=slope)
    return Seen(
        statistic=found,
        thresholds=thresholds,
        drift=shift,
        p_value=calibration.p_values(found[:, -1], null),
        probability=probabilities(np.where(np.isfinite(found[:, -1]), shift.factor, -np.inf)),
    )
