"""How a unit's series behaves while nothing happens, estimated from all units at once.

y = level of the unit + AR(1) deviation + sampling noise, after the course of the whole organisation has been
taken off (`results.signals.series`). The sampling noise of a mean of n of N people is s²(1 - ρ·n/N)/n: what
stays the same in a person (ρ of the variance) is no noise once everyone answers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls
from scipy.special import digamma

Floats = NDArray[np.float64]

LAGS = (1, 2, 3, 5)
ROUNDS = 3
PERSISTENCES = np.linspace(0.1, 0.9, 17)
USUAL_PERSISTENCE = 0.6
PERSISTENCE_SPREAD = 0.25
USUAL_SAMPLING, USUAL_DEVIATION = 0.5, 0.02
LEAST_PAIRS = 12
PSEUDO_PAIRS = 20.0  # a layer of few units leans on the lowest as if it had this many pairs more of its
LEAST_DEVIATION = 1e-4


@dataclass(frozen=True, slots=True)
class NullModel:
    """Per row: persistence φ per wave, variance of the deviation τ² and of the level; noise per row and wave.

    `jumps`: variance that a unit's level gets at a wave, where a reorganisation changed who is in it.
    `logarithmic`: the noise is that of the logarithm of a variance, which falls more easily than it rises.
    """

    times: Floats
    persistence: Floats
    deviation: Floats
    level: Floats
    noise: Floats
    jumps: Floats
    logarithmic: bool = False

    def simulate(self, chance: np.random.Generator, copies: int) -> Floats:
        """Series in which nothing happens, shape (rows, waves, copies)."""
        rows, waves = self.noise.shape
        steps = self.steps()
        level = np.sqrt(self.level)[:, None] * chance.standard_normal((rows, copies))
        state = np.sqrt(self.deviation)[:, None] * chance.standard_normal((rows, copies))
        found = np.empty((rows, waves, copies))
        for wave in range(waves):
            if wave:
                stays = (self.persistence ** steps[wave])[:, None]
                fresh = np.sqrt(self.deviation[:, None] * (1 - stays**2))
                state = stays * state + fresh * chance.standard_normal((rows, copies))
            level = level + np.sqrt(self.jumps[:, wave])[:, None] * chance.standard_normal((rows, copies))
            found[:, wave] = level + state + self._noise(wave, copies, chance)
        return found

    def _noise(self, wave: int, copies: int, chance: np.random.Generator) -> Floats:
        variance = self.noise[:, wave, None]
        shape = (len(variance), copies)
        if not self.logarithmic:
            found: Floats = np.sqrt(variance) * chance.standard_normal(shape)
            return found
        freedom = 1 / variance + 0.5  # the gamma variable whose logarithm has this variance, nearly
        drawn: Floats = np.log(np.maximum(chance.standard_gamma(np.broadcast_to(freedom, shape)), 1e-300))
        return drawn - digamma(freedom)

    def of(self, rows: NDArray[np.int64]) -> NullModel:
        return replace(
            self,
            persistence=self.persistence[rows],
            deviation=self.deviation[rows],
            level=self.level[rows],
            noise=self.noise[rows],
            jumps=self.jumps[rows],
        )

    def steps(self) -> Floats:
        """Time since the wave before, in usual intervals."""
        return np.diff(self.times, prepend=self.times[0])


def fit(
    y: Floats,
    basis: Floats,
    layers: NDArray[np.int64],
    times: Floats,
    *,
    turnover: Floats | None = None,
    calm: NDArray[np.bool_] | None = None,
) -> NullModel:
    """From squared differences over a few waves: a slow drift hardly changes these.

    E(y_t - y_u)² = s²(g_t + g_u) + 2τ²(1 - φ^|t-u|), linear in s² and τ² for a given φ (a variogram fit,
    Cressie 1993, §2.4, with weights 1/E²). `basis`, shape (rows, waves, parts), is what the sampling variance
    is a sum of; NaN in y where there is no figure. One τ² per layer; everything else for all rows together.
    `calm`: rows to estimate from, default all. `turnover`: squared shares of people who came and went
    (`reorganisation`); two units differ by twice the variance of the level.
    """
    usable = y if calm is None else np.where(calm[:, None], y, np.nan)
    names, layer = np.unique(layers, return_inverse=True)
    pairs = _pairs(usable, basis, times)
    fitted = _fit_pairs(pairs, layer[pairs.row], len(names))
    noise = np.maximum(np.nan_to_num(basis, nan=1.0) @ _signed(fitted.sampling), 1e-6)
    deviation = fitted.deviation[layer]
    level = _level_variance(usable, noise, deviation)
    return NullModel(
        times=times,
        persistence=np.full(len(y), fitted.persistence),
        deviation=deviation,
        level=np.full(len(y), level),
        noise=noise,
        jumps=np.zeros(y.shape) if turnover is None else 2 * level * turnover,
    )


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Two figures of one row, some waves apart; `basis`, (pairs, parts), is summed over both ends."""

    row: NDArray[np.int64]
    lag: Floats
    squared: Floats
    basis: Floats


def _pairs(y: Floats, basis: Floats, times: Floats) -> _Pairs:
    found = [_pairs_apart(y, basis, times, lag) for lag in LAGS if lag < y.shape[1]]
    if not found:
        return _Pairs(np.empty(0, dtype=np.int64), np.empty(0), np.empty(0), np.empty((0, basis.shape[2])))
    return _Pairs(
        np.concatenate([one.row for one in found]),
        np.concatenate([one.lag for one in found]),
        np.concatenate([one.squared for one in found]),
        np.concatenate([one.basis for one in found]),
    )


