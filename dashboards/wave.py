"""One wave while it is open: who takes part, how the mails go, and what HR can do about it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from orgunits.access import Scope
from results import queries
from results.figures import Taking
from surveys.mailing.queries import MailCounts, mail_counts
from surveys.models import Wave, WaveUnit
from surveys.waves.queries import Problems, problems

DEEPEST_INDENT = 6


@dataclass(frozen=True, slots=True)
class UnitLine:
    """`url` is empty where the viewer sees no figures."""

    pk: int
    name: str
    depth: int
    url: str
    taking: Taking | None


@dataclass(frozen=True, slots=True)
class Live:
    """What changes while people answer and mails go out. Units of too few invited people have no `taking`."""

    wave: Wave
    taking: Taking | None
    mails: MailCounts
    units: list[UnitLine]


@dataclass(frozen=True, slots=True)
class WavePage:
    wave: Wave
    live: Live | None
    problems: Problems | None
    invited: int
    heatmap: str

    @property
    def is_open(self) -> bool:
        return self.live is not None


def wave_page(scope: Scope, wave: Wave) -> WavePage:
    is_open = wave.state == Wave.State.OPEN
    return WavePage(
        wave=wave,
        live=live_part(scope, wave) if is_open else None,
        problems=problems(wave) if is_open else None,
        invited=sum(WaveUnit.objects.filter(wave=wave).values_list("invited", flat=True)),
        heatmap=f"{reverse('heatmap')}?wave={wave.pk}" if wave.state == Wave.State.CLOSED else "",
    )


def live_part(scope: Scope, wave: Wave) -> Live:
    """The units in preorder, as they were when the wave opened."""
    takings = queries.participation_so_far(wave)
    with_figures = set(scope.units().values_list("pk", flat=True))
    depths: dict[int | None, int] = {None: 0}
    lines = []
    for unit in WaveUnit.objects.filter(wave=wave).order_by("position"):
        depths[unit.position] = depths[unit.parent_position] + 1
        url = reverse("unit", args=[unit.unit_id]) if unit.unit_id in with_figures else ""
        depth = min(depths[unit.position], DEEPEST_INDENT)
        lines.append(UnitLine(unit.unit_id, unit.name, depth, url, takings.get(unit.unit_id)))
    return Live(wave, lines[0].taking if lines else None, mail_counts([wave])[wave.pk], lines)
