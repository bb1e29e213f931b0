"""How a unit's series behaves while nothing happens, estimated from all units at once.

y = level of the unit + AR(1) deviation + sampling noise, after the course of the whole organisation has been
taken off (`results.signals.series`). The sampling noise of a mean of n of N people is s²(1 - ρ·n/N)/n: what
stays the same in a person (ρ of the variance) is no noise once everyone answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma

from results.signals.least_squares import nonnegative

Floats = NDArray[np.float64]

LAGS = (1, 2, 3, 5)
ROUNDS = 3
PERSISTENCES = np.linspace(0.1, 0.9, 17)
USUAL_PERSISTENCE = 0.6
PERSISTENCE_SPREAD = 0.25
UNLIKELY = ((PERSISTENCES - USUAL_PERSISTENCE) / PERSISTENCE_SPREAD) ** 2  # a slight preference for the usual
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
    """`deviation` per layer."""

    persistence: float
    sampling: Floats
    deviation: Floats


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
    shares = 2 * (1 - PERSISTENCES[:, None] ** lags)
    design = _design(shares, parts, layers)
    cells = _cells(pairs, layer * len(lags) + lag, layers * len(lags))
    lowest = int((layer == layers - 1).sum())
    expected = np.full(len(pairs.squared), max(float(pairs.squared.mean()), 1e-9))
    for _round in range(ROUNDS):
        sums = _sums(cells, 1 / np.maximum(expected, 1e-6) ** 2)
        best, fitted = _fit(sums, design, layers, lowest)
        expected = pairs.basis @ fitted.sampling + fitted.deviation[layer] * shares[best, lag]
    return fitted


@dataclass(frozen=True, slots=True)
class _Cell:
    """The pairs of one layer and lag: their places, and a column for each of basis…, 1, squared."""

    pairs: NDArray[np.int64]
    columns: Floats


def _cells(pairs: _Pairs, cell: NDArray[np.int64], cells: int) -> list[_Cell]:
    columns = np.column_stack([pairs.basis, np.ones(len(cell)), pairs.squared])
    found = [np.flatnonzero(cell == one) for one in range(cells)]
    return [_Cell(mine, columns[mine]) for mine in found]


def _sums(cells: Sequence[_Cell], weights: Floats) -> Floats:
    """Weighted products of (basis…, 1, squared), summed per layer and lag."""
    return np.stack([(one.columns * weights[one.pairs, None]).T @ one.columns for one in cells])


def _design(shares: Floats, parts: int, layers: int) -> Floats:
    """For each persistence, and each layer and lag, which coefficients its columns belong to.

    Shape (persistences, layers × lags, coefficients and squared, columns).
    """
    persistences, lags = shares.shape
    found = np.zeros((persistences, layers * lags, parts + layers + 1, parts + 2))
    for part in range(parts):
        found[:, :, part, part] = 1
    cell = np.arange(layers * lags)
    found[:, cell, parts + cell // lags, parts] = np.tile(shares, layers)
    found[:, :, -1, -1] = 1
    return found


def _fit(sums: Floats, design: Floats, layers: int, pairs_of_lowest: int) -> tuple[int, _Fitted]:
    """Weighted least squares with no coefficient below 0, for the most likely persistence, and its place.

    A layer of few pairs leans on the lowest one, the last, as if it had `PSEUDO_PAIRS` more of its.
    """
    parts = sums.shape[1] - 2
    total = (design @ sums @ design.swapaxes(2, 3)).sum(axis=1)
    lowest = sums[-(len(sums) // layers) :, parts, parts].sum()  # its weighted pairs
    total += PSEUDO_PAIRS * lowest / max(pairs_of_lowest, 1) * _leaning(parts, layers)
    gram, right = total[:, :-1, :-1], total[:, :-1, -1]
    coefficients = nonnegative(gram, right)
    products = (coefficients[:, None, :] @ gram)[:, 0]
    left = total[:, -1, -1] + ((products - 2 * right) * coefficients).sum(axis=1)
    best = int(np.argmin(left + UNLIKELY))
    deviation = np.maximum(coefficients[best, parts:], LEAST_DEVIATION)
    return best, _Fitted(float(PERSISTENCES[best]), coefficients[best, :parts], deviation)


def _leaning(parts: int, layers: int) -> Floats:
    """Of (τ²_layer - τ²_lowest)², summed over the layers but the lowest."""
    apart = np.zeros((layers - 1, parts + layers + 1))
    apart[:, parts : parts + layers - 1] = np.eye(layers - 1)
    apart[:, parts + layers - 1] = -1
    found: Floats = apart.T @ apart
    return found


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
