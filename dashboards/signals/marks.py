"""What other pages show of signals; a few queries, whatever the number of units."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet, Window
from django.urls import reverse

from accounts.models import Organisation
from orgunits.access import Scope
from orgunits.models import OrgUnit
from results.signals import queries
from results.signals.models import Signal
from results.signals.telling import LIKELY, title

LISTED = 3


@dataclass(frozen=True, slots=True)
class ShortSignal:
    title: str
    url: str
    state: str


def marks(
    organisation: Organisation, unit_ids: Collection[int] | QuerySet[Any]
) -> dict[tuple[int, int], str]:
    """The address of the weightiest signal by unit and theme; only of units that the viewer may see."""
    found = queries.marks(organisation, unit_ids)
    return {place: reverse("signal", args=[pk]) for place, pk in found.items()}


@dataclass(frozen=True, slots=True)
class NewSignals:
    """`total`: of those that nobody has said anything about yet; `lines`: the weightiest of them."""

    lines: list[ShortSignal] = field(default_factory=list)
    total: int = 0


def new_signals(scope: Scope) -> NewSignals:
    """In the viewer's layer and below, without those that are rather chance; one query."""
    found = queries.unexplained(scope.organisation, scope.units().values("pk"))
    found = found.filter(state=Signal.State.NEW, evidence__probability__gte=LIKELY)
    first = list(found.listed().annotate(total=Window(Count("pk")))[:LISTED])
    return NewSignals(list(map(_short, first)), first[0].total if first else 0)  # type: ignore[attr-defined]


def shortlist(unit: OrgUnit) -> list[ShortSignal]:
    """In one unit that the viewer may see, and the units below it; the weightiest first."""
    inside = OrgUnit.objects.filter(organisation=unit.organisation_id).at_or_below([unit.path])
    found = queries.unexplained(unit.organisation, inside.values("pk"))
    return list(map(_short, found.listed()[:LISTED]))


def _short(signal: Signal) -> ShortSignal:
    return ShortSignal(title(signal), reverse("signal", args=[signal.pk]), signal.get_state_display())