def _pairs_apart(y: Floats, basis: Floats, times: Floats, lag: int) -> _Pairs:
    difference = y[:, lag:] - y[:, :-lag]
    row, place = np.nonzero(np.isfinite(difference))
    apart = np.round((times[place + lag] - times[place]) * 4) / 4
    both = basis[row, place + lag] + basis[row, place]
    return _Pairs(row, apart, difference[row, place] ** 2, both)


@dataclass(frozen=True, slots=True)
class _Fitted:
    """`deviation` per layer; `left`: of the weighted squares."""

    persistence: float
    sampling: Floats
    deviation: Floats
    left: float = 0.0


def _fit_pairs(pairs: _Pairs, layer: NDArray[np.int64], layers: int) -> _Fitted:
    parts = pairs.basis.shape[1]
    fitted = _Fitted(
        USUAL_PERSISTENCE,
        np.array([USUAL_SAMPLING, *([0.0] * (parts - 1))]),
        np.full(layers, USUAL_DEVIATION),
    )
    if len(pairs.squared) < LEAST_PAIRS:
        return fitted
    lags, lag = np.unique(pairs.lag, return_inverse=True)
    cell = layer * len(lags) + lag
    lowest = int((layer == layers - 1).sum())
    expected = np.full(len(pairs.squared), max(float(pairs.squared.mean()), 1e-9))
    for _round in range(ROUNDS):
        sums = _sums(pairs, cell, 1 / np.maximum(expected, 1e-6) ** 2, layers * len(lags))
        fits = [_fit_at(sums, float(phi), lags, layers, lowest) for phi in PERSISTENCES]
        fitted = min(fits, key=_unlikely)
        share = 2 * (1 - fitted.persistence**lags)
        expected = pairs.basis @ fitted.sampling + fitted.deviation[layer] * share[lag]
    return fitted


def _unlikely(fitted: _Fitted) -> float:
    """With a slight preference for the usual persistence."""
    return fitted.left + ((fitted.persistence - USUAL_PERSISTENCE) / PERSISTENCE_SPREAD) ** 2


def _sums(pairs: _Pairs, cell: NDArray[np.int64], weights: Floats, cells: int) -> Floats:
    """Weighted products of (basis…, 1, squared), summed per layer and lag."""
    columns = np.column_stack([pairs.basis, np.ones(len(weights)), pairs.squared])
    found = np.zeros((cells, columns.shape[1], columns.shape[1]))
    for one in range(cells):
        mine = columns[cell == one]
        found[one] = (mine * weights[cell == one, None]).T @ mine
    return found


def _fit_at(sums: Floats, phi: float, lags: Floats, layers: int, pairs_of_lowest: int) -> _Fitted:
    """Weighted least squares with no coefficient below 0, for one persistence.

    A layer of few pairs leans on the lowest one, the last, as if it had `PSEUDO_PAIRS` more of its.
    """
    size = sums.shape[1]
    parts = size - 2
    total = np.zeros((parts + layers + 1, parts + layers + 1))
    shares = np.tile(2 * (1 - phi**lags), layers)
    for one, products in enumerate(sums):
        place = np.zeros((total.shape[0], size))
        place[:parts, :parts] = np.eye(parts)
        place[parts + one // len(lags), parts] = shares[one]
        place[-1, -1] = 1
        total += place @ products @ place.T
    lowest = sums[-len(lags) :, parts, parts].sum()  # its weighted pairs
    _lean(total, parts, layers, PSEUDO_PAIRS * lowest / max(pairs_of_lowest, 1))
    gram, right = total[:-1, :-1], total[:-1, -1]
    scale = np.sqrt(np.maximum(np.diag(gram), 1e-12))
    lower = np.linalg.cholesky(gram / np.outer(scale, scale) + 1e-9 * np.eye(len(gram)))
    found, _norm = nnls(lower.T, np.linalg.solve(lower, right / scale))
    coefficients = found / scale
    left = float(total[-1, -1] - 2 * coefficients @ right + coefficients @ gram @ coefficients)
    deviation = np.maximum(coefficients[parts:], LEAST_DEVIATION)
    return _Fitted(phi, coefficients[:parts], deviation, left)


def _lean(total: Floats, parts: int, layers: int, usual: float) -> None:
    """Add `usual`·(τ²_layer - τ²_lowest)² for each layer but the lowest."""
    lowest = parts + layers - 1
    for layer in range(parts, lowest):
        total[layer, layer] += usual
        total[lowest, lowest] += usual
        total[layer, lowest] -= usual
        total[lowest, layer] -= usual


def _signed(sampling: Floats) -> Floats:
    """The second part, which takes off, may at most take off all of the first."""
    if len(sampling) == 2:
        return np.array([sampling[0], min(sampling[1], sampling[0])])
    return sampling


def _level_variance(y: Floats, noise: Floats, deviation: Floats) -> float:
    seen = np.isfinite(y)
    counts = seen.sum(axis=1)
    enough = counts >= 2
    if enough.sum() < 3:
        return 0.25
    means = np.nansum(y[enough], axis=1) / counts[enough]
    error = np.where(seen, noise, 0)[enough].sum(axis=1) / counts[enough] ** 2
    return max(float(np.var(means, ddof=1) - error.mean() - deviation[enough].mean() / 3), 0.01)
