"""Least squares with no coefficient below 0, for many small problems at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RIDGE = 1e-9  # of columns that say the same, neither is left undetermined
ROUNDING = 1e-12
MOST_TURNS = 1000


def nonnegative(gram: Floats, right: Floats) -> Floats:
    """The x ≥ 0 of least x'·gram·x - 2·right·x, by problem; shapes (problems, n, n) and (problems, n).

    All coefficients begin free. As long as a free one is below 0, or one held at 0 would better be more, the
    last such one changes sides. That ends, at the only answer (Murty, Note on a Bard-type scheme for solving
    the complementarity problem, 1974).
    """
    places = np.arange(right.shape[1])
    scale = np.sqrt(np.maximum(gram[:, places, places], 1e-12))
    alone = np.eye(len(places))
    gram = gram / (scale[:, :, None] * scale[:, None, :]) + RIDGE * alone
    right = right / scale
    least = ROUNDING * np.abs(right).max(axis=1, keepdims=True)
    free = np.ones(right.shape, dtype=bool)
    for _turn in range(MOST_TURNS):
        solvable = np.where(free[:, :, None] & free[:, None, :], gram, alone)
        found = np.linalg.solve(solvable, np.where(free, right, 0)[:, :, None])
        missing = right - (gram @ found)[:, :, 0]
        wrong = np.where(free, found[:, :, 0] < -least, missing > least)
        last = np.where(wrong, places, -1).max(axis=1)
        free ^= places == last[:, None]
        if (last < 0).all():
            break
    kept: Floats = np.maximum(found[:, :, 0], 0) / scale
    return kept
