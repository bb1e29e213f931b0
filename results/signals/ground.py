"""What the rows of a panel are in the organisation: layers, units that do not overlap, reorganisations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from orgunits.models import OrgUnit
from results.panel import Panel
from results.signals.detectors import Ground
from results.signals.layer_gap import NOWHERE
from surveys.models import Wave

Floats = NDArray[np.float64]

LEAST_LOWEST = 5  # units from which a course of the organisation can be told from the units' own


def ground(panel: Panel, units: Mapping[int, OrgUnit], turnover: Floats) -> Ground:
    rows = [units[unit] for unit in panel.units]
    paths = [row.path for row in rows]
    rows_of = {path: row for row, path in enumerate(paths)}
    above = {path[:end] for path in paths for end in range(OrgUnit.steplen, len(path), OrgUnit.steplen)}
    lowest = np.array([path not in above for path in paths], dtype=bool)
    alone = lowest.sum() < LEAST_LOWEST
    return Ground(
        times=wave_times(panel.waves),
        layers=np.array([row.depth for row in rows], dtype=np.int64),
        lowest=lowest,
        whole=np.array([alone or row.depth == 1 for row in rows], dtype=bool),
        turnover=turnover,
        above=np.array([rows_of.get(path[: -OrgUnit.steplen], NOWHERE) for path in paths], dtype=np.int64),
    )


def wave_times(waves: Sequence[Wave]) -> Floats:
    """When each wave closed, counted in usual intervals from the first."""
    days = np.array([wave.closes_at.timestamp() / 86_400 for wave in waves])
    steps = np.diff(days)
    usual = float(np.median(steps[steps > 0])) if (steps > 0).any() else 1.0
    found: Floats = (days - days[0]) / usual
    return found
