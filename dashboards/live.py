"""What people say so far, per theme, while a wave is open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import render
from django_htmx.http import HttpResponseClientRefresh

from dashboards.polling import polled
from orgunits.access import ScopedRequest, needs
from orgunits.models import OrgUnit, Role
from results import queries
from results.figures import Figure, Shown
from surveys.models import Wave, WaveUnit


@dataclass(frozen=True, slots=True)
class ThemeSoFar:
    name: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class SoFar:
    """A unit in an open wave."""

    wave: Wave
    unit_name: str
    themes: list[ThemeSoFar]

    @property
    def n(self) -> int:
        """People: each answered every question, so it is the same for all themes."""
        return max((one.figure.n for one in self.themes if isinstance(one.figure, Shown)), default=0)


def so_far(waves: Iterable[Wave], unit_id: int, unit_name: str) -> list[SoFar]:
    """Without waves that asked too few people here for figures before the end.

    `waves`: with their questions.
    """
    found = ((wave, queries.live_figures(wave, unit_id)) for wave in waves)
    return [
        SoFar(wave, unit_name, [ThemeSoFar(theme.name, figure) for theme, figure in themes])
        for wave, themes in found
        if themes is not None
    ]


def open_waves_of(unit: OrgUnit) -> list[SoFar]:
    """Of each open wave that asks people of this unit and those below it."""
    asked = WaveUnit.objects.filter(wave=OuterRef("pk"), unit=unit)
    waves = Wave.objects.open().filter(Exists(asked), organisation=unit.organisation_id)
    return so_far(queries.with_questions(list(waves.order_by("closes_at", "pk"))), unit.pk, unit.name)


@needs(Role.HR, Role.DIRECTOR, Role.MANAGER)
@polled
def unit_so_far(request: ScopedRequest, unit_id: int) -> HttpResponse:
    found = open_waves_of(request.scope.unit_or_404(unit_id))
    if not found:
        return HttpResponseClientRefresh()
    return render(request, "dashboards/live_figures.html", {"waves": found})
