"""A signal in the town, with evidence drawn from its two closed waves."""

from __future__ import annotations

from orgunits.models import ChangeEvent
from results.signals.models import Signal
from surveys.models import Theme
from tests.browser.town import TEAM, Town
from tests.signals import make_signal, point


def raised_in(town: Town) -> Signal:
    first, last = town.cycle.waves.closed().order_by("closes_at")
    unit = town.unit(TEAM)
    if raised := Signal.objects.filter(unit=unit).first():
        return raised
    ChangeEvent.objects.create(
        organisation=town.organisation,
        name="Nieuw rooster",
        kind="process",
        on=last.opened_at.date(),
        unit=unit,
    )
    return make_signal(
        unit,
        last,
        theme=Theme._default_manager.get(organisation=None, code="energy"),
        evidence={
            "points": [point(first, 3.8, n=14), point(last, 3.3, n=14)],
            **dict.fromkeys(("start", "earliest", "latest"), 1),
            "siblings": {"same": 0, "of": 1},
        },
    )
