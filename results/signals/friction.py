"""Clear on paper, friction in practice: the distance between two indices, of which high is the better end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ON_PAPER, IN_PRACTICE = "clarity_on_paper", "friction"  # codes of themes
STILL_CLEAR = 1 / 3  # of a growing gap, clarity on paper may have made at most this part


def gap(on_paper: Floats, in_practice: Floats) -> Floats:
    """How much worse practice is than paper; grows with friction."""
    found: Floats = on_paper - in_practice
    return found
