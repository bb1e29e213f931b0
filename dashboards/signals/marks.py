"""What other pages show of signals; a few queries, whatever the number of units."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import Organisation
from orgunits.models import OrgUnit
from results.signals import queries
from results.signals.telling import title

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


def shortlist(unit: OrgUnit, *, last: int = LISTED) -> list[ShortSignal]:
    """Of one unit that the viewer may see, the weightiest first."""
    found = queries.signals(unit.organisation, [unit.pk]).ongoing().to_look_at()[:last]
    return [
        ShortSignal(title(one), reverse("signal", args=[one.pk]), one.get_state_display()) for one in found
    ]
