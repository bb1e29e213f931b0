"""From released figures of many units to series in which only a unit's own course is left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

ROUNDS = 12
HUBER = (
    1.5  # residuals beyond this many usual ones count less, so that a few falling units do not set the course
)
SHARED = 0.5  # of the sampling variance of a question's mean is common to all questions of a theme


@dataclass(frozen=True, slots=True)
class Index:
    """One figure per unit and wave, of one or more questions.

    `shown` is the plain mean, as on pages; in `adjusted` it makes no difference which of the questions were
    asked. `parts` is what the sampling variance is proportional to, beside 1/n.
    """

    shown: Floats
    adjusted: Floats
    parts: Floats


def index(values: Floats, weights: Floats, lowest: Flags) -> Index:
    """`values`: (units, waves, questions) with NaN; `lowest`: units that do not overlap."""
    asked = np.isfinite(values)
    number = asked.sum(axis=2)
    shown = np.where(number > 0, np.where(asked, values, 0).sum(axis=2) / np.maximum(number, 1), np.nan)
    parts = SHARED + (1 - SHARED) / np.maximum(number, 1)
    if values.shape[2] == 1 or (number[number > 0] == values.shape[2]).all():
        return Index(shown, shown, parts)
    own = values - _question_effects(values[lowest], np.where(asked, weights, 0)[lowest])
    own = own - _lasting_differences(own)[:, None, :]
    adjusted = np.where(number > 0, np.where(asked, own, 0).sum(axis=2) / np.maximum(number, 1), np.nan)
    return Index(shown, adjusted, parts)


def _question_effects(values: Floats, weights: Floats) -> Floats:
    """Shape (waves, questions): how much each question lies above the theme's course in the organisation."""
    total = weights.sum(axis=0)
    mean = np.where(weights > 0, values * weights, 0).sum(axis=0) / np.maximum(total, 1e-9)
    asked = total > 0
    question, wave = np.zeros(mean.shape[1]), np.zeros(mean.shape[0])
    for _round in range(4 * ROUNDS):
        wave = np.where(asked, mean - question, 0).sum(axis=1) / np.maximum(asked.sum(axis=1), 1)
        question = np.where(asked, mean - wave[:, None], 0).sum(axis=0) / np.maximum(asked.sum(axis=0), 1)
        question -= question.mean()
    effects: Floats = mean - wave[:, None]
    return effects


def _lasting_differences(own: Floats) -> Floats:
    """Shape (units, questions): what a unit always answers differently on one question, shrunk to zero."""
    asked = np.isfinite(own)
    both = asked.sum(axis=2, keepdims=True)
    base = np.where(asked, own, 0).sum(axis=2, keepdims=True) / np.maximum(both, 1)
    apart = np.where(asked & (both > 1), own - base, np.nan)
    counted = np.isfinite(apart).sum(axis=1)
    mean = np.nan_to_num(apart).sum(axis=1) / np.maximum(counted, 1)
    spread = np.where(np.isfinite(apart), apart - mean[:, None, :], 0)
    noise = (spread**2).sum() / max(int((counted - 1).clip(0).sum()), 1)
    error = noise / np.maximum(counted, 1)
    known = counted > 0
    lasting = max(float((mean[known] ** 2 - error[known]).mean()), 0.0) if known.any() else 0.0
    return np.where(known, mean * lasting / np.maximum(lasting + error, 1e-9), 0.0)


def course(y: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """What all units have in common, per wave: y = unit + wave, robustly, with gaps. And its variance."""
    seen = np.isfinite(y)
    filled = np.where(seen, y, 0.0)
    weight = np.where(seen, weights, 0.0)
    wave, level = np.zeros(y.shape[1]), np.zeros(y.shape[0])
    asked, certainty, robust = seen.any(axis=0), np.sqrt(weight), weight
    for _round in range(ROUNDS if seen.any() else 0):
        level = _mean((filled - wave) * robust, robust, axis=1)
        size = np.abs(filled - level[:, None] - wave) * certainty
        scale = max(1.4826 * _median(size[seen]), 1e-9)
        robust = weight * np.minimum(1, HUBER * scale / np.maximum(size, 1e-9))
        wave = _mean((filled - level[:, None]) * robust, robust, axis=0)
        wave -= wave[asked].mean()
    off = weight * (filled - level[:, None] - wave)
    error: Floats = (off**2).sum(axis=0) / np.maximum(weight.sum(axis=0), 1e-9) ** 2
    return wave, error


def _median(values: Floats) -> float:
    """As NumPy's own, which takes longer to look at what it is given than to find the middle of it."""
    lower, upper = (len(values) - 1) // 2, len(values) // 2
    ordered = np.partition(values, (lower, upper))
    return float(ordered[lower] + ordered[upper]) / 2


def _mean(weighted: Floats, weights: Floats, *, axis: int) -> Floats:
    found: Floats = weighted.sum(axis=axis) / np.maximum(weights.sum(axis=axis), 1e-9)
    return found


def sampling_basis(n: Floats, people: Floats) -> Floats:
    """What the sampling variance of a mean of n of so many people is a sum of: s²·1/n - s²ρ·1/N."""
    counted = np.maximum(n, 1)
    return np.stack([1 / counted, -1 / np.maximum(people, counted)], axis=2)
