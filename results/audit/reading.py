"""Evidence from the tables of the ledger."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from results.audit.evidence import (
    COUNT,
    DISTRIBUTION,
    FAVOURABLE,
    FINAL,
    INVITED,
    MEAN,
    Atom,
    Evidence,
    Places,
    Released,
    Tally,
    Value,
    places,
)
from results.models import Atom as AtomRow
from results.models import Block, Participation, Release
from surveys.models import Wave, WaveQuestion, WaveUnit

NOBODY = places([])
STEPS = {int(AtomRow.INVITED): INVITED, int(AtomRow.FINAL): FINAL}
# The columns that are read; as rows of plain values, for they are many.
ATOM = ("unit_id", "step", "people", "bands", "own_groups")
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

    A row of a table has an attribute for each column that is read.
    """

    wave: str
    minimum: int
    closed_at: datetime
    names: Mapping[int, str]
    tree: Mapping[str, str]
    questions: Mapping[int, tuple[str, bool]]
    atoms: Sequence[Any]
    blocks: Iterable[Any]
    participation: Iterable[Any]
    releases: Iterable[Any]


def read_wave(wave: Wave, *, with_tallies: bool = True) -> Evidence:
    """Without tallies it tells whom each figure concerns, and not what a block of people answered."""
    block = (*BLOCK, "counts") if with_tallies else BLOCK
    names, tree = _units(wave)
    questions = WaveQuestion.objects.filter(wave=wave).values_list("question", "code", "reversed")
    return evidence_of(
        Ledger(
            str(wave.pk),
            wave.minimum_group,
            wave.closed_at or wave.closes_at,
            names,
            tree,
            {question: (code, is_reversed) for question, code, is_reversed in questions},
            list(AtomRow.objects.filter(wave=wave).order_by("step", "unit").values_list(*ATOM, named=True)),
            Block.objects.filter(wave=wave).order_by("pk").values_list(*block, named=True),
            Participation.objects.filter(wave=wave).order_by("pk").values_list(*PARTICIPATION, named=True),
            Release.objects.filter(wave=wave).order_by("pk").values_list(*RELEASE, named=True),
        )
    )


def evidence_of(ledger: Ledger) -> Evidence:
    atoms = [
        Atom(
            "-".join([str(row.unit_id), _step(row.step), *row.bands.values()]),
            ledger.names[row.unit_id],
            _step(row.step),
            row.people,
            row.bands,
        )
        for row in ledger.atoms
    ]
    reading = _Reading(ledger)
    tallies = list(reading.tallies())
    releases = [*reading.participation(), *reading.figures()]
    return Evidence(ledger.wave, ledger.minimum, ledger.tree, atoms, releases, tallies, reading.problems)


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
        for place, row in enumerate(ledger.atoms):
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
            found = {place for one in block.own_groups for place in self.of_own_group[one]}
            whole = {one for place in found for one in self.ledger.atoms[place].own_groups}
            if whole != set(block.own_groups):
                self.problems.append(f"{self.ledger.names[block.unit_id]}: a block holds a part of an atom")
            atoms = self.blocks[block.question_id, block.unit_id] = places(found)
            counts = tuple(getattr(block, "counts", ()))
            yield Tally(self.ledger.questions[block.question_id][0], atoms, counts)

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

    def _atoms(self, release: Any, blocks: Sequence[int] | None) -> Places:
        """A block that the ledger does not know holds nobody, which is a breach by itself."""
        found = [self.blocks.get((release.question_id, block), NOBODY) for block in blocks or []]
        return np.sort(np.concatenate(found)) if found else NOBODY

    def _cells(self, release: Release) -> Places:
        """What was in closed cells of these own groups at the time."""
        return places(
            [place for one in release.blocks for step, place in self.in_cells[one] if step <= release.step]
        )
