"""The figures before and after a change, of the unit that it was for and of units that it was not for."""

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
class ThemeEffect:
    theme: Theme
    effect: Effect


@dataclass(frozen=True, slots=True)
class BeforeAndAfter:
    """`themes`: those of which enough is known, the clearest first. `layer`: of the units, from 1."""

    event: ChangeEvent
    before: list[Wave]
    after: list[Wave]
    layer: int
    themes: list[ThemeEffect]


def before_and_after(event: ChangeEvent) -> BeforeAndAfter:
    """A constant number of queries."""
    organisation = event.organisation
    waves = [wave for wave in queries.closed_waves(organisation) if not wave.is_journey]
    before = [wave for wave in waves if _day(wave, wave.closes_at) < event.on][-EACH_SIDE:]
    after = [wave for wave in waves if _day(wave, wave.opened_at) >= event.on][:EACH_SIDE]
    layer, affected, others, crowded = _units(event)
    sheet = queries.sheet([*before, *after], [unit.pk for unit in (*affected, *others)])
    found = (
        ThemeEffect(theme, _with_other_changes(one, crowded))
        for theme in queries.themes(after)
        if (one := _effect(sheet, theme, before, after, affected, others)) is not None
    )
    by_clearness = sorted(found, key=lambda one: (not one.effect.clear, -abs(one.effect.size)))
    return BeforeAndAfter(event, before, after, layer, by_clearness)


def _day(wave: Wave, moment: object) -> date:
    return moment.astimezone(wave.organisation.zone).date()  # type: ignore[attr-defined,no-any-return]


def _units(event: ChangeEvent) -> tuple[int, list[OrgUnit], list[OrgUnit], bool]:
    """The layer, the affected units and the others in it, and whether more happened to the affected ones.

    The layer of the unit itself, or the first below it with enough units to compare with. A change for the
    whole organisation leaves nobody to compare with.
    """
    changed = _paths_changed_about(event)
    units = list(OrgUnit.objects.filter(organisation=event.organisation, depth__gte=event.unit.depth))
    layers = sorted({unit.depth for unit in units})
    found: tuple[int, list[OrgUnit], list[OrgUnit]] = (event.unit.depth, [event.unit], [])
    for layer in layers:
        here = [unit for unit in units if unit.depth == layer]
        affected = [unit for unit in here if unit.path.startswith(event.unit.path)]
        others = [unit for unit in here if not unit.path.startswith((event.unit.path, *changed))]
        if affected and len(others) > len(found[2]):
            found = layer, affected[:MOST], others[:MOST]
        if len(found[2]) >= ENOUGH:
            break
    crowded = any(path.startswith(event.unit.path) or event.unit.path.startswith(path) for path in changed)
    return *found, crowded


def _paths_changed_about(event: ChangeEvent) -> list[str]:
    """Of units with another change within half a year; one for everyone changes no comparison."""
    near = ChangeEvent.objects.filter(
        organisation=event.organisation,
        on__range=(event.on - ASIDE, event.on + ASIDE),
        unit__depth__gt=1,
    )
    return list(near.exclude(pk=event.pk).values_list("unit__path", flat=True))


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


def _with_other_changes(found: Effect, crowded: bool) -> Effect:
    return replace(found, cautions=(*found.cautions, Caution.OTHER_CHANGES)) if crowded else found
