"""A unit by one trait of its people, such as age: themes down, bands across."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.tabs import Tab
from orgunits.access import ScopedRequest, needs
from orgunits.models import OrgUnit, Role
from results import filter_figures, queries
from results.figures import Figure
from surveys.models import Wave

NAMED = 3  # values of a band that are named


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    n: int


@dataclass(frozen=True, slots=True)
class Cell:
    column: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class Line:
    theme: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class FilterPage:
    """dropped: a sentence for each trait that is shown nowhere."""

    unit: OrgUnit
    wave: Wave
    tabs: list[Tab]
    columns: list[Column]
    lines: list[Line]
    dropped: list[str]


@needs(Role.HR, Role.DIRECTOR, Role.MANAGER)
def unit_filters(request: ScopedRequest, unit_id: int, wave_id: int) -> HttpResponse:
    unit = request.scope.unit_or_404(unit_id)
    wave = get_object_or_404(queries.released_waves(request.scope.organisation), pk=wave_id)
    page = filter_page(unit, wave, request.GET.get("trait", ""))
    if page is None:
        raise Http404
    return render(request, "dashboards/filters.html", {"page": page})


def filter_page(unit: OrgUnit, wave: Wave, trait: str) -> FilterPage | None:
    """By this trait, or else the first that the unit has; None when it has none."""
    sheet = filter_figures.filter_sheet(wave, unit.pk)
    if not sheet.traits:
        return None
    chosen = trait if trait in sheet.traits else next(iter(sheet.traits))
    bands = sheet.traits[chosen]
    columns = [Column(band_label(band.values), band.n) for band in bands]
    return FilterPage(
        unit=unit,
        wave=wave,
        tabs=[
            Tab(name.capitalize(), f"?{urlencode({'trait': name})}", name == chosen) for name in sheet.traits
        ],
        columns=columns,
        lines=[
            Line(
                theme.name,
                [Cell(column.label, band.themes[place]) for column, band in zip(columns, bands, strict=True)],
            )
            for place, theme in enumerate(sheet.themes)
        ],
        dropped=dropped(wave),
    )


def band_label(values: tuple[str, ...]) -> str:
    named = ", ".join(values[:NAMED])
    more = len(values) - NAMED
    if more <= 0:
        return named
    text = ngettext("%(values)s and %(number)d more", "%(values)s and %(number)d more", more)
    return text % {"values": named, "number": more}


def dropped(wave: Wave) -> list[str]:
    """Why not never depends on what was answered: too few and too alike are one reason."""
    every = filter_figures.dropped(wave)
    refused = [one.trait.capitalize() for one in every if one.was_refused]
    too_few = [one.trait.capitalize() for one in every if not one.was_refused]
    reasons = (
        (refused, _("Beside the other figures these could have told what a few people answered.")),
        (
            too_few,
            _("Too few people, or too similar answers, for groups of ten beside those that are shown."),
        ),
    )
    return [
        _("Not shown: %(traits)s. %(reason)s") % {"traits": ", ".join(traits), "reason": reason}
        for traits, reason in reasons
        if traits
    ]


@dataclass(frozen=True, slots=True)
class ByTrait:
    """On the page of a closed wave: where to see it by trait, and what is not shown."""

    url: str
    traits: str
    dropped: list[str]


def by_trait(wave: Wave, unit_id: int | None) -> ByTrait | None:
    """None when the wave's people have no traits. `wave` comes from `results.queries.released_waves`."""
    names = [name for name, units in filter_figures.filtered_units(wave).items() if unit_id in units]
    sentences = dropped(wave)
    if not names and not sentences:
        return None
    url = reverse("unit_filters", args=[unit_id, wave.pk]) if names else ""
    return ByTrait(url, ", ".join(names), sentences)
