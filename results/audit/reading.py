"""Evidence from the tables of the ledger."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from django.db.models import Count

from results.audit.evidence import (
    COUNT,
    DISTRIBUTION,
    FAVOURABLE,
    FINAL,
    INVITED,
    MEAN,
    Atom,
    Evidence,
    Gathered,
    Places,
    Released,
    Tally,
    Value,
    places,
)
from results.comments.models import CommentPool
from results.models import Atom as AtomRow
from results.models import Block, FilterAtom, FilterBand, FilterFigure, Participation, Release
from surveys.models import Wave, WaveQuestion, WaveUnit

NOBODY = places([])
STEPS = {int(AtomRow.INVITED): INVITED, int(AtomRow.FINAL): FINAL}
# The columns that are read; as rows of plain values, for they are many.
ATOM = ("unit_id", "step", "people", "own_groups")
BLOCK = ("question_id", "unit_id", "own_groups")
PARTICIPATION = ("pk", "unit_id", "groups", "invited", "answered")
RELEASE = (
    *(
        "pk",
        "question_id",
        "step",
        "released_at",
        "blocks",
        "n",
        "mean",
        "low",
        "middle",
        "high",
        "distribution",
    ),
    *("shares_blocks", "distribution_blocks"),
)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The rows of a wave. `names`: of units. `tree`: parents. `questions`: code, and whether reversed.

    A row of a table has an attribute for each column that is read. `parts`: of the atoms of the last step,
    by band. `filters`: figures of bands. `pools`: of comments, with how many texts there are.
    """

    wave: str
    minimum: int
    closed_at: datetime
    names: Mapping[int, str]
    tree: Mapping[str, str]
    questions: Mapping[int, tuple[str, bool]]
    atoms: Sequence[Any]
    blocks: Sequence[Any]
    participation: Sequence[Any]
    releases: Sequence[Any]
    bands: Sequence[Any] = ()
    parts: Sequence[Any] = ()
    filters: Sequence[Any] = ()
    pools: Sequence[Any] = ()


def read_wave(wave: Wave, *, with_tallies: bool = True) -> Evidence:
    """Without tallies it tells whom each figure concerns, and not what a block of people answered, nor who is
    in which band: that would tell of single people that they answered.
    """
    ledger = replace(ledger_of(wave, with_tallies=with_tallies), pools=_pools(wave))
    return evidence_of(_with_filters(ledger, wave) if with_tallies else ledger)


def ledger_of(wave: Wave, *, with_tallies: bool = True) -> Ledger:
    """Without filters and comments."""
    block = (*BLOCK, "counts") if with_tallies else BLOCK
    names, tree = _units(wave)
    questions = WaveQuestion.objects.filter(wave=wave).values_list("question", "code", "reversed")
    return Ledger(
        str(wave.pk),
        wave.minimum_group,
        wave.closed_at or wave.closes_at,
        names,
        tree,
        {question: (code, is_reversed) for question, code, is_reversed in questions},
        list(AtomRow.objects.filter(wave=wave).order_by("step", "unit").values_list(*ATOM, named=True)),
        list(Block.objects.filter(wave=wave).order_by("pk").values_list(*block, named=True)),
        list(Participation.objects.filter(wave=wave).order_by("pk").values_list(*PARTICIPATION, named=True)),
        list(Release.objects.filter(wave=wave).order_by("pk").values_list(*RELEASE, named=True)),
    )


def _with_filters(ledger: Ledger, wave: Wave) -> Ledger:
    return replace(
        ledger,
        bands=list(FilterBand.objects.filter(wave=wave).order_by("number")),
        parts=list(FilterAtom.objects.filter(wave=wave).order_by("pk")),
        filters=list(FilterFigure.objects.filter(wave=wave).order_by("pk")),
    )


def _pools(wave: Wave) -> list[Any]:
    found = CommentPool.objects.filter(wave=wave).annotate(texts=Count("comments")).order_by("pk")
    return list(found.values_list("pk", "question_id", "unit_id", "own_groups", "n", "texts", named=True))


def evidence_of(ledger: Ledger) -> Evidence:
    reading = _Reading(ledger)
    atoms = [
        Atom(
            "-".join(map(str, [row.unit_id, _step(row.step), *row.numbers])),
            ledger.names[row.unit_id],
            _step(row.step),
            row.people,
            {reading.bands[number].trait: " + ".join(reading.bands[number].values) for number in row.numbers},
        )
        for row in reading.atoms
    ]
    tallies = list(reading.tallies())
    releases = [*reading.participation(), *reading.figures(), *reading.filters()]
    comments = list(reading.comments())
    return Evidence(
        ledger.wave, ledger.minimum, ledger.tree, atoms, releases, tallies, reading.problems, comments
    )


class _Atom(NamedTuple):
    """`numbers`: of the bands that its people are in."""

    unit_id: int
    step: int
    people: int
    own_groups: Sequence[int]
    numbers: Sequence[int] = ()


def _parted(ledger: Ledger) -> Iterator[_Atom]:
    """The atoms; those that filters part, as their parts and the rest."""
    parts: defaultdict[int, list[Any]] = defaultdict(list)
    for part in ledger.parts:
        parts[part.unit_id].append(part)
    for row in ledger.atoms:
        own = parts[row.unit_id] if row.step == AtomRow.FINAL else []
        rest = row.people - sum(part.people for part in own)
        if rest or not own:
            yield _Atom(row.unit_id, row.step, rest, row.own_groups)
        for part in own:
            yield _Atom(row.unit_id, row.step, part.people, row.own_groups, part.bands)


