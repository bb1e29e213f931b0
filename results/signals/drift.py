"""The Bayes factor of a ramp that began at an unknown wave with an unknown slope, wave by wave.

Under the null model a Kalman filter turns a series into independent innovations, and turns a ramp into what
the ramp does to these; from there on a ramp is a regression with one coefficient. The slope has a half-normal
prior (only the direction that is looked for), so it integrates out in closed form; the start is averaged over
a grid. Linear in the number of waves, and for all rows at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, logsumexp

from results.signals.null_model import NullModel, fit

Floats = NDArray[np.float64]

STEP = 8  # waves of the usual slope that a step is as large as
SLOPE = 0.05  # of the half-normal prior, in points of a five-point scale per wave
LONGEST = 52  # waves back that a start is looked for
CERTAIN = 5.0  # log Bayes factor of a row that says nothing about how calm rows behave; few of these reach it
LEAST_SEEN = 4  # figures before a unit says anything

DOWN, UP = -1, 1


@dataclass(frozen=True, slots=True)
class Drift:
    """Per row, at the last wave; `size` is the change since the start that is not the organisation's.

    The start is a place in the row of waves: the last one before the change. `earliest` and `latest` hold it
    with 80 % probability. NaN and -1 where nothing can be said yet.
    """

    factor: Floats  # log Bayes factor
    start: NDArray[np.int64]
    earliest: NDArray[np.int64]
    latest: NDArray[np.int64]
    size: Floats
    size_error: Floats


@dataclass(slots=True)
class _Regression:
    """Sums over the waves so far, of whitened ramps (starts) and series (copies)."""

    ramps: Floats  # (rows, starts)
    both: Floats  # (rows, copies, starts)


def factors(model: NullModel, y: Floats, *, direction: int, slope: float = SLOPE) -> Floats:
    """Log Bayes factors after each wave, shape as y: (rows, waves, copies); -inf before `LEAST_SEEN`."""
    seen = np.isfinite(y[:, :, 0])
    counts = seen.cumsum(axis=1)
    found = np.full(y.shape, -np.inf)
    for wave, sums in enumerate(_filtered(model, y, seen, ramps(model.times))):
        starts = _starts(wave)
        if wave == 0:
            continue
        one = _log_factors(sums.ramps[:, None, starts], sums.both[:, :, starts], direction, slope)
        total = logsumexp(one + _log_prior(starts, seen)[:, None, :], axis=2)
        ready = (counts[:, wave] >= LEAST_SEEN) & seen[:, wave]
        found[ready, wave] = total[ready]
    return found


def drift(model: NullModel, y: Floats, *, direction: int, slope: float = SLOPE) -> Drift:
    """What the series, shape (rows, waves), say at the last wave about a ramp."""
    factor, shape = _told(model, y, direction, slope, ramps(model.times), _lasting(model))
    return _drift(factor, shape)


def told(model: NullModel, y: Floats, *, direction: int, slope: float = SLOPE) -> Drift:
    """The same about a ramp or a step, each as likely: to tell when it began and how large it is.

    Signals are raised by the ramp alone; one that began with a step would be told as if it began earlier.
    """
    ramp, about_ramp = _told(model, y, direction, slope, ramps(model.times), _lasting(model))
    step, about_step = _told(
        model, y, direction, STEP * slope, steps(model.times), np.ones_like(_lasting(model))
    )
    factor = np.logaddexp(ramp, step) - np.log(2)
    both = _Shape(
        about_ramp.starts,
        *(
            np.concatenate([mine, other], axis=1)
            for mine, other in (
                (about_ramp.logs, about_step.logs),
                (about_ramp.size, about_step.size),
                (about_ramp.variance, about_step.variance),
            )
        ),
    )
    return _drift(factor, both)


@dataclass(frozen=True, slots=True)
class _Shape:
    """Per row and start (once per shape): log of prior times Bayes factor, size until now, its variance."""

    starts: NDArray[np.int64]
    logs: Floats
    size: Floats
    variance: Floats


def ramps(times: Floats) -> Floats:
    """Shape (waves, starts)."""
    found: Floats = np.maximum(times[:, None] - times[None, :], 0)
    return found


def steps(times: Floats) -> Floats:
    found: Floats = (times[:, None] > times[None, :]).astype(float)
    return found


def _lasting(model: NullModel) -> Floats:
    last: Floats = (model.times[-1] - model.times)[_starts(len(model.times) - 1)]
    return last


def _told(
    model: NullModel, y: Floats, direction: int, slope: float, shapes: Floats, lasting: Floats
) -> tuple[Floats, _Shape]:
    seen = np.isfinite(y)
    (sums,) = deque(_filtered(model, y[:, :, None], seen, shapes), maxlen=1)
    waves = y.shape[1]
    starts = np.arange(waves)[_starts(waves - 1)]
    whitened, both = sums.ramps[:, starts], sums.both[:, 0, starts]
    logs = _log_factors(whitened, both, direction, slope) + _log_prior(_starts(waves - 1), seen)
    mean, variance = _slope_moments(whitened, both, direction, slope)
    factor = np.where(seen.sum(axis=1) >= LEAST_SEEN, logsumexp(logs, axis=1), -np.inf)
    return factor, _Shape(starts, logs, mean * lasting, variance * lasting**2)


def _drift(factor: Floats, shape: _Shape) -> Drift:
    weights = np.exp(shape.logs - logsumexp(shape.logs, axis=1)[:, None])
    size = (weights * shape.size).sum(axis=1)
    second = (weights * (shape.variance + shape.size**2)).sum(axis=1)
    starts = shape.starts
    cumulative = weights.reshape(len(weights), -1, len(starts)).sum(axis=1).cumsum(axis=1)

    def quantile(part: float) -> NDArray[np.int64]:
        found: NDArray[np.int64] = starts[np.minimum((cumulative < part).sum(axis=1), len(starts) - 1)]
        return found

    return Drift(
        factor=factor,
        start=quantile(0.5),
        earliest=quantile(0.1),
        latest=quantile(0.9),
        size=size,
        size_error=np.sqrt(np.maximum(second - size**2, 0)),
    )


def calm_model(
    y: Floats,
    basis: Floats,
    layers: NDArray[np.int64],
    times: Floats,
    *,
    turnover: Floats | None = None,
    slope: float = SLOPE,
) -> NullModel:
    """Fitted twice: the second time without the rows that, by the first, once drifted up or down for sure.

    These would make everything look more restless than it is, also when they have come back since.
    """
    first = fit(y, basis, layers, times, turnover=turnover)
    both = (factors(first, y[:, :, None], direction=one, slope=slope).max(axis=(1, 2)) for one in (DOWN, UP))
    calm = ~(np.maximum(*both) > CERTAIN)
    return first if calm.all() else fit(y, basis, layers, times, turnover=turnover, calm=calm)


def _starts(wave: int) -> slice:
    """Starts that are possible after this wave: up to the one before it."""
    return slice(max(0, wave - LONGEST), max(wave, 1))


def _log_prior(starts: slice, seen: NDArray[np.bool_]) -> Floats:
    """Shape (rows, starts): all the same, but none before a unit's first figure: there it is only a level."""
    first = np.where(seen.any(axis=1), seen.argmax(axis=1), seen.shape[1])
    number = np.arange(starts.start, starts.stop)
    first = np.minimum(first, number[-1])  # a unit without figures; nothing comes of it
    found: Floats = np.where(
        number >= first[:, None], -np.log(number[-1] + 1 - np.maximum(first, number[0]))[:, None], -np.inf
    )
    return found


