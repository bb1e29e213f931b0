"""What a signal rests on: released figures, what was expected of them, and what stood beside them.

Kept with the signal as JSON, on the theme's own scale:

    points       [{wave, day, value, n, expected, low, high}], null where nothing is released
    start, earliest, latest    places in points: the first wave of the shift, and its range
    size, error, probability, organisation    of now; `organisation`: what all did in the same time
    lowest, highest    the ends of the scale
    questions    [{question, before, now}], those that moved most first
    siblings     {"same", "of"}: how many of the units beside it probably show the same
    above        the probability that the unit above it shows the same, or null
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from results.panel import Panel
from results.signals.telling import LIKELY
from results.signals.watching import Watched

Floats = NDArray[np.float64]

AROUND = 3  # waves that a question's figure is averaged over, before the start and now
BAND = 1.96
QUESTIONS = 3

Evidence = dict[str, Any]


def evidence(panel: Panel, one: Watched, row: int, family: Mapping[str, list[int]]) -> Evidence:
    """`family`: rows of the units beside it, and of the one above."""
    drift, last = one.told(row), len(panel.waves) - 1
    start = min(int(drift.start[0]) + 1, last)
    size, error = float(drift.size[0]), float(drift.size_error[0])
    scale = 1.0 if one.is_logarithm else one.theme.points
    told: Evidence = {
        "points": _points(panel, one, row, start),
        "start": start,
        "earliest": min(int(drift.earliest[0]) + 1, last),
        "latest": min(int(drift.latest[0]) + 1, last),
        "size": shown_size(one, size),
        "error": round(error * scale * (0.5 if one.is_logarithm else 1), 3),
        "probability": round(float(one.seen.probability[row]), 3),
        "organisation": None if one.is_logarithm else round(_common(one, start) * scale, 3),
        "lowest": one.theme.lowest,
        "highest": one.theme.highest,
        "questions": _questions(one, row, start),
    }
    return told | _beside(one, family)


def shown_size(one: Watched, size: float) -> float:
    """In points of the own scale; of disagreement how much further apart, as a part of what it was."""
    return round(float(np.expm1(size / 2)) if one.is_logarithm else size * one.theme.points, 3)


def _common(one: Watched, start: int) -> float:
    """What the whole organisation did since the start."""
    course = one.prepared.course
    return float(course[-AROUND:].mean() - course[max(0, start - AROUND) : start].mean()) if start else 0.0


def _points(panel: Panel, one: Watched, row: int, start: int) -> list[dict[str, Any]]:
    y, model = one.prepared.y[row], one.prepared.model
    level, variance = _level(one, row, start)
    spread = BAND * np.sqrt(variance + model.deviation[row] + model.noise[row])
    own = _on_own_scale(one)
    found = []
    for place, wave in enumerate(panel.waves):
        value = float(one.shown[row, place])
        point: dict[str, Any] = {"wave": wave.pk, "day": wave.closes_at.date().isoformat()}
        if np.isfinite(value) and np.isfinite(y[place]):
            expected = _moved(one, value, level - y[place])
            low, high = (_moved(one, expected, side * spread[place]) for side in (-1, 1))
            values = (own(value), own(expected), own(low), own(high))
            point |= dict(zip(("value", "expected", "low", "high"), values, strict=True))
            point["n"] = int(one.n[row, place])
        found.append(point)
    return found


def _moved(one: Watched, value: float, by: float) -> float:
    return value * float(np.exp(by / 2)) if one.is_logarithm else value + by


def _on_own_scale(one: Watched) -> Any:
    if one.is_logarithm or one.kind in {"friction", "layer_gap"}:
        return lambda value: round(value * one.theme.points, 3)
    return lambda value: round(one.theme.lowest + (value - 1) * one.theme.points, 3)


def _level(one: Watched, row: int, start: int) -> tuple[float, float]:
    """Of the unit before the start, and how sure that is: the best guess of the null model."""
    model, y = one.prepared.model, one.prepared.y[row, : max(start, 1)]
    seen = np.flatnonzero(np.isfinite(y))
    if not len(seen):
        return 0.0, float(model.level[row])
    apart = np.abs(model.times[seen][:, None] - model.times[seen][None, :])
    covariance = model.deviation[row] * model.persistence[row] ** apart + np.diag(model.noise[row, seen])
    weights = np.linalg.solve(covariance, np.ones(len(seen)))
    variance = 1 / (weights.sum() + 1 / model.level[row])
    return float(variance * (weights @ y[seen])), float(variance)


def _questions(one: Watched, row: int, start: int) -> list[dict[str, Any]]:
    """Means before the start and of the last waves, those that fell most first."""
    found = []
    for place, line in enumerate(one.theme.lines):
        values = one.theme.mean[row, :, place]
        before, now = _mean(values[max(0, start - AROUND) : start]), _mean(values[start:][-AROUND:])
        if before is not None and now is not None:
            own = [round(one.theme.lowest + (value - 1) * one.theme.points, 3) for value in (before, now)]
            found.append({"question": line, "before": own[0], "now": own[1]})
    return sorted(found, key=lambda told: float(told["now"]) - float(told["before"]))[:QUESTIONS]


def _mean(values: Floats) -> float | None:
    seen = values[np.isfinite(values)]
    return float(seen.mean()) if len(seen) else None


def _beside(one: Watched, family: Mapping[str, list[int]]) -> Evidence:
    probability, seen = one.seen.probability, np.isfinite(one.seen.statistic[:, -1])
    watched = [row for row in family["beside"] if seen[row]]
    same = sum(bool(probability[row] > LIKELY) for row in watched)
    above = [round(float(probability[row]), 3) for row in family["above"] if seen[row]]
    return {"siblings": {"same": same, "of": len(watched)}, "above": above[0] if above else None}
