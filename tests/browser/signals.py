"""A signal in the town, with evidence drawn from its two closed waves."""

from __future__ import annotations

from orgunits.models import ChangeEvent
from results.signals.models import Signal
from surveys.models import Theme
from tests.browser.town import TEAM, Town


def raised_in(town: Town) -> Signal:
    first, last = town.cycle.waves.closed().order_by("closes_at")
    unit = town.unit(TEAM)
    ChangeEvent.objects.create(
        organisation=town.organisation,
        name="Nieuw rooster",
        kind="process",
        on=last.opened_at.date(),
        unit=unit,
    )
    expected = {"expected": 3.7, "low": 3.5, "high": 3.9, "n": 14}
    told = {
        "points": [
            {"wave": wave.pk, "day": wave.closes_at.date().isoformat(), "value": value} | expected
            for wave, value in ((first, 3.8), (last, 3.3))
        ],
        "start": 1,
        "earliest": 1,
        "latest": 1,
        "lowest": 1,
        "highest": 5,
        "size": -0.4,
        "error": 0.1,
        "probability": 0.83,
        "organisation": -0.1,
        "above": 0.1,
        "questions": [],
        "siblings": {"same": 0, "of": 1},
    }
    return Signal.objects.create(
        organisation=town.organisation,
        unit=unit,
        wave=last,
        kind=Signal.Kind.DRIFT,
        theme=Theme._default_manager.get(organisation=None, code="energy"),
        since=last,
        earliest=last,
        latest=last,
        size=-0.4,
        size_error=0.1,
        probability=0.83,
        is_confirmed=True,
        weight=1.0,
        version="1",
        raised_at=last.closes_at,
        evidence=told,
    )
