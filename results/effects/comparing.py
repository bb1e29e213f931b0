"""What is compared with what: waves before and after something began, units where it did, and others."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from itertools import groupby
from operator import itemgetter

from accounts.models import Organisation
from orgunits.models import ChangeEvent, OrgUnit
from orgunits.tree import paths_down_to, today
from results import queries
from results.effects.effect import FEWEST_OTHERS
from surveys.models import Theme, Wave

VERSION = 1  # of the method: with another, everything is looked at again
ASIDE = timedelta(days=180)  # of another change, for a unit to be left out
BEFORE, AFTER = 20, 6  # waves; many before, as they tell what is usual
MOST = 50  # units on either side; with twice as many, what is told of one is hardly more certain


@dataclass(frozen=True, slots=True)
class Beginning:
    """Something that began in a unit and those below it: a change in the work, or what people agreed to do.

    `event`: the recorded change that it is, if it is one. `theme`: what it is meant for, told first.
    `shifted`: where it was begun because of a signal about that theme, how probable the signal said the shift
    was. `besides`: paths of units and days of what else began and is no recorded change.
    """

    unit: OrgUnit
    on: date
    event: ChangeEvent | None = None
    theme: Theme | None = None
    shifted: float | None = None
    besides: Sequence[tuple[str, date]] = ()

    @classmethod
    def of_change(cls, event: ChangeEvent) -> Beginning:
        return cls(event.unit, event.on, event)


@dataclass(frozen=True, slots=True)
class Compared:
    """`affected`, `others`: ids of units. `crowded`: more happened to the affected ones within half a year.

    `shifted`: how probable a shift of figures of a theme was before, by its id.
    """

    organisation: Organisation
    before: list[Wave]
    after: list[Wave]
    affected: list[int]
    others: list[int]
    crowded: bool
    shifted: dict[int, float]

    @property
    def is_enough(self) -> bool:
        """Otherwise nothing can be said, whatever the figures are."""
        return len(self.others) >= FEWEST_OTHERS and bool(self.before) and bool(self.after)

    @property
    def key(self) -> str:
        """The same where the same figures are looked at in the same way."""
        waves = [[wave.pk for wave in waves] for waves in (self.before, self.after)]
        made_from = [VERSION, waves, self.affected, self.others, [*self.shifted.items()]]
        return sha256(json.dumps(made_from).encode()).hexdigest()


def compared_with(beginning: Beginning) -> Compared:
    """A few queries, whatever the number of units and waves."""
    organisation = beginning.unit.organisation
    waves = [wave for wave in queries.closed_waves_bare(organisation) if not wave.is_journey]
    affected, others, crowded = _units(beginning)
    shifted = {}
    if beginning.theme and beginning.shifted is not None:
        shifted[beginning.theme.pk] = beginning.shifted
    return Compared(
        organisation,
        before=[wave for wave in waves if today(organisation, wave.closes_at) < beginning.on][-BEFORE:],
        after=[wave for wave in waves if today(organisation, wave.opened_at) >= beginning.on][:AFTER],
        affected=affected,
        others=others,
        crowded=crowded,
        shifted=shifted,
    )


def _units(beginning: Beginning) -> tuple[list[int], list[int], bool]:
    """Ids of the affected units and the others of their layer; whether more happened to the affected ones.

    It is that of the unit itself, or the first below it with enough units to compare with. What began in the
    whole organisation leaves nobody to compare with.
    """
    root = beginning.unit
    changed = _paths_changed_about(beginning)
    apart = {root.path, *changed}
    units = OrgUnit.objects.filter(organisation=root.organisation_id, depth__gte=root.depth)
    rows = sorted(units.values_list("depth", "path", "pk"), key=itemgetter(0))
    found: tuple[list[int], list[int]] = ([root.pk], [])
    for _depth, layer in groupby(rows, key=itemgetter(0)):
        here = [(path, pk) for _depth, path, pk in layer]
        affected = [pk for path, pk in here if path.startswith(root.path)]
        others = [pk for path, pk in here if apart.isdisjoint(paths_down_to(path))]
        if affected and len(others) > len(found[1]):
            found = _some(affected), _some(others)
        if len(found[1]) >= FEWEST_OTHERS:
            break
    crowded = any(path.startswith(root.path) or root.path.startswith(path) for path in changed)
    return *found, crowded


def _some(units: list[int]) -> list[int]:
    """As many as are compared, from all over the tree."""
    number = min(len(units), MOST)
    return [units[place * len(units) // number] for place in range(number)]


def _paths_changed_about(beginning: Beginning) -> list[str]:
    """Of units where something else began within half a year; what is for everyone changes no comparison."""
    first, last = beginning.on - ASIDE, beginning.on + ASIDE
    near = ChangeEvent.objects.filter(organisation=beginning.unit.organisation_id, on__range=(first, last))
    events = near.exclude(pk__in=[beginning.event.pk] if beginning.event else []).filter(unit__depth__gt=1)
    besides = (path for path, on in beginning.besides if first <= on <= last)
    return [
        *events.values_list("unit__path", flat=True),
        *(path for path in besides if len(path) > OrgUnit.steplen),
    ]
