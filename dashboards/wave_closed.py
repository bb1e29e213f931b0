"""One wave with figures: who took part, which figures there are, where they are, and how the mails ended."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum
from django.urls import reverse

from dashboards.comments import ToRead, comments_to_read
from dashboards.filters import ByTrait, by_trait
from dashboards.wave_units import UnitPlace, around
from orgunits.access import Scope
from results import queries
from results.figures import Taking
from surveys.mailing.queries import MailCounts, mail_counts
from surveys.models import Invitation, LetterRun, Wave, WaveUnit


@dataclass(frozen=True, slots=True)
class UnitResult:
    """`below`: the wave's page about the units under it, if there are any; `themes`: with a figure here."""

    pk: int
    name: str
    url: str
    below: str
    taking: Taking | None
    themes: int


@dataclass(frozen=True, slots=True)
class Closed:
    """Around one unit: the path to it, itself and the units just below it. `themes`: that were asked about.

    `mails` is None once invitations are deleted; `letters`: how many were made.
    """

    path: list[UnitResult]
    units: list[UnitResult]
    themes: int
    units_shown: int
    units_asked: int
    by_trait: ByTrait | None
    comments: ToRead | None
    mails: MailCounts | None
    letters: int

    @property
    def here(self) -> UnitResult:
        return self.units[0]

    @property
    def is_too_few(self) -> bool:
        """For a figure of any unit."""
        return not self.units_shown


def closed_part(scope: Scope, wave: Wave, *, unit_id: int | None) -> Closed | None:
    """Of units in the viewer's reach; None where there is none."""
    places = around(WaveUnit.objects.filter(wave=wave, unit__in=scope.units()), unit_id)
    if places.here is None:
        return None
    listed = [*places.path, *places.below]
    ids = [unit.unit_id for unit in listed]
    queries.with_questions([wave])
    sheet, themes = queries.sheet([wave], ids, all_asked=True), queries.themes([wave])
    takings = queries.participation([wave], ids)
    address = reverse("wave", args=[wave.pk])

    def line(unit: UnitPlace) -> UnitResult:
        shown = sum(sheet.index(wave, unit.unit_id, theme.pk).is_shown for theme in themes)
        return UnitResult(
            pk=unit.unit_id,
            name=unit.name,
            url=f"{reverse('unit', args=[unit.unit_id])}?wave={wave.pk}",
            below=places.address(address, unit),
            taking=takings.get((wave.pk, unit.unit_id)),
            themes=shown,
        )

    path = [line(unit) for unit in places.path]
    return Closed(
        path=path,
        units=[path[-1], *map(line, places.below)],
        themes=len(themes),
        units_shown=places.with_figures,
        units_asked=places.number,
        by_trait=by_trait(wave, places.here.unit_id),
        comments=comments_to_read(scope, scope.unit_or_404(places.here.unit_id), wave),
        mails=_mails(wave),
        letters=LetterRun.objects.filter(wave=wave).aggregate(all=Sum("letters", default=0))["all"],
    )


def _mails(wave: Wave) -> MailCounts | None:
    if not Invitation.objects.filter(wave=wave).exists():
        return None
    return mail_counts([wave])[wave.pk]
