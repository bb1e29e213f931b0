"""Evidence from the tables of the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

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
    places,
)
from results.models import Atom as AtomRow
from results.models import Block, Participation, Release
from surveys.models import Wave, WaveQuestion, WaveUnit


def read_wave(wave: Wave) -> Evidence:
    names, tree = _units(wave)
    rows = list(AtomRow.objects.filter(wave=wave).order_by("step", "unit"))
    atoms = [
        Atom(f"{row.unit_id}-{_step(row.step)}", names[row.unit_id], _step(row.step), row.people, row.bands)
        for row in rows
    ]
    reading = _Reading(wave, rows, names)
    tallies = list(reading.tallies())
    releases = [*reading.participation(), *reading.figures()]
    return Evidence(str(wave.pk), wave.minimum_group, tree, atoms, releases, tallies, reading.problems)


def _step(step: int) -> str:
    return {AtomRow.INVITED: INVITED, AtomRow.FINAL: FINAL}.get(step, str(step))


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
    def __init__(self, wave: Wave, rows: Sequence[AtomRow], names: Mapping[int, str]) -> None:
        self.wave, self.names = wave, names
        self.problems: list[str] = []
        self.invited = {row.unit_id: place for place, row in enumerate(rows) if row.step == AtomRow.INVITED}
        self.of_own_group: dict[int, list[int]] = {}
        self.own_groups = {place: set(row.own_groups) for place, row in enumerate(rows)}
        for place, row in enumerate(rows):
            if row.step != AtomRow.INVITED:
                for own_group in row.own_groups:
                    self.of_own_group.setdefault(own_group, []).append(place)
        self.blocks: dict[tuple[int, int], Places] = {}
        self.questions = {
            question.question_id: question for question in WaveQuestion.objects.filter(wave=wave)
        }

    def tallies(self) -> Iterator[Tally]:
        blocks = Block.objects.filter(wave=self.wave).values_list("question", "unit", "own_groups", "counts")
        for question_id, unit_id, own_groups, counts in blocks.iterator():
            found = {place for one in own_groups for place in self.of_own_group.get(one, ())}
            if {one for place in found for one in self.own_groups[place]} != set(own_groups):
                self.problems.append(f"{self.names[unit_id]}: a block holds a part of an atom")
            atoms = self.blocks[question_id, unit_id] = places(found)
            yield Tally(self.questions[question_id].code, atoms, tuple(counts))

    def participation(self) -> Iterator[Released]:
        found = Participation.objects.filter(wave=self.wave).order_by("pk")
        for pk, unit_id, invited, answered, groups in found.values_list(
            "pk", "unit", "invited", "answered", "groups"
        ):
            name = f"participation of {self.names[unit_id]}"
            missing = [group for group in groups if group not in self.invited]
            if missing or not groups:
                self.problems.append(f"{name}: the ledger does not say which people it counts")
                continue
            atoms = places([self.invited[group] for group in groups])
            yield Released(f"{pk}-participation", COUNT, None, atoms, invited, answered, self._closed_at)

    @property
    def _closed_at(self):  # type: ignore[no-untyped-def]
        return self.wave.closed_at or self.wave.closes_at

    def figures(self) -> Iterator[Released]:
        found = Release.objects.filter(wave=self.wave).order_by("pk")
        for release in found.iterator():
            yield from self._statistics(release)

    def _statistics(self, release: Release) -> Iterator[Released]:
        question = self.questions[release.question_id]

        def one(statistic: str, blocks: Sequence[int], n: int, value: float | tuple[int, ...]) -> Released:
            atoms = self._atoms(release.question_id, blocks)
            name = f"{release.pk}-{statistic}"
            return Released(name, statistic, question.code, atoms, n, value, release.released_at)

        yield one(MEAN, release.blocks, release.n, release.mean)
        yield one(COUNT, release.blocks, release.n, release.n)
        if release.low is not None and release.middle is not None and release.high is not None:
            n = release.low + release.middle + release.high
            favourable = release.low if question.reversed else release.high
            yield one(FAVOURABLE, release.shares_blocks or [], n, 100 * favourable / n)
        if release.distribution is not None:
            counts = tuple(release.distribution)
            yield one(DISTRIBUTION, release.distribution_blocks or [], sum(counts), counts)

    def _atoms(self, question_id: int, blocks: Sequence[int]) -> Places:
        if not blocks:
            return places([])
        return np.sort(np.concatenate([self.blocks[question_id, block] for block in blocks]))
