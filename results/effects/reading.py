"""The figures before and after something began, of the units where it did and of others like them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from orgunits.models import ChangeEvent, OrgUnit
from results import queries
from results.effects.estimating import Caution, Effect, effect
from results.figures import SPREAD, Shown
from results.queries import Sheet
from surveys.models import Theme, Wave

ASIDE = timedelta(days=180)  # of another change, for a unit to be left out
EACH_SIDE = 6  # waves
ENOUGH = 8  # other units, for a layer to be compared in
MOST = 150  # units on either side

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Beginning:
    """Something that began in a unit and those below it: a change in the work, or what people agreed to do.

    `event`: the recorded change that it is, if it is one. `theme`: what it is meant for, told first.
    `because_low`: whether it was begun because the figures of that theme fell. `besides`: paths of units and
    days of what else began and is no recorded change.
    """

    unit: OrgUnit
    on: date
    event: ChangeEvent | None = None
    theme: Theme | None = None
    because_low: bool = False
    besides: Sequence[tuple[str, date]] = ()

    @classmethod
    def of_change(cls, event: ChangeEvent) -> Beginning:
        return cls(event.unit, event.on, event)


@dataclass(frozen=True, slots=True)
class ThemeEffect:
    theme: Theme
    effect: Effect


@dataclass(frozen=True, slots=True)
class BeforeAndAfter:
    """`themes`: those of which enough is known, the clearest first. `layer`: of the units, from 1."""

    beginning: Beginning
    before: list[Wave]
    after: list[Wave]
    layer: int
    themes: list[ThemeEffect]


def before_and_after(beginning: Beginning) -> BeforeAndAfter:
    """A constant number of queries."""
    organisation = beginning.unit.organisation
    waves = [wave for wave in queries.closed_waves(organisation) if not wave.is_journey]
    before = [wave for wave in waves if _day(wave, wave.closes_at) < beginning.on][-EACH_SIDE:]
    after = [wave for wave in waves if _day(wave, wave.opened_at) >= beginning.on][:EACH_SIDE]
    layer, affected, others, crowded = _units(beginning)
    sheet = queries.sheet([*before, *after], [unit.pk for unit in (*affected, *others)])
    found = []
    for theme in queries.themes(after):
        one = _effect(sheet, theme, before, after, affected, others)
        if one is not None:
            found.append(ThemeEffect(theme, _with_circumstances(one, theme, beginning, crowded)))
    found.sort(key=lambda one: (one.theme != beginning.theme, not one.effect.clear, -abs(one.effect.size)))
    return BeforeAndAfter(beginning, before, after, layer, found)


def _day(wave: Wave, moment: object) -> date:
    return moment.astimezone(wave.organisation.zone).date()  # type: ignore[attr-defined,no-any-return]


def _units(beginning: Beginning) -> tuple[int, list[OrgUnit], list[OrgUnit], bool]:
    """The layer, the affected units and the others in it, and whether more happened to the affected ones.

    The layer of the unit itself, or the first below it with enough units to compare with. What began in the
    whole organisation leaves nobody to compare with.
    """
    root = beginning.unit
    changed = _paths_changed_about(beginning)
    units = list(OrgUnit.objects.filter(organisation=root.organisation_id, depth__gte=root.depth))
    layers = sorted({unit.depth for unit in units})
    found: tuple[int, list[OrgUnit], list[OrgUnit]] = (root.depth, [root], [])
    for layer in layers:
        here = [unit for unit in units if unit.depth == layer]
        affected = [unit for unit in here if unit.path.startswith(root.path)]
        others = [unit for unit in here if not unit.path.startswith((root.path, *changed))]
        if affected and len(others) > len(found[2]):
            found = layer, affected[:MOST], others[:MOST]
        if len(found[2]) >= ENOUGH:
            break
    crowded = any(path.startswith(root.path) or root.path.startswith(path) for path in changed)
    return *found, crowded


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


def _effect(
    sheet: Sheet,
    theme: Theme,
    before: Sequence[Wave],
    after: Sequence[Wave],
    affected: Sequence[OrgUnit],
    others: Sequence[OrgUnit],
) -> Effect | None:
    waves = [*before, *after]
    own, own_n, scale = _series(sheet, theme, waves, affected)
    rest, rest_n, _scale = _series(sheet, theme, waves, others)
    if not scale:
        return None
    since = [False] * len(before) + [True] * len(after)
    return effect(own, rest, own_n, rest_n, after=since, spread=SPREAD * scale)


def _series(
    sheet: Sheet, theme: Theme, waves: Sequence[Wave], units: Iterable[OrgUnit]
) -> tuple[Array, Array, int]:
    """Figures and answers (units × waves), and the width of the scale; 0 when nothing is shown."""
    rows = [[sheet.index(wave, unit.pk, theme.pk) for wave in waves] for unit in units]
    shown = [figure for row in rows for figure in row if isinstance(figure, Shown)]
    means = [[figure.mean if isinstance(figure, Shown) else np.nan for figure in row] for row in rows]
    n = [[figure.n if isinstance(figure, Shown) else 0 for figure in row] for row in rows]
    shape = len(rows), len(waves)
    width = shown[0].highest - shown[0].lowest if shown else 0
    return np.reshape(means, shape).astype(float), np.reshape(n, shape).astype(float), width


def _with_circumstances(found: Effect, theme: Theme, beginning: Beginning, crowded: bool) -> Effect:
    because_low = beginning.because_low and theme == beginning.theme
    more = ((Caution.OTHER_CHANGES, crowded), (Caution.BECAUSE_LOW, because_low))
    return replace(found, cautions=(*found.cautions, *(caution for caution, holds in more if holds)))