def _filtered(model: NullModel, y: Floats, seen: NDArray[np.bool_], shapes: Floats) -> Iterator[_Regression]:
    """After each wave, of `shapes` (waves, starts). The same object each time: use it before going on."""
    rows, waves, copies = y.shape
    filled = np.where(seen[:, :, None], y, 0.0)
    sums = _Regression(np.zeros((rows, waves)), np.zeros((rows, copies, waves)))
    level = np.zeros((rows, copies + waves))
    state = np.zeros_like(level)
    signal = np.zeros_like(level)
    for wave, (stays, gains, precision) in enumerate(_gains(model, seen)):
        used = copies + wave  # shapes that begin later are still zero
        signal[:, :copies] = filled[:, wave]
        signal[:, copies:] = shapes[wave]
        here = slice(0, used)
        state[:, here] *= stays[:, None]
        innovation = signal[:, here] - level[:, here] - state[:, here]
        level[:, here] += gains[0][:, None] * innovation
        state[:, here] += gains[1][:, None] * innovation
        data, ramp = innovation[:, :copies], innovation[:, copies:]
        weighted = ramp * precision[:, None]
        sums.ramps[:, :wave] += weighted * ramp
        for copy in range(copies):
            sums.both[:, copy, :wave] += weighted * data[:, copy, None]
        yield sums


def _gains(
    model: NullModel, seen: NDArray[np.bool_]
) -> Iterator[tuple[Floats, tuple[Floats, Floats], Floats]]:
    """Per wave: what stays of the deviation, the gains of level and deviation, 1/variance of the innovation.

    Gains and precision are 0 where there is no figure.
    """
    level, between, state = model.level.copy(), np.zeros_like(model.level), model.deviation.copy()
    steps = model.steps()
    for wave in range(model.noise.shape[1]):
        stays = model.persistence ** steps[wave]
        level = level + model.jumps[:, wave]
        between = between * stays
        state = stays**2 * state + model.deviation * (1 - stays**2)
        total = level + 2 * between + state + model.noise[:, wave]
        precision = seen[:, wave] / total
        first, second = (level + between) * precision, (between + state) * precision
        yield stays, (first, second), precision
        level, between, state = (
            level - first * (level + between),
            between - first * (between + state),
            state - second * (between + state),
        )


def _log_factors(ramps: Floats, both: Floats, direction: int, slope: float) -> Floats:
    precision = ramps + slope**-2
    mean = both / precision
    root = np.sqrt(precision)
    found: Floats = np.log(2 / slope) - np.log(root) + 0.5 * mean * both + log_ndtr(direction * mean * root)
    return found


def _slope_moments(ramps: Floats, both: Floats, direction: int, slope: float) -> tuple[Floats, Floats]:
    """Mean and variance of a normal cut off at zero."""
    spread = 1 / np.sqrt(ramps + slope**-2)
    mean = both * spread**2
    z = direction * mean / spread
    hazard = np.exp(-0.5 * z**2 - 0.5 * np.log(2 * np.pi) - log_ndtr(z))
    return mean + direction * spread * hazard, spread**2 * np.maximum(1 - hazard * (hazard + z), 0)
