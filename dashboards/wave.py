"""One wave: while it is open who takes part, how the mails go, and what HR can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from dashboards.live import SoFar, so_far
from dashboards.wave_closed import Closed, closed_part
from dashboards.wave_units import UnitPlace, around
from orgunits.access import Scope
from results import queries
from results.figures import Taking
from results.outcomes import Outcome
from results.verdicts import outcomes
from surveys.mailing.queries import MailCounts, mail_counts
from surveys.models import Wave, WaveUnit
from surveys.waves.queries import Problems, problems


@dataclass(frozen=True, slots=True)
class UnitLine:
    """`below`: the page with the units under it, if there are any."""

    pk: int
    name: str
    below: str
    taking: Taking | None


@dataclass(frozen=True, slots=True)
class Live:
    """What changes while people answer and mails go out: a unit, the path to it, the units just below.

    Units of too few invited people have no `taking`; `so_far` is what those in the unit say.
    """

    wave: Wave
    taking: Taking | None
    mails: MailCounts
    path: list[UnitLine]
    units: list[UnitLine]
    url: str
    so_far: list[SoFar]


@dataclass(frozen=True, slots=True)
class WavePage:
    """`closed`: what came out, when it may be shown."""

    wave: Wave
    live: Live | None
    problems: Problems | None
    outcome: Outcome | None
    closed: Closed | None

    @property
    def is_open(self) -> bool:
        return self.live is not None

    @property
    def leaves_out_some(self) -> bool:
        """Whether some who were asked are in groups too small to count in the participation."""
        part = self.live or self.closed
        taking = part.path[0].taking if part and part.path else None
        return taking is not None and taking.invited < self.wave.invited


def wave_page(scope: Scope, wave: Wave, *, unit_id: int | None, now: datetime) -> WavePage:
    is_open = wave.state == Wave.State.OPEN
    outcome = None if is_open else outcome_of(wave)
    shown = outcome is Outcome.SHOWN
    return WavePage(
        wave=wave,
        live=live_part(wave, unit_id=unit_id, now=now) if is_open else None,
        problems=problems(wave) if is_open else None,
        outcome=outcome,
        closed=closed_part(scope, wave, unit_id=unit_id) if shown else None,
    )


def outcome_of(wave: Wave) -> Outcome | None:
    """None while it is open."""
    return outcomes([wave.pk]).get(wave.pk)


def live_part(wave: Wave, *, unit_id: int | None, now: datetime) -> Live:
    """Around the unit with this id, or else the top; the units are those of when the wave opened."""
    takings = queries.participation_so_far(wave, now=now)
    places = around(WaveUnit.objects.filter(wave=wave), unit_id)
    address, here = reverse("wave", args=[wave.pk]), places.here

    def line(unit: UnitPlace) -> UnitLine:
        below = places.address(address, unit)
        return UnitLine(unit.unit_id, unit.name, below, takings.get(unit.unit_id))

    path = [line(unit) for unit in places.path]
    return Live(
        wave=wave,
        taking=path[0].taking if path else None,
        mails=mail_counts([wave])[wave.pk],
        path=path,
        units=[*path[-1:], *map(line, places.below)],
        url=f"{reverse('wave_live', args=[wave.pk])}?unit={here.unit_id if here else ''}",
        so_far=so_far(queries.with_questions([wave]), here.unit_id, here.name) if here else [],
    )
