"""Two journeys that ask the same people about the same date.

Whoever sees the figures of both can subtract them: what is left is about the few whom one of the two asked
alone. Few come in a period and nobody knows beforehand who will, so unlike cycles, for which see
`surveys/cycles/overlap.py`, journeys are not compared by how many people differ.
"""

from __future__ import annotations

from collections.abc import Iterable

from orgunits.models import OrgUnit
from surveys.audience import topmost
from surveys.models import Cycle

DAYS_APART = 7


def journeys_alike(cycle: Cycle) -> list[Cycle]:
    """Journeys of its kind in some of its units, about days less than a week apart.

    A paused one counts, since it can go on at any moment.
    """
    others = Cycle.objects.filter(
        organisation=cycle.organisation_id,
        kind=cycle.kind,
        state__in=[Cycle.State.ACTIVE, Cycle.State.PAUSED],
        days_after__gt=cycle.days_after - DAYS_APART,
        days_after__lt=cycle.days_after + DAYS_APART,
    )
    others = others.exclude(pk=cycle.pk).order_by("pk").prefetch_related("units", "excluded_units")
    return [other for other in others if _share_units(cycle, other)]


def _share_units(one: Cycle, other: Cycle) -> bool:
    """Of two units in one line the lower is shared, unless one of the two journeys leaves it out."""
    left_out = _paths(one.excluded_units.all()) + _paths(other.excluded_units.all())
    pairs = [(mine, theirs) for mine in _paths(one.units.all()) for theirs in _paths(other.units.all())]
    shared = [max(pair, key=len) for pair in pairs if _in_line(*pair)]
    return any(not path.startswith(left_out) for path in shared)


def _paths(units: Iterable[OrgUnit]) -> tuple[str, ...]:
    return tuple(unit.path for unit in topmost(units))


def _in_line(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
