"""Which ran ahead, a theme or an indicator, and by how many months. Arrays are units × months, NaN is a gap.

Levels of units differ for many reasons, and so do months for the organisation as a whole. Both are taken out
(two-way demeaning, as in a panel with fixed effects; Wooldridge, Econometric Analysis of Cross Section and
Panel Data, chapter 10), so what is left is: where a unit moved other than the rest, did the other move too,
and when? Units are drawn with replacement for the intervals (Cameron and others, Bootstrap-Based Improvements
for Inference with Clustered Errors, 2008), because the months of one unit are no separate observations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FURTHEST = 6  # months, either way
FEWEST_PAIRS = 12  # of a unit's theme and its indicator; with fewer nothing is said at all
# Of the most pairs at any shift. Far from there, what moves together in the same month seems to move the
# other way long before or after, only because each unit's mean was taken out.
MOSTLY = 0.5
ENOUGH_UNITS = 6  # to take out what moved all of them, and to say how often chance does as much
DRAWS = 400
SEED = 20260101

STILL = 1e-9  # what is left of a figure that never moved

Array = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Comparison:
    """See `results.lagging.models.LeadLag`."""

    months: int
    earliest: int
    latest: int
    correlation: float
    lowest: float
    highest: float
    chance: float | None
    pairs: int
    units: int


def compare(theme: Array, indicator: Array) -> Comparison | None:
    """Deterministic. None where too few units and months have both, or one of them never moved."""
    products = _products(_own_moves(theme), _own_moves(indicator))
    units = len(theme)
    own = np.arange(units)
    best = products.best(own, own)
    if best is None:
        return None
    draws = np.random.default_rng(SEED).integers(0, units, size=(DRAWS, units))
    drawn = np.array([products.correlations(one, one) for one in draws])
    shifts = [found for one in draws if (found := products.best(one, one)) is not None]
    lowest, highest = np.nanpercentile(drawn[:, best], [5, 95])
    earliest, latest = np.percentile(np.array(shifts) - FURTHEST, [5, 95], method="nearest")
    counted = products.pairs[best, own, own]
    return Comparison(
        months=best - FURTHEST,
        earliest=int(earliest),
        latest=int(latest),
        correlation=float(products.correlations(own, own)[best]),
        lowest=float(lowest),
        highest=float(highest),
        chance=_chance(products),
        pairs=int(counted.sum()),
        units=int((counted > 0).sum()),
    )


@dataclass(frozen=True, slots=True)
class _Products:
    """Sums over months, per shift and pair of units (shifts × units of the theme × of the indicator)."""

    both: Array
    theme: Array
    indicator: Array
    pairs: Array

    def correlations(self, themes: Places, indicators: Places) -> Array:
        """Per shift, each of these units' theme beside the indicator of the unit in the same place."""
        both, theme, indicator = (
            sums[:, themes, indicators].sum(axis=1) for sums in (self.both, self.theme, self.indicator)
        )
        size = np.sqrt(theme * indicator)
        pairs = self.pairs[:, themes, indicators].sum(axis=1)
        enough = (pairs >= FEWEST_PAIRS) & (pairs >= MOSTLY * pairs.max()) & (size > 0)
        found: Array = np.divide(both, size, out=np.full(len(size), np.nan), where=enough)
        return found

    def best(self, themes: Places, indicators: Places) -> int | None:
        """The place of the shift at which they moved together most."""
        found = np.abs(self.correlations(themes, indicators))
        return None if np.isnan(found).all() else int(np.nanargmax(found))

    def most(self, themes: Places, indicators: Places) -> float:
        best = self.best(themes, indicators)
        return 0.0 if best is None else float(abs(self.correlations(themes, indicators)[best]))


def _products(theme: Array, indicator: Array) -> _Products:
    """Of a shift of s months: the theme in month t beside the indicator in month t + s."""
    sums = [_at_shift(theme, indicator, shift) for shift in range(-FURTHEST, FURTHEST + 1)]
    return _Products(*(np.array(part) for part in zip(*sums, strict=True)))


def _at_shift(theme: Array, indicator: Array, shift: int) -> tuple[Array, Array, Array, Array]:
    months = theme.shape[1]
    ahead, behind = max(-shift, 0), max(shift, 0)
    first, second = theme[:, ahead : months - behind], indicator[:, behind : months - ahead]
    x, y = np.nan_to_num(first), np.nan_to_num(second)
    has_x, has_y = ((~np.isnan(one)).astype(np.float64) for one in (first, second))
    return x @ y.T, x**2 @ has_y.T, has_x @ (y**2).T, has_x @ has_y.T


def _own_moves(values: Array) -> Array:
    """Without each unit's mean and, with enough units, each month's; by turns until both are gone."""
    for _turn in range(20):
        values = values - _mean(values, axis=1)
        if (~np.isnan(values)).any(axis=1).sum() < ENOUGH_UNITS:
            break
        values = values - _mean(values, axis=0)
    return np.where(np.abs(values) < STILL, 0.0, values)


def _mean(values: Array, axis: int) -> Array:
    count = (~np.isnan(values)).sum(axis=axis, keepdims=True)
    mean: Array = np.nansum(values, axis=axis, keepdims=True) / np.maximum(count, 1)
    return mean


def _chance(products: _Products) -> float | None:
    """How often units with each other's themes show as much: this also pays for looking at every shift."""
    units = products.both.shape[1]
    if units < ENOUGH_UNITS:
        return None
    random, own = np.random.default_rng(SEED + 1), np.arange(units)
    found = products.most(own, own)
    dealt = [products.most(random.permutation(units), own) for _draw in range(DRAWS)]
    return float((1 + sum(one >= found for one in dealt)) / (1 + len(dealt)))
