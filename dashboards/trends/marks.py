"""What stands on the time axis of a trend: changes in the work, and questions that became others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from dashboards.versions import begins_anew
from orgunits.access import Scope
from orgunits.changes.kinds import kind_label
from orgunits.models import ChangeEvent, OrgUnit
from orgunits.tree import paths_down_to
from results import queries
from results.queries import Sheet
from surveys.models import Theme, Wave

MOST = 20


@dataclass(frozen=True, slots=True)
class Mark:
    """`number`: as it stands on the axis and in the list below it."""

    number: int
    day: date
    name: str
    kind: str
    where: str


def marks(scope: Scope, unit: OrgUnit, sheet: Sheet, waves: Sequence[Wave], theme: Theme) -> list[Mark]:
    """In the order of time; of many changes the newest."""
    found = [*_changes(scope, unit, waves), *_new_questions(sheet, waves, theme)]
    newest = sorted(found, key=lambda mark: mark.day)[-MOST:]
    return [Mark(place, one.day, one.name, one.kind, one.where) for place, one in enumerate(newest, start=1)]


def _changes(scope: Scope, unit: OrgUnit, waves: Sequence[Wave]) -> list[Mark]:
    """Those that fell on the unit: of itself, a unit above it or one below it that the viewer may see."""
    below = Q(unit__path__startswith=unit.path, unit__in=scope.units())
    events = ChangeEvent.objects.filter(
        Q(unit__path__in=paths_down_to(unit.path)) | below,
        organisation=unit.organisation_id,
        on__range=(timezone.localdate(waves[0].opened_at), timezone.localdate(waves[-1].closes_at)),
    ).select_related("unit")
    return [
        Mark(0, event.on, event.name, str(kind_label(event.kind)), event.unit.name)
        for event in events.order_by("-on", "-pk")[:MOST]
    ]


def _new_questions(sheet: Sheet, waves: Sequence[Wave], theme: Theme) -> list[Mark]:
    asked = [one for one in queries.questions(waves[-1]) if one.theme_id == theme.pk]
    found = ((one, begins_anew(sheet, waves, one)) for one in asked)
    return [
        Mark(0, timezone.localdate(wave.closes_at), one.text, _("another question"), "")
        for one, wave in found
        if wave
    ]
