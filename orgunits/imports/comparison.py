"""A file beside the database: what would change, and which units may have become others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from accounts.models import Organisation
from orgunits.imports.current import Current, load_current
from orgunits.imports.people import PeopleFile, UnitPath
from orgunits.imports.plan import Plan, make_plan
from orgunits.imports.reorganisation import Fate, Reorganisation, find_reorganisation, trips


@dataclass(frozen=True, slots=True)
class Part:
    """The share `weight` of a unit's own people that goes to one unit; the parts of a unit make one."""

    from_unit: int
    to: UnitPath
    people: int
    weight: float


@dataclass(frozen=True, slots=True)
class Comparison:
    file: PeopleFile
    current: Current
    reorganisation: Reorganisation
    plan: Plan
    lineage: tuple[Part, ...]


def compare(organisation: Organisation, file: PeopleFile, said: Mapping[str, str]) -> Comparison:
    """`said`: what HR says became of units, unit id → Fate; empty when nobody was asked."""
    current = load_current(
        organisation,
        root_name=file.people[0].unit_path[0],
        emails={person.manager_email for person in file.people},
    )
    reorganisation = find_reorganisation(file, current)
    current.keep(reorganisation.kept(said))
    lineage = lineage_of(file, current, reorganisation, said)
    return Comparison(file, current, reorganisation, make_plan(file, current), tuple(lineage))


def lineage_of(
    file: PeopleFile, current: Current, reorganisation: Reorganisation, said: Mapping[str, str]
) -> Iterator[Part]:
    """Where the people of each confirmed unit go. A unit that only kept its people has no lineage."""
    flows = Counter(trips(file, current))
    totals: Counter[UnitPath] = Counter()
    for (here, _there), people in flows.items():
        totals[here] += people
    for (here, there), people in sorted(flows.items()):
        unit = current.units[here]
        if flows[here, here] < totals[here] and reorganisation.fate_of(unit.pk, said) is not Fate.SEPARATE:
            yield Part(unit.pk, there, people, people / totals[here])
