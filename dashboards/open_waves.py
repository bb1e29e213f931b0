"""The open waves on HR's first page, and who takes part in them per unit."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.urls import reverse

from orgunits.access import Scope
from results import queries
from results.figures import Taking
from surveys.cycles.queries import cycles_of
from surveys.mailing.queries import MailCounts, mail_counts
from surveys.models import Wave, WaveUnit

UNITS_LISTED = 20
UNITS_A_PAGE = 100
Named = tuple[int, str]  # id and name of a unit


class UnitTaking(NamedTuple):
    pk: int
    name: str
    depth: int
    taking: Taking | None


@dataclass(frozen=True, slots=True)
class OpenWave:
    """`units`: those that are listed; of many only the ones where fewest take part, lowest first.

    `url` is empty when the viewer's HR does not cover the whole wave.
    """

    wave: Wave
    taking: Taking | None
    mails: MailCounts
    units: list[UnitTaking]
    unit_count: int
    url: str

    @property
    def shows_all(self) -> bool:
        return len(self.units) == self.unit_count


def open_waves(
    scope: Scope, allowed: dict[int, int], covered: Collection[int], *, now: datetime
) -> list[OpenWave]:
    """`allowed`: see `depths`. `covered`: ids of the cycles of which the viewer's HR covers all units."""
    return _found(scope, _open(scope), allowed, covered, now)


def open_wave(scope: Scope, wave_id: int, *, now: datetime) -> OpenWave | None:
    """As on the page, for the numbers that are fetched again while it is open."""
    covered = set(cycles_of(scope).values_list("pk", flat=True))
    found = _found(scope, _open(scope).filter(pk=wave_id), depths(scope), covered, now)
    return found[0] if found else None


def _open(scope: Scope) -> QuerySet[Wave]:
    return Wave.objects.open().filter(organisation=scope.organisation).order_by("closes_at", "pk")


def _found(
    scope: Scope, opened: QuerySet[Wave], allowed: dict[int, int], covered: Collection[int], now: datetime
) -> list[OpenWave]:
    waves = list(opened)
    mails = mail_counts(waves)
    found = []
    for wave in waves:
        wave.organisation = scope.organisation  # the same one, so nothing looks it up again
        taking = queries.participation_so_far(wave, now=now)
        units = _in_reach(wave, allowed)
        url = reverse("wave", args=[wave.pk]) if wave.cycle_id in covered else ""
        if wave.is_journey and (units or url):
            found.append(OpenWave(wave, None, mails[wave.pk], [], 0, url))
        elif units:
            whole, listed = taking.get(units[0][0]), _lines(_first(units, taking), allowed, taking)
            found.append(OpenWave(wave, whole, mails[wave.pk], listed, len(units), url))
    return found


def unit_takings(
    scope: Scope, wave_id: int, *, page: str | None, now: datetime
) -> tuple[Wave, Page[Any]] | None:
    """A page of all units of an open wave that are in reach, in the order of the tree."""
    wave = _open(scope).filter(pk=wave_id).first()
    if wave is None:
        return None
    wave.organisation = scope.organisation
    allowed = depths(scope)
    units = _in_reach(wave, allowed)
    if not units:
        return None
    listed: Page[Any] = Paginator(units, UNITS_A_PAGE).get_page(page)
    listed.object_list = _lines(listed.object_list, allowed, queries.participation_so_far(wave, now=now))
    return wave, listed


def depths(scope: Scope) -> dict[int, int]:
    """Of the units in reach."""
    return dict(scope.units().values_list("pk", "depth"))


def _in_reach(wave: Wave, allowed: Collection[int]) -> list[Named]:
    """What the wave asked, in the order of the tree; plain tuples, as there may be thousands."""
    units = WaveUnit.objects.filter(wave=wave).order_by("position").values_list("unit_id", "name")
    return [unit for unit in units if unit[0] in allowed]


def _first(units: list[Named], taking: dict[int, Taking]) -> list[Named]:
    """All of a few; of many those where someone may want to ask a manager why."""
    if len(units) <= UNITS_LISTED:
        return units
    takings = [(taking.get(pk), place) for place, (pk, _name) in enumerate(units)]
    known = [(one.answered / one.invited, place) for one, place in takings if one]
    return [units[place] for _part, place in nsmallest(UNITS_LISTED, known)]


def _lines(units: Iterable[Named], allowed: dict[int, int], taking: dict[int, Taking]) -> list[UnitTaking]:
    return [UnitTaking(pk, name, allowed[pk], taking.get(pk)) for pk, name in units]
