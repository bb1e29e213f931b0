"""Whose turn it is in a cycle that asks one part of its people per wave.

Everyone keeps the part they were given. So in as many waves in a row as there are parts, each person who
works there all that time has exactly one turn, whoever comes, leaves or moves meanwhile. Parts are dealt
within own groups, so each wave hears from each group in proportion.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from accounts.copying import copy_rows
from orgunits.models import EmployeeQuerySet
from surveys.models import Cycle, Turn

Turns = Counter[tuple[int, int]]


def part_of_wave(number: int, parts: int) -> int:
    """Waves count from 1, parts from 0."""
    return (number - 1) % parts


def deal_turns(cycle: Cycle, people: EmployeeQuerySet) -> None:
    """Give a part to everyone who has none yet; in the transaction that opens the wave."""
    working = cycle.turns.filter(employee__left_on=None)
    dealt: Turns = Counter()
    for unit, part in working.values_list("employee__unit", "part"):
        dealt[unit, part] += 1
    newcomers = people.exclude(pk__in=cycle.turns.values("employee")).order_by("unit__path", "pk")
    pairs = list(newcomers.values_list("pk", "unit"))
    parts = deal((unit for _, unit in pairs), dealt, cycle.parts)
    rows = ((cycle.organisation_id, cycle.pk, pk, part) for (pk, _), part in zip(pairs, parts, strict=True))
    copy_rows(Turn, ("organisation", "cycle", "employee", "part"), rows)


def deal(units: Iterable[int], dealt: Turns, parts: int) -> Iterator[int]:
    """For each person, given by own group, the part that has fewest of the group, and then fewest in all."""
    counts = Counter(dealt)
    totals = [sum(number for (_, part), number in dealt.items() if part == one) for one in range(parts)]
    for unit in units:
        part = min(range(parts), key=lambda one: (counts[unit, one], totals[one], one))
        counts[unit, part] += 1
        totals[part] += 1
        yield part
