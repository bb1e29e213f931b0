"""Difference in differences with few treated units. Arrays are units × waves, NaN where nothing is released.

Each unit's change is the mean of its waves after less that of its waves before. The effect is how much more
the affected units changed than the others did. How far units drift apart by themselves (τ²) is estimated from
the others by the method of moments (DerSimonian and Laird, Meta-analysis in clinical trials, 1986), over what
their numbers of answers explain. The interval counts that drift for the affected units too: with so few of
them the usual standard error is far too small (Conley and Taber, Inference with "Difference in Differences"
with a Small Number of Policy Changes, 2011).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

FEWEST_OTHERS = 4
ENOUGH_OTHERS = 10
CONFIDENCE = 0.9
LOW_START = 0.15  # of the others that start lower: from there figures rise by themselves
MOVED_BEFORE = 2.0  # standard errors per wave, of the course before


class Caution(Enum):
    """Why a before/after comparison may mislead."""

    FEW_OTHERS = "few_others"
    FEW_WAVES = "few_waves"
    ALREADY_MOVING = "already_moving"
    EXTREME_START = "extreme_start"
    OTHER_CHANGES = "other_changes"
    BECAUSE_LOW = "because_low"


@dataclass(frozen=True, slots=True)
class Effect:
    """In points of the theme's scale; `expected`: the change that there would have been without it."""

    size: float
    lowest: float
    highest: float
    affected_change: float
    expected: float
    affected: int
    others: int
    cautions: tuple[Caution, ...]

    @property
    def clear(self) -> bool:
        return self.lowest > 0 or self.highest < 0


def effect(
    affected: Array,
    others: Array,
    n_affected: Array,
    n_others: Array,
    *,
    after: Sequence[bool],
    spread: float,
) -> Effect | None:
    """`n_…`: answers behind each figure; `after`: per wave; `spread`: standard deviation of one answer.

    None when there are fewer than four others, or no wave before or after.
    """
    since = np.array(after)
    from scipy.special import stdtrit  # here: it takes longer to load than all other pages together

    own, own_noise, _own = _changes(affected, n_affected, since, spread)
    rest, rest_noise, kept = _changes(others, n_others, since, spread)
    if len(rest) < FEWEST_OTHERS or not len(own):
        return None
    drift = _drift(rest, rest_noise)
    weights = 1 / (drift + rest_noise)
    others_change = float(np.average(rest, weights=weights))
    affected_change = float(own.mean())
    variance = (drift + own_noise.mean()) / len(own) + 1 / weights.sum()
    reach = float(stdtrit(len(rest) - 1, (1 + CONFIDENCE) / 2) * np.sqrt(variance))
    size = affected_change - others_change
    return Effect(
        size=size,
        lowest=size - reach,
        highest=size + reach,
        affected_change=affected_change,
        expected=others_change,
        affected=len(own),
        others=len(rest),
        cautions=tuple(_cautions(affected, others[kept], n_affected, since, spread)),
    )


def _changes(
    values: Array, n: Array, since: NDArray[np.bool_], spread: float
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Per unit with waves on both sides: its change, the its sampling variance; and which these are."""
    before, after = (_side(values[:, part], n[:, part], spread) for part in (~since, since))
    kept: NDArray[np.bool_] = ~np.isnan(before[0]) & ~np.isnan(after[0])
    change, noise = after[0] - before[0], after[1] + before[1]
    return change[kept], noise[kept], kept


def _side(values: Array, n: Array, spread: float) -> tuple[Array, Array]:
    """The mean of some waves and its sampling variance; NaN without any."""
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    sums = np.where(known, values, 0.0).sum(axis=1)
    noise = np.where(known, spread**2 / np.maximum(n, 1), 0.0).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return sums / count, noise / count**2


def _drift(changes: Array, noise: Array) -> float:
    """τ² of the units that nothing happened to, by DerSimonian and Laird."""
    weights = 1 / noise
    mean = np.average(changes, weights=weights)
    excess = float((weights * (changes - mean) ** 2).sum() - (len(changes) - 1))
    return max(excess / float(weights.sum() - (weights**2).sum() / weights.sum()), 0.0)


def _cautions(
    affected: Array, others: Array, n_affected: Array, since: NDArray[np.bool_], spread: float
) -> list[Caution]:
    found = []
    if len(others) < ENOUGH_OTHERS:
        found.append(Caution.FEW_OTHERS)
    if min(int(since.sum()), int((~since).sum())) < 2:
        found.append(Caution.FEW_WAVES)
    before, rest = _course(affected[:, ~since]), _course(others[:, ~since])
    if _already_moving(before - rest, n_affected[:, ~since], spread):
        found.append(Caution.ALREADY_MOVING)
    start, starts = np.nanmean(affected[:, ~since]), np.nanmean(others[:, ~since], axis=1)
    lower = float((starts < start).mean())
    if not LOW_START < lower < 1 - LOW_START:
        found.append(Caution.EXTREME_START)
    return found


def _course(values: Array) -> Array:
    """The mean over units per wave, NaN where none has a figure."""
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        course: Array = np.where(known, values, 0.0).sum(axis=0) / known.sum(axis=0)
    return course


def _already_moving(course: Array, n: Array, spread: float) -> bool:
    """Whether the waves before already slope by more than sampling easily gives."""
    known = ~np.isnan(course)
    if known.sum() < 3:
        return False
    place = np.flatnonzero(known).astype(np.float64)
    place -= place.mean()
    slope = float((place * course[known]).sum() / (place**2).sum())
    noise = spread**2 / max(float(n.sum(axis=0)[known].mean()), 1.0)
    return abs(slope) > MOVED_BEFORE * float(np.sqrt(noise / (place**2).sum()))
