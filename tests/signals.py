"""A signal as reading a wave leaves it."""

from __future__ import annotations

from orgunits.models import OrgUnit
from results.signals.models import Signal
from surveys.models import Wave

SIZE, ERROR, PROBABILITY = -0.4, 0.1, 0.83


def make_signal(
    unit: OrgUnit, wave: Wave, *, evidence: dict[str, object] | None = None, **fields: object
) -> Signal:
    """`evidence`: what is told of it otherwise than usually."""
    told = {
        "points": [],
        **dict.fromkeys(("start", "earliest", "latest"), 0),
        "size": SIZE,
        "error": ERROR,
        "probability": PROBABILITY,
        "organisation": -0.1,
        "lowest": 1,
        "highest": 5,
        "questions": [],
        "siblings": {"same": 0, "of": 0},
        "above": 0.1,
    }
    usual: dict[str, object] = {
        "organisation": unit.organisation,
        "unit": unit,
        "wave": wave,
        **dict.fromkeys(("since", "earliest", "latest"), wave),
        "kind": Signal.Kind.DRIFT,
        "theme": wave.questions.all()[0].theme,
        "size": SIZE,
        "size_error": ERROR,
        "probability": PROBABILITY,
        "is_confirmed": True,
        "weight": 1.0,
        "version": "1",
        "raised_at": wave.closes_at,
    }
    return Signal.objects.create(**usual | {"evidence": told | (evidence or {})} | fields)


def point(wave: Wave, value: float, *, n: int) -> dict[str, object]:
    """A figure below what was expected, or nearly so."""
    day = wave.closes_at.date().isoformat()
    return {"wave": wave.pk, "day": day, "value": value, "expected": 3.7, "low": 3.5, "high": 3.9, "n": n}
