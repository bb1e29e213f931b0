"""How far the answers within a unit lie apart, as far as what is released tells.

From 10 answers the ledger has favourable, neutral and unfavourable, from 50 the number per score; below 10
nothing says how far apart answers are, and no unit that small is watched. The variance of the thirds (as 1, 0
and -1), or of the scores, is taken; its logarithm has sampling variance (κ - 1)/n with κ the kurtosis of the
answers, which for normal ones is the familiar 2/n.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

THIRDS = np.array([1.0, 0.0, -1.0])
MOSTLY = 0.8  # of a unit's waves need a full distribution for it to be used throughout
LEAST_VARIANCE = 1e-3


@dataclass(frozen=True, slots=True)
class Spread:
    """Shape (units, waves, questions), NaN where nothing is released; `variance` on the scale from 1 to 5."""

    variance: Floats
    error: Floats


def spread(thirds: Floats, full: Floats) -> Spread:
    """`thirds` and `full`: answers per category on the last axis."""
    coarse = _spread(thirds, THIRDS * 2)
    fine = _spread(full, np.linspace(1, 5, full.shape[-1]))
    has_coarse, has_fine = np.isfinite(coarse.variance), np.isfinite(fine.variance)
    mostly = has_fine.sum(axis=1) >= MOSTLY * np.maximum(has_coarse.sum(axis=1), 1)
    mostly = (mostly & has_fine.any(axis=1))[:, None, :]
    return Spread(
        np.where(mostly, fine.variance, coarse.variance), np.where(mostly, fine.error, coarse.error)
    )


def _spread(counts: Floats, values: Floats) -> Spread:
    """With one answer more, spread as everyone's are, so that no variance is zero."""
    n = counts.sum(axis=-1)
    known = np.isfinite(n)
    total = np.where(known[..., None], counts, 0).sum(axis=(0, 1))
    usual = total / np.maximum(total.sum(axis=-1, keepdims=True), 1)
    shares = (np.nan_to_num(counts) + usual) / (np.nan_to_num(n) + 1)[..., None]
    mean = shares @ values
    variance = shares @ values**2 - mean**2
    centred = values - (usual @ values)[:, None]
    second = np.maximum((usual * centred**2).sum(axis=-1), LEAST_VARIANCE)
    kurtosis = (usual * centred**4).sum(axis=-1) / second**2
    error = np.maximum(kurtosis - 1, 0.1) / np.maximum(np.nan_to_num(n), 1)
    found = np.where(known, np.maximum(variance, LEAST_VARIANCE), np.nan)
    return Spread(found, np.where(known, error, np.nan))


def without_mean(logarithm: Floats, mean: Floats) -> Floats:
    """Take off what moves only because the mean does: near the end of a scale answers cannot differ much.

    Both of shape (units, waves); one slope for all units, from the waves of each.
    """
    both = np.isfinite(logarithm) & np.isfinite(mean)
    counted = np.maximum(both.sum(axis=1, keepdims=True), 1)

    def apart(values: Floats) -> Floats:
        filled = np.where(both, values, 0)
        return np.where(both, filled - filled.sum(axis=1, keepdims=True) / counted, 0)

    x, y = apart(mean), apart(logarithm)
    slope = float((x * y).sum() / max(float((x**2).sum()), 1e-9))
    return logarithm - slope * x
