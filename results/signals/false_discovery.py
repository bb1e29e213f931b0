"""Which of many signals are confirmed, and how probable each is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DISCOVERY_RATE = 0.1
USUAL_SHARE = 0.02  # of units that drift, before anything is known
PRIOR_UNITS = 50.0  # how many units that expectation is worth
LEAST_SHARE, MOST_SHARE = 0.002, 0.5


def confirmed(p_values: Floats, q: float = DISCOVERY_RATE) -> NDArray[np.bool_]:
    """Benjamini and Hochberg (1995): of those confirmed at most a share `q` is expected to be false."""
    if not len(p_values):
        return np.zeros(0, dtype=bool)
    ordered = np.sort(p_values)
    passing = np.flatnonzero(ordered <= q * np.arange(1, len(ordered) + 1) / len(ordered))
    limit = ordered[passing[-1]] if len(passing) else -1.0
    return np.asarray(p_values <= limit)


def probabilities(factor: Floats) -> Floats:
    """That a change is under way, per unit; the share of units with one is estimated from all of them.

    A mixture of two groups (Efron 2008), with a Beta prior on the share.
    """
    finite = np.isfinite(factor)
    factors = np.exp(np.clip(factor[finite], -50, 50))
    share = _share(factors) if len(factors) else USUAL_SHARE
    odds = np.exp(np.clip(np.where(finite, factor, -50.0), -50, 50)) * share / (1 - share)
    found: Floats = odds / (1 + odds)
    return found


def _share(factors: Floats) -> float:
    from scipy.optimize import minimize_scalar  # here: pages that ask what is confirmed need no scipy

    def unlikely(share: float) -> float:
        data = np.log1p(share * (factors - 1)).sum()
        prior = PRIOR_UNITS * (USUAL_SHARE * np.log(share) + (1 - USUAL_SHARE) * np.log1p(-share))
        return float(-data - prior)

    found = minimize_scalar(unlikely, bounds=(LEAST_SHARE, MOST_SHARE), method="bounded")
    return float(found.x)
