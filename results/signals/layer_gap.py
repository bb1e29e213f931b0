"""Whether those at the top of a unit and the people below it see the same.

A unit's figure less those of the units below it leaves the people placed directly in it (and of teams too
small to be shown). What can be subtracted so concerns at least the minimum group, as the ledger promises.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from results.signals.detectors import Ground, Prepared, prepare
from results.signals.drift import SLOPE
from results.signals.series import index

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

NOWHERE = -1
ALMOST = 0.5  # of a person: less is nobody, written with the error of sums


@dataclass(frozen=True, slots=True)
class Gap:
    """Shape as `mean`: how much better those at the top see it; `error`: of sampling, in parts of s²."""

    gap: Floats
    error: Floats
    n: Floats


def layer_gap(mean: Floats, n: Floats, above: Counts, fewest: int) -> Gap:
    """`above`: the row of the unit above, or `NOWHERE`; NaN where either side has fewer than `fewest`."""
    shown = np.where(np.isfinite(mean), n, 0)
    total = np.nan_to_num(mean) * shown
    below_n, below_total = np.zeros_like(shown), np.zeros_like(total)
    has = above != NOWHERE
    np.add.at(below_n, above[has], shown[has])
    np.add.at(below_total, above[has], total[has])
    own_n, own_total = shown - below_n, total - below_total
    enough = (own_n >= fewest - ALMOST) & (below_n >= fewest - ALMOST)
    own = own_total / np.where(enough, own_n, 1)
    below = below_total / np.where(enough, below_n, 1)
    error = 1 / np.where(enough, own_n, 1) + 1 / np.where(enough, below_n, 1)
    return Gap(
        gap=np.where(enough, own - below, np.nan),
        error=np.where(enough, error, np.nan),
        n=np.where(enough, np.minimum(own_n, below_n), 0),
    )


def gap_series(gap: Gap, ground: Ground) -> tuple[Floats, Floats, Prepared]:
    """As shown, with the answers behind it, of units with people at the top.

    These differ in what they do, so their own courses are compared.
    """
    there = np.asarray(np.isfinite(gap.gap).any(axis=(1, 2)))
    whole = index(gap.gap, np.nan_to_num(1 / gap.error), there)
    known = np.isfinite(gap.error)
    error = np.where(known, gap.error, 0).sum(axis=2) / np.maximum(known.sum(axis=2), 1)
    basis = (np.where(known.any(axis=2), error, 1) * whole.parts)[:, :, None]
    n = np.where(known, gap.n, 0).max(axis=2)
    here = replace(ground, lowest=there, whole=np.ones_like(ground.whole))
    return whole.shown, n, prepare(whole.adjusted, basis, n, here, slope=SLOPE)
