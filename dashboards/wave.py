"""One wave while it is open: who takes part, how the mails go, and what HR can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from dashboards.filters import ByTrait, by_trait
from dashboards.live import SoFar, so_far
from results import queries
from results.figures import Taking
from results.outcomes import Outcome, outcomes
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
    wave: Wave
    live: Live | None
    problems: Problems | None
    invited: int
    heatmap: str
    by_trait: ByTrait | None = None
    outcome: Outcome | None = None
    is_too_few: bool = False  # a journey's: closed, and too few people for a figure of any unit

    @property
    def is_open(self) -> bool:
        return self.live is not None


def wave_page(wave: Wave, *, unit_id: int | None, now: datetime) -> WavePage:
    is_open = wave.state == Wave.State.OPEN
    invited = dict(WaveUnit.objects.filter(wave=wave).values_list("unit_id", "invited"))
    outcome = outcome_of(wave)
    shown = outcome is Outcome.SHOWN
    top = WaveUnit.objects.filter(wave=wave, position=0).values_list("unit_id", flat=True).first()
    return WavePage(
        wave=wave,
        live=live_part(wave, unit_id=unit_id, now=now) if is_open else None,
        problems=problems(wave) if is_open else None,
        invited=sum(invited.values()),
        heatmap=f"{reverse('heatmap')}?wave={wave.pk}" if shown else "",
        outcome=outcome,
        by_trait=by_trait(wave, top) if shown else None,
        is_too_few=shown and wave.is_journey and not queries.units_with_figures([wave], invited),
    )


def outcome_of(wave: Wave) -> Outcome | None:
    """None while it is open."""
    return outcomes([wave.pk]).get(wave.pk)


def live_part(wave: Wave, *, unit_id: int | None, now: datetime) -> Live:
    """Around the unit with this id, or else the top; the units are those of when the wave opened."""
    takings = queries.participation_so_far(wave, now=now)
    units = {unit.position: unit for unit in WaveUnit.objects.filter(wave=wave).order_by("position")}
    parents = {unit.parent_position for unit in units.values()}
    here = next((unit for unit in units.values() if unit.unit_id == unit_id), None) or units.get(0)
    address = reverse("wave", args=[wave.pk])

    def line(unit: WaveUnit) -> UnitLine:
        below = f"{address}?unit={unit.unit_id}" if unit.position in parents else ""
        return UnitLine(unit.unit_id, unit.name, below, takings.get(unit.unit_id))

    path = [line(unit) for unit in _path(units, here)]
    children = [line(unit) for unit in units.values() if here and unit.parent_position == here.position]
    return Live(
        wave=wave,
        taking=path[0].taking if path else None,
        mails=mail_counts([wave])[wave.pk],
        path=path,
        units=[*path[-1:], *children],
        url=f"{reverse('wave_live', args=[wave.pk])}?unit={here.unit_id if here else ''}",
        so_far=so_far([wave], here.unit_id, here.name) if here else [],
    )


def _path(units: dict[int, WaveUnit], unit: WaveUnit | None) -> list[WaveUnit]:
    """From the top to the unit."""
    path = []
    while unit is not None:
        path.append(unit)
        unit = None if unit.parent_position is None else units[unit.parent_position]
    return path[::-1]
