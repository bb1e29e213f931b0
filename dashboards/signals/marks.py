"""What other pages show of signals; a few queries, whatever the number of units."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from dashboards.addresses import addresses_of
from orgunits.access import Scope
from orgunits.models import OrgUnit
from results.signals.models import Signal
from results.signals.ongoing import Head, Ongoing
from results.signals.telling import LIKELY, title

LISTED = 3


@dataclass(frozen=True, slots=True)
class ShortSignal:
    title: str
    url: str
    state: str


def marks(ongoing: Ongoing, unit_ids: Collection[int]) -> dict[tuple[int, int], str]:
    """The address of the weightiest signal by unit and theme; only of units that the viewer may see."""
    address = addresses_of("signal")
    return {place: address(pk) for place, pk in ongoing.marks(unit_ids).items()}


@dataclass(frozen=True, slots=True)
class NewSignals:
    """`total`: of those that nobody has said anything about yet; `lines`: the weightiest of them."""

    lines: list[ShortSignal] = field(default_factory=list)
    total: int = 0


def new_signals(scope: Scope, ongoing: Ongoing | None = None) -> NewSignals:
    """In the viewer's layer and below, without those that are rather chance."""
    found, total = (ongoing or Ongoing(scope.organisation)).heads(
        scope.result_paths, most=LISTED, states=[Signal.State.NEW], likely=LIKELY
    )
    return NewSignals(_short(found), total)


def shortlist(unit: OrgUnit) -> list[ShortSignal]:
    """In one unit that the viewer may see, and the units below it; the weightiest first."""
    found, _total = Ongoing(unit.organisation).heads([unit.path], most=LISTED)
    return _short(found)


def _short(heads: Collection[Head]) -> list[ShortSignal]:
    address = addresses_of("signal")
    return [ShortSignal(title(one.titled), address(one.titled.pk), one.state) for one in heads]
