"""Filters: the means of people with one trait in common, in large units.

A figure of a band cuts across blocks. So that subtracting leaves no small rest, the people whom the figures
so far do not tell apart are parted by a further trait only into lots that are large enough; whoever would be
left in a smaller one is in no band of it. Whether that does is for the auditor to say
(docs/decisions/0026-filters.md).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from results.disclosure.pooling import Counts, Tree

FILTERED_FROM = 50  # people who answered, in a unit and below
BAND_FROM = 10
MOST_LEFT_OUT = 0.2  # of those in the unit whose trait is known

Numbers = NDArray[np.int64]
NO_BAND = -1


@dataclass(frozen=True, slots=True)
class Respondents:
    """People who answered every question on a scale and are in no live cell.

    homes: the place of the group of invited people that each is in. traits: by name a value for each, ""
    where it is not known. scores: (people, questions), the lowest being 0.
    """

    homes: Numbers
    traits: Mapping[str, NDArray[np.str_]]
    scores: Numbers

    def counts(self, members: Numbers, points: int) -> Counts:
        """Answers per question and score."""
        given = self.scores[members]
        counts: Counts = (given[:, :, None] == np.arange(points)).sum(axis=0)
        return counts


@dataclass(frozen=True, slots=True)
class Band:
    """values: of the trait. members: places of the people that it is a figure of."""

    unit: int
    trait: str
    values: tuple[str, ...]
    members: Numbers


@dataclass(frozen=True, slots=True)
class Everyone:
    """All who answered, by home: how many, and their answers per question and score."""

    people: Numbers
    scores: Counts


def coarsest_first(traits: Mapping[str, NDArray[np.str_]]) -> list[str]:
    return sorted(traits, key=lambda name: (len(set(traits[name].tolist()) - {""}), name))


def merged(values: Counter[str], least: int) -> list[tuple[str, ...]]:
    """Bands of at least so many: of values with numbers neighbours, of others the small ones together."""
    known = sorted((value for value in values if value), key=_in_order)
    if all(re.search(r"\d", value) for value in known):
        return _neighbours(known, values, least)
    large: list[tuple[str, ...]] = [(value,) for value in known if values[value] >= least]
    small = tuple(value for value in known if values[value] < least)
    return [*large, small] if sum(values[value] for value in small) >= least else large


def _in_order(value: str) -> tuple[int, bool, str]:
    """By the first number in it; less than a number comes before from that number."""
    found = re.search(r"\d+", value)
    return int(found[0]) if found else 0, not value.startswith(("<", "≤")), value


def _neighbours(known: Sequence[str], values: Counter[str], least: int) -> list[tuple[str, ...]]:
    bands: list[tuple[str, ...]] = []
    open_band: tuple[str, ...] = ()
    for value in known:
        open_band = (*open_band, value)
        if sum(values[one] for one in open_band) >= least:
            bands.append(open_band)
            open_band = ()
    if open_band and bands:
        bands[-1] = (*bands[-1], *open_band)
    return bands


Cut = tuple[int, str]  # a unit, and a trait that it is looked at by


def chosen(
    people: Respondents,
    everyone: Everyone,
    tree: Tree,
    minimum: int,
    traits: Sequence[str],
    *,
    without: Collection[Cut] = (),
) -> list[Band]:
    """Bands of these traits in all units that are large enough: in the units on top first, in each by the
    first trait first, so that what small units show costs large ones nothing.
    """
    filters = _Filters(people, everyone, tree, minimum, np.zeros(len(people.homes), dtype=np.int64))
    large = np.flatnonzero(tree.totals(everyone.people) >= FILTERED_FROM)
    from_the_top = large[np.argsort(tree.depths[large], kind="stable")].tolist()
    return [
        band
        for unit, trait in product(from_the_top, traits)
        if (unit, trait) not in without
        for band in filters.add(unit, trait)
    ]


@dataclass(slots=True)
class _Filters:
    """lots: of each person the lot of those in the same bands so far."""

    people: Respondents
    everyone: Everyone
    tree: Tree
    minimum: int
    lots: Numbers

    def add(self, unit: int, trait: str) -> list[Band]:
        homes = self.people.homes
        inside = np.flatnonzero((homes >= unit) & (homes < self.tree.ends[unit]))
        values = self.people.traits[trait][inside]
        bands = merged(Counter(values.tolist()), max(BAND_FROM, self.minimum))
        number = {value: place for place, band in enumerate(bands) for value in band}
        band_of = np.array([number.get(value, NO_BAND) for value in values.tolist()], dtype=np.int64)
        band_of = self._without_small_lots(inside, band_of)
        band_of = self._without_small_rest(unit, inside, band_of)
        band_of = self._without_unfit(inside, band_of)
        fit = [place for place in range(len(bands)) if (band_of == place).any()]
        if len(fit) < 2 or (band_of != NO_BAND).sum() < (1 - MOST_LEFT_OUT) * (values != "").sum():
            return []
        banded = inside[band_of != NO_BAND]
        parts = self.lots[banded] * len(bands) + band_of[band_of != NO_BAND]
        self.lots[banded] = self.lots.max() + 1 + np.unique(parts, return_inverse=True)[1]
        return [Band(unit, trait, bands[place], inside[band_of == place]) for place in fit]

    def _without_small_lots(self, inside: Numbers, band_of: Numbers) -> Numbers:
        """Of each lot, the parts that are large enough; not all of them if a small rest would remain."""
        band_of = band_of.copy()
        sizes = Counter(self.lots.tolist())
        for lot in np.unique(self.lots[inside]).tolist():
            mine = self.lots[inside] == lot
            parts = Counter(band_of[mine & (band_of != NO_BAND)].tolist())
            small = [band for band, n in parts.items() if n < self.minimum]
            taken = sum(n for n in parts.values() if n >= self.minimum)
            if 0 < sizes[lot] - taken < self.minimum and taken:
                small.append(min((n, band) for band, n in parts.items() if n >= self.minimum)[1])
            band_of[mine & np.isin(band_of, small)] = NO_BAND
        return band_of

    def _without_small_rest(self, unit: int, inside: Numbers, band_of: Numbers) -> Numbers:
        """Without the smallest band, if otherwise too few, or too similar, answers were in none."""
        answers = self.everyone.scores[unit : self.tree.ends[unit]].sum(axis=0)
        rest = answers - self.people.counts(inside[band_of != NO_BAND], answers.shape[1])
        n = rest.sum(axis=1)
        sizes = Counter(band_of[band_of != NO_BAND].tolist())
        if not sizes or not ((n > 0) & ((n < self.minimum) | (n - rest.max(axis=1) < 2))).any():
            return band_of
        smallest = min(sizes, key=lambda band: (sizes[band], band))
        return np.where(band_of == smallest, NO_BAND, band_of)

    def _without_unfit(self, inside: Numbers, band_of: Numbers) -> Numbers:
        """Without bands of too few people, or who answer a question too much alike."""
        for band in set(band_of.tolist()) - {NO_BAND}:
            members = inside[band_of == band]
            counts = self.people.counts(members, self.everyone.scores.shape[2])
            alike = (len(members) - counts.max(axis=1) < 2).any()
            if alike or len(members) < max(BAND_FROM, self.minimum):
                band_of = np.where(band_of == band, NO_BAND, band_of)
        return band_of