def _step(step: int) -> str:
    return STEPS.get(step, str(step))


def _units(wave: Wave) -> tuple[Mapping[int, str], Mapping[str, str]]:
    """Names as paths, which tell units apart that are called the same; and each one's parent."""
    by_position: dict[int, str] = {}
    names: dict[int, str] = {}
    tree: dict[str, str] = {}
    used: Counter[str] = Counter()
    units = WaveUnit.objects.filter(wave=wave).order_by("position")
    for unit_id, position, parent, name in units.values_list("unit", "position", "parent_position", "name"):
        above = "" if parent is None else by_position[parent]
        path = f"{above}/{name}" if above else name
        used[path] += 1
        if used[path] > 1:
            path = f"{path} ({used[path]})"
        by_position[position] = names[unit_id] = path
        tree[path] = above
    return names, tree


class _Reading:
    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.problems: list[str] = []
        self.invited: dict[int, int] = {}
        self.of_own_group: defaultdict[int, list[int]] = defaultdict(list)
        self.in_cells: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)  # step and place
        self.bands = {band.number: band for band in ledger.bands}
        self.in_band: defaultdict[int, list[int]] = defaultdict(list)
        self.atoms = list(_parted(ledger))
        for place, row in enumerate(self.atoms):
            for number in row.numbers:
                self.in_band[number].append(place)
            if row.step == AtomRow.INVITED:
                self.invited[row.unit_id] = place
            else:
                for own_group in row.own_groups:
                    self.of_own_group[own_group].append(place)
                if row.step > 0:
                    self.in_cells[row.unit_id].append((row.step, place))
        self.blocks: dict[tuple[int, int], Places] = {}

    def tallies(self) -> Iterator[Tally]:
        for block in self.ledger.blocks:
            atoms = self.blocks[block.question_id, block.unit_id] = self._whole_atoms(block, "a block")
            counts = tuple(getattr(block, "counts", ()))
            yield Tally(self.ledger.questions[block.question_id][0], atoms, counts)

    def comments(self) -> Iterator[Gathered]:
        for pool in self.ledger.pools:
            if pool.texts not in (0, pool.n):  # none is left when their time is over
                unit = self.ledger.names[pool.unit_id]
                self.problems.append(f"{unit}: {pool.texts} comments, not {pool.n}")
            code = None if pool.question_id is None else self.ledger.questions[pool.question_id][0]
            atoms = self._whole_atoms(pool, "a pool of comments")
            yield Gathered(f"{pool.pk}-comments", code, atoms, pool.n)

    def _whole_atoms(self, lot: Any, called: str) -> Places:
        """Of those who answered in its own groups."""
        found = {place for one in lot.own_groups for place in self.of_own_group[one]}
        whole = {one for place in found for one in self.atoms[place].own_groups}
        if whole != set(lot.own_groups):
            self.problems.append(f"{self.ledger.names[lot.unit_id]}: {called} holds a part of an atom")
        return places(found)

    def participation(self) -> Iterator[Released]:
        for row in self.ledger.participation:
            if not row.groups or any(group not in self.invited for group in row.groups):
                unit = self.ledger.names[row.unit_id]
                self.problems.append(f"{unit}: the ledger does not say whom its participation counts")
                continue
            atoms = places([self.invited[group] for group in row.groups])
            name = f"{row.pk}-participation"
            yield Released(name, COUNT, None, atoms, row.invited, row.answered, self.ledger.closed_at)

    def figures(self) -> Iterator[Released]:
        for release in self.ledger.releases:
            yield from self._statistics(release)

    def _statistics(self, release: Any) -> Iterator[Released]:
        code, is_reversed = self.ledger.questions[release.question_id]

        def one(statistic: str, atoms: Places, n: int, value: Value) -> Released:
            name = f"{release.pk}-{statistic}"
            return Released(name, statistic, code, atoms, n, value, release.released_at, of_blocks)

        of_blocks = release.step == Release.FINAL
        atoms = self._atoms(release, release.blocks) if of_blocks else self._cells(release)
        if release.mean is not None:  # a single choice has none
            yield one(MEAN, atoms, release.n, release.mean)
        yield one(COUNT, atoms, release.n, release.n)
        if release.low is not None and release.middle is not None and release.high is not None:
            n = release.low + release.middle + release.high
            favourable = release.low if is_reversed else release.high
            yield one(FAVOURABLE, self._atoms(release, release.shares_blocks), n, 100 * favourable / n)
        if release.distribution is not None:
            counts = tuple(release.distribution)
            atoms = self._atoms(release, release.distribution_blocks)
            yield one(DISTRIBUTION, atoms, sum(counts), counts)

    def filters(self) -> Iterator[Released]:
        for one in self.ledger.filters:
            code, _is_reversed = self.ledger.questions[one.question_id]
            atoms = places(self.in_band[one.band])
            yield Released(f"band {one.band}-{code}", MEAN, code, atoms, one.n, one.mean, one.released_at)

    def _atoms(self, release: Any, blocks: Sequence[int] | None) -> Places:
        """A block that the ledger does not know holds nobody, which is a breach by itself."""
        found = [self.blocks.get((release.question_id, block), NOBODY) for block in blocks or []]
        return np.sort(np.concatenate(found)) if found else NOBODY

    def _cells(self, release: Any) -> Places:
        """What was in closed cells of these own groups at the time."""
        return places(
            [place for one in release.blocks for step, place in self.in_cells[one] if step <= release.step]
        )
