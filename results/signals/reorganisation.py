"""What a reorganisation does to series: a unit may jump when people came or went, and a new one inherits.

A unit that was made of others starts from their history, weighted by who came from where; where only part of
a unit came, or part of the people came from elsewhere, its level may have jumped by as much as units differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from orgunits.models import UnitLineage
from results.panel import Panel, ThemePanel
from surveys.models import WaveUnit

Floats = NDArray[np.float64]

LEAST_TRACED = 0.5  # of a new unit's people, for its history to be that of the units they came from


@dataclass(frozen=True, slots=True)
class Move:
    """People who went from one unit to another before the wave with this place in the panel.

    `weight`: which part of the unit that they left they were.
    """

    wave: int
    from_unit: int
    to_unit: int
    people: float
    weight: float


Homes = dict[int, tuple[int, ...]]  # unit → itself and those above it


def moves(panel: Panel) -> list[Move]:
    """As HR confirmed them."""
    closes = [wave.opened_at.date() for wave in panel.waves]
    rows = UnitLineage.objects.filter(organisation=panel.organisation).order_by("on", "pk")
    found = []
    for row in rows:
        wave = sum(day < row.on for day in closes)
        if 0 < wave < len(closes):
            found.append(Move(wave, row.from_unit_id, row.to_unit_id, float(row.people), row.weight))
    return found


def turnover(panel: Panel, found: Sequence[Move]) -> Floats:
    """Shape (units, waves): how much of the difference between units a unit's level may have jumped by.

    The squared shares of its people who came and who went, from the trees of the waves and from `found`.
    """
    place = {unit: row for row, unit in enumerate(panel.units)}
    jumps = np.zeros((len(panel.units), len(panel.waves)))
    known: Homes = {}
    for wave, (homes, people) in enumerate(_trees(panel)):
        came: defaultdict[int, float] = defaultdict(float)
        went: defaultdict[int, float] = defaultdict(float)
        for before, after, number in _changes(
            known, homes, people, [one for one in found if one.wave == wave]
        ):
            for unit in set(after) - set(before):
                came[unit] += number
            for unit in set(before) - set(after):
                went[unit] += number
        for unit in {*came, *went} & place.keys() & known.keys():
            all_people = max(sum(people[one] for one, home in homes.items() if unit in home), 1.0)
            shares = min(came[unit] / all_people, 1.0), min(went[unit] / all_people, 1.0)
            jumps[place[unit], wave] = shares[0] ** 2 + shares[1] ** 2
        known |= homes
    return jumps


def _trees(panel: Panel) -> Iterable[tuple[Homes, dict[int, float]]]:
    """Per wave each unit with those above it, and how many people of its own were asked."""
    rows: dict[int, list[tuple[int, int, int | None, int]]] = defaultdict(list)
    units = WaveUnit.objects.filter(wave__in=panel.waves).order_by("wave", "position")
    fields = "wave_id", "unit_id", "position", "parent_position", "invited"
    for wave_id, unit, position, parent, invited in units.values_list(*fields):
        rows[wave_id].append((unit, position, parent, invited))
    for wave in panel.waves:
        by_position: dict[int | None, tuple[int, ...]] = {None: ()}
        homes: Homes = {}
        people: dict[int, float] = {}
        for unit, position, parent, invited in rows[wave.pk]:
            homes[unit] = by_position[position] = (unit, *by_position[parent])
            people[unit] = float(invited)
        yield homes, people


def _changes(
    known: Homes, homes: Homes, people: Mapping[int, float], found: Sequence[Move]
) -> Iterable[tuple[tuple[int, ...], tuple[int, ...], float]]:
    """Where a number of people belonged before, and where they do now."""
    if not known:
        return
    told = {move.to_unit for move in found}
    for unit, home in homes.items():
        before = known.get(unit, ())
        if set(before) != set(home) and unit not in told:
            yield before, home, people[unit]
    for move in found:
        if move.from_unit != move.to_unit and move.to_unit in homes:
            yield known.get(move.from_unit, ()), homes[move.to_unit], move.people


def inherited(panel: Panel, found: Sequence[Move]) -> Panel:
    """With the history of units that are new, as far as it can be traced."""
    place = {unit: row for row, unit in enumerate(panel.units)}
    by_unit: defaultdict[int, list[Move]] = defaultdict(list)
    for move in found:
        by_unit[move.to_unit].append(move)
    new = {
        unit: made_of
        for unit, made_of in by_unit.items()
        if unit in place and all(move.from_unit != unit for move in made_of)
    }
    if not new:
        return panel
    themes = [_with_history(theme, place, new) for theme in panel.themes]
    return replace(panel, themes=themes)


def _with_history(
    theme: ThemePanel, place: Mapping[int, int], new: Mapping[int, Sequence[Move]]
) -> ThemePanel:
    mean, n, people = theme.mean.copy(), theme.n.copy(), theme.people.copy()
    for unit, made_of in new.items():
        row, wave = place[unit], min(move.wave for move in made_of)
        parts = [move for move in made_of if move.from_unit in place]
        if not parts or np.isfinite(theme.mean[row, :wave]).any():
            continue
        rows = [place[move.from_unit] for move in parts]
        share = np.array([move.people for move in parts]) / sum(move.people for move in made_of)
        seen = np.isfinite(theme.mean[rows, :wave])
        weight = np.where(seen, share[:, None, None], 0)
        traced = weight.sum(axis=0)
        weight = weight / np.maximum(traced, 1e-9)
        enough = traced >= LEAST_TRACED
        values = (weight * np.nan_to_num(theme.mean[rows, :wave])).sum(axis=0)
        error = (weight**2 / np.maximum(theme.n[rows, :wave], 1)).sum(axis=0)
        mean[row, :wave] = np.where(enough, values, np.nan)
        n[row, :wave] = np.where(enough, 1 / np.maximum(error, 1e-9), 0)
        people[row, :wave] = np.where(enough, (weight * theme.people[rows, :wave]).sum(axis=0), 0)
    return replace(theme, mean=mean, n=n, people=np.maximum(people, n))
