"""Who manages a unit, from who names whom as manager."""

from __future__ import annotations

from collections import Counter, defaultdict

from orgunits.imports.people import Person, UnitPath


def unit_managers(people: list[Person]) -> dict[UnitPath, str]:
    """Employee number of the manager of each unit that has one.

    It is the one placed in the unit whom most people in it and in the units directly below name; when
    nobody in it is named, the one whom most of its people name. The lowest number wins a tie.
    """
    by_email = {person.email: person for person in people if person.email}
    placed: defaultdict[UnitPath, Counter[str]] = defaultdict(Counter)
    named: defaultdict[UnitPath, Counter[str]] = defaultdict(Counter)
    for person in people:
        manager = by_email.get(person.manager_email)
        if manager is None:
            continue
        named[person.unit_path][manager.employee_id] += 1
        if manager.unit_path in (person.unit_path, person.unit_path[:-1]):
            placed[manager.unit_path][manager.employee_id] += 1
    return {unit: most_named(votes) for unit, votes in (named | placed).items()}


def most_named(votes: Counter[str]) -> str:
    return min(votes, key=lambda employee_id: (-votes[employee_id], employee_id))
