"""The figures before and after something began, of the units where it did and of others like them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter

from orgunits.models import ChangeEvent, OrgUnit
from orgunits.tree import today
from results import queries
from results.effects.effect import FEWEST_OTHERS, Caution, Effect, Series
from results.panel import ThemeMeans, theme_means
from surveys.models import Theme, Wave

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
class ThemeEffect:
    theme: Theme
    effect: Effect


@dataclass(frozen=True, slots=True)
class BeforeAndAfter:
    """`themes`: those of which enough is known, the clearest first."""

    before: list[Wave]
    after: list[Wave]
    themes: list[ThemeEffect]


def before_and_after(beginning: Beginning) -> BeforeAndAfter:
    """A few queries, whatever the number of units and waves."""
    organisation = beginning.unit.organisation
    waves = [wave for wave in queries.closed_waves_bare(organisation) if not wave.is_journey]
    before = [wave for wave in waves if today(organisation, wave.closes_at) < beginning.on][-BEFORE:]
    after = [wave for wave in waves if today(organisation, wave.opened_at) >= beginning.on][:AFTER]
    affected, others, crowded = _units(beginning)
    if len(others) < FEWEST_OTHERS or not before or not after:  # whatever figures are, nothing can be said
        return BeforeAndAfter(before, after, [])
    waves = queries.with_questions([*before, *after])
    means = theme_means(waves, [*affected, *others])
    found = []
    for theme in queries.themes(after):
        shifted = beginning.shifted if theme == beginning.theme else None
        figures = means.get(theme.pk)
        if figures and (one := _effect(figures, waves, len(before), len(affected), shifted)):
            found.append(ThemeEffect(theme, _with_other_changes(one, crowded)))
    found.sort(key=lambda one: (one.theme != beginning.theme, not one.effect.clear, -abs(one.effect.size)))
    return BeforeAndAfter(before, after, found)


def _units(beginning: Beginning) -> tuple[list[int], list[int], bool]:
    """Ids of the affected units and the others of their layer; whether more happened to the affected ones.

    It is that of the unit itself, or the first below it with enough units to compare with. What began in the
    whole organisation leaves nobody to compare with.
    """
    root = beginning.unit
    changed = _paths_changed_about(beginning)
    units = OrgUnit.objects.filter(organisation=root.organisation_id, depth__gte=root.depth)
    rows = sorted(units.values_list("depth", "path", "pk"), key=itemgetter(0))
    found: tuple[list[int], list[int]] = ([root.pk], [])
    for _depth, layer in groupby(rows, key=itemgetter(0)):
        here = [(path, pk) for _depth, path, pk in layer]
        affected = [pk for path, pk in here if path.startswith(root.path)]
        others = [pk for path, pk in here if not path.startswith((root.path, *changed))]
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


def _effect(
    figures: ThemeMeans, waves: Sequence[Wave], first: int, affected: int, shifted: float | None
) -> Effect | None:
    """`first`: the place of the first wave after. `affected`: so many units, which come before the others."""
    # Here: SciPy takes longer to load than all other pages together.
    from results.effects.estimating import effect
    from results.signals.ground import wave_times

    series = Series(figures.mean, figures.n, figures.people)
    own, rest = series.of(slice(affected)), series.of(slice(affected, None))
    since = [place >= first for place in range(len(waves))]
    found = effect(own, rest, times=wave_times(waves), after=since, shifted=shifted)
    width = figures.width[:affected]
    return found and found.in_points(float(width[width > 0][0]) / 4)


def _with_other_changes(found: Effect, crowded: bool) -> Effect:
    return replace(found, cautions=(*found.cautions, Caution.OTHER_CHANGES)) if crowded else found
