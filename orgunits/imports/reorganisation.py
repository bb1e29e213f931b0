"""What became of units, read off where their people went: renamed, moved, merged, split.

Own people: those placed directly in a unit. Branch: those in it or below it. Only people who were here and
stay are counted, since newcomers and leavers say nothing of where a unit went.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from orgunits.imports.current import Current
from orgunits.imports.people import PeopleFile, UnitPath

PART = 0.3  # a unit that goes on is asked about when this share of its own people go elsewhere together
FEWEST = 5  # and at least so many of them
SIDE = 0.2  # the share that makes a destination one of the parts of a split


class What(StrEnum):
    RENAMED = "renamed"
    MOVED = "moved"
    MERGED = "merged"
    SPLIT = "split"
    PARTLY = "partly"


class Fate(StrEnum):
    """What HR says of a unit."""

    SAME = "same"  # the same unit under another name or in another place: it keeps its row and history
    LINKED = "linked"  # another unit, that goes on with its people: the lineage is kept
    SEPARATE = "separate"  # nothing to do with each other


@dataclass(frozen=True, slots=True)
class Flow:
    """How many of a unit's people are at `to` afterwards."""

    to: UnitPath
    people: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One unit to ask about. `becomes`: the new path under which it may be the same unit.

    `follows`: how many units below it come along unchanged, and so are not asked about.
    """

    unit_id: int
    path: UnitPath
    what: What
    people: int
    flows: tuple[Flow, ...]
    becomes: UnitPath = ()
    follows: int = 0

    @property
    def suggested(self) -> Fate:
        return Fate.SAME if self.becomes else Fate.LINKED


@dataclass(frozen=True, slots=True)
class Reorganisation:
    """`follower_of`: a unit that came along → the unit it came along with. `renewed`: unit → its new path."""

    findings: tuple[Finding, ...] = ()
    renewed: Mapping[int, UnitPath] | None = None
    follower_of: Mapping[int, int] | None = None

    def fate_of(self, unit_id: int, said: Mapping[str, str]) -> Fate:
        """What HR said of it, or of the unit it came along with; nobody was asked: separate."""
        asked = (self.follower_of or {}).get(unit_id, unit_id)
        return Fate(said.get(str(asked), Fate.SEPARATE))

    def kept(self, said: Mapping[str, str]) -> dict[int, UnitPath]:
        """Units that stay the same row, and their new paths."""
        return {
            unit_id: path
            for unit_id, path in (self.renewed or {}).items()
            if self.fate_of(unit_id, said) is Fate.SAME
        }


def find_reorganisation(file: PeopleFile, current: Current) -> Reorganisation:
    return Search(file, current).result()


class Search:
    def __init__(self, file: PeopleFile, current: Current) -> None:
        self.current = current
        self.wanted = wanted_paths(file)
        self.ending = {
            path: unit
            for path, unit in current.units.items()
            if unit.ended_on is None and path not in self.wanted
        }
        self.new = self.wanted - current.units.keys()
        self.trips = Counter(trips(file, current))

    def result(self) -> Reorganisation:
        pairs = self.pairs()
        followers = self.followers(pairs)
        findings = [*self.of_pairs(pairs, followers), *self.of_flows(pairs)]
        findings.sort(key=lambda finding: (-finding.people, finding.path))
        return Reorganisation(
            tuple(findings),
            {self.ending[old].pk: new for old, new in pairs.items()},
            {self.ending[old].pk: self.ending[head].pk for old, head in followers.items()},
        )

    # The same unit

    def pairs(self) -> dict[UnitPath, UnitPath]:
        """Ending units and the new units they probably are: most of the people of each are in the other."""
        shared, before, after = self.branches()
        likely = [
            (old, new)
            for (old, new), people in shared.items()
            if 2 * people > before[old] and 2 * people > after[new]
        ]

        def fit(pair: tuple[UnitPath, UnitPath]) -> tuple[object, ...]:
            old, new = pair
            overlap = shared[pair] / (before[old] + after[new] - shared[pair])
            return -overlap, old[-1] != new[-1], abs(len(old) - len(new)), len(old), old, new

        found: dict[UnitPath, UnitPath] = {}
        for old, new in sorted(likely, key=fit):
            if old not in found and new not in found.values():
                found[old] = new
        self.add_namesakes(found)
        return found

    def branches(
        self,
    ) -> tuple[Counter[tuple[UnitPath, UnitPath]], Counter[UnitPath], Counter[UnitPath]]:
        """People shared by each ending and new branch; people of each ending branch; of each new one."""
        shared: Counter[tuple[UnitPath, UnitPath]] = Counter()
        before: Counter[UnitPath] = Counter()
        after: Counter[UnitPath] = Counter()
        for (old, new), people in self.trips.items():
            left = [path for path in upwards(old) if path in self.ending]
            entered = [path for path in upwards(new) if path in self.new]
            for path in left:
                before[path] += people
            for path in entered:
                after[path] += people
            for pair in ((a, b) for a in left for b in entered):
                shared[pair] += people
        return shared, before, after

    def add_namesakes(self, found: dict[UnitPath, UnitPath]) -> None:
        """Below a unit that is the same, one whose people say nothing is the one of the same name."""
        taken = set(found.values())
        for old in sorted(self.ending.keys() - found.keys(), key=len):
            above = found.get(old[:-1])
            new = (*above, old[-1]) if above else ()
            if new in self.new and new not in taken:
                found[old] = new
                taken.add(new)

    def followers(self, pairs: Mapping[UnitPath, UnitPath]) -> dict[UnitPath, UnitPath]:
        """Units that keep name and place below a unit that is the same → the highest such unit."""
        heads: dict[UnitPath, UnitPath] = {}
        for old in sorted(pairs, key=len):
            above = old[:-1]
            if pairs.get(above) == pairs[old][:-1] and old[-1] == pairs[old][-1]:
                heads[old] = heads.get(above, above)
        return heads

    def of_pairs(
        self, pairs: Mapping[UnitPath, UnitPath], followers: Mapping[UnitPath, UnitPath]
    ) -> Iterator[Finding]:
        shared, before, _after = self.branches()
        along = Counter(followers.values())
        for old, new in pairs.items():
            if old in followers:
                continue
            elsewhere = before[old] - shared[old, new]
            flows = [Flow(new, shared[old, new]), *([Flow((), elsewhere)] if elsewhere else [])]
            what = What.RENAMED if old[-1] != new[-1] else What.MOVED
            unit_id = self.ending[old].pk
            yield Finding(unit_id, old, what, before[old], tuple(flows), new, along[old])

    # Other units

    def of_flows(self, pairs: Mapping[UnitPath, UnitPath]) -> Iterator[Finding]:
        """Units of which the own people went to units that are others."""
        into: defaultdict[UnitPath, set[UnitPath]] = defaultdict(set)
        by_unit: defaultdict[UnitPath, list[Flow]] = defaultdict(list)
        for (old, new), people in sorted(self.trips.items()):
            by_unit[old].append(Flow(new, people))
            into[new].add(old)
        for old, flows in by_unit.items():
            unit = self.current.units.get(old)
            if unit is None or old in pairs:
                continue
            total = sum(flow.people for flow in flows)
            if old in self.ending or self.is_large_part(old, flows, total):
                flows.sort(key=lambda flow: (-flow.people, flow.to))
                yield Finding(unit.pk, old, self.what(old, flows, total), total, tuple(flows))

    def is_large_part(self, old: UnitPath, flows: Iterable[Flow], total: int) -> bool:
        largest = max((flow.people for flow in flows if flow.to != old), default=0)
        return largest >= max(FEWEST, PART * total)

    def what(self, old: UnitPath, flows: Iterable[Flow], total: int) -> What:
        if old not in self.ending:
            return What.PARTLY
        parts = sum(flow.people >= SIDE * total for flow in flows)
        return What.SPLIT if parts > 1 else What.MERGED


def wanted_paths(file: PeopleFile) -> frozenset[UnitPath]:
    """The units that people are in, and all above those."""
    return frozenset(path for own in {person.unit_path for person in file.people} for path in upwards(own))


def upwards(path: UnitPath) -> Iterator[UnitPath]:
    """The unit itself and each above it."""
    return (path[:length] for length in range(len(path), 0, -1))


def trips(file: PeopleFile, current: Current) -> Iterator[tuple[UnitPath, UnitPath]]:
    """From where to where, for each person who was here and stays."""
    for person in file.people:
        employee = current.employees.get(person.employee_id)
        if employee is not None and employee.left_on is None and current.path_of(employee):
            yield current.path_of(employee), person.unit_path
