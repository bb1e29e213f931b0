"""How many people a choice of units holds, as they are employed now."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from accounts.models import Organisation
from orgunits.models import OrgUnit
from orgunits.tree import paths_down_to
from surveys.audience import topmost

# People are counted by unit before its path is looked up. A QuerySet would join each of them with their unit
# first, or take two queries, and pass each number through functions of its own.
PLACED = """
    SELECT unit.path, placed.people, placed.mailed
    FROM (
        SELECT unit_id, count(*) AS people, count(*) FILTER (WHERE email <> '') AS mailed
        FROM orgunits_employee
        WHERE organisation_id = %s AND left_on IS NULL
        GROUP BY unit_id
    ) AS placed
    JOIN orgunits_orgunit AS unit ON unit.id = placed.unit_id
"""


@dataclass(frozen=True, slots=True)
class Headcount:
    """By path of unit: people placed in it, and with all below it. `mailed` have an address."""

    placed: Counter[str]
    people: Counter[str]
    mailed: Counter[str]

    def people_in(self, units: Iterable[OrgUnit], without: Iterable[OrgUnit] = ()) -> int:
        return _less(self.people, units, without)

    def mailed_in(self, units: Iterable[OrgUnit], without: Iterable[OrgUnit] = ()) -> int:
        return _less(self.mailed, units, without)

    def placed_in(self, units: Iterable[OrgUnit], without: Iterable[OrgUnit] = ()) -> dict[str, int]:
        """The people of these units and all below, by path of the unit in which they are placed."""
        paths, less = _paths(units), _paths(without)
        return {
            path: number
            for path, number in self.placed.items()
            if path.startswith(paths) and not path.startswith(less)
        }


def _less(counts: Counter[str], units: Iterable[OrgUnit], without: Iterable[OrgUnit]) -> int:
    paths, less = _paths(units), _paths(without)
    return sum(counts[path] for path in paths if not path.startswith(less)) - sum(
        counts[path] for path in less if path.startswith(paths) and path not in paths
    )


def _paths(units: Iterable[OrgUnit]) -> tuple[str, ...]:
    return tuple(unit.path for unit in topmost(units))


def headcount(organisation: Organisation) -> Headcount:
    """One query, for any number of people and units."""
    with connection.cursor() as cursor:
        cursor.execute(PLACED, [organisation.pk])
        rows = cursor.fetchall()
    people: defaultdict[str, int] = defaultdict(int)
    mailed: defaultdict[str, int] = defaultdict(int)
    for path, here, with_address in rows:
        for at_or_above in paths_down_to(path):
            people[at_or_above] += here
            mailed[at_or_above] += with_address
    placed = {path: here for path, here, _with_address in rows}
    return Headcount(Counter(placed), Counter(people), Counter(mailed))
