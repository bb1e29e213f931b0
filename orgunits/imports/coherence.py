"""Whether the people of a file fit together: everyone once, one tree, managers who exist, no circles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _

from orgunits.imports.people import Person
from orgunits.imports.problems import Problems


def check(people: list[Person], problems: Problems) -> None:
    check_once(people, "employee_id", lambda person: person.employee_id, problems)
    check_once(people, "email", lambda person: person.email, problems)
    check_one_root(people, problems)
    check_managers(people, problems)


def check_once(
    people: list[Person], column: str, value_of: Callable[[Person], str], problems: Problems
) -> None:
    first_lines: dict[str, int] = {}
    for person in people:
        value = value_of(person)
        if not value:
            continue
        first = first_lines.setdefault(value, person.line)
        if first != person.line:
            problems.add(
                person.line,
                column,
                _("‘%(value)s’ is already on line %(first)s.") % {"value": value, "first": first},
            )


def check_one_root(people: list[Person], problems: Problems) -> None:
    """The root most people are under is taken for the organisation; the others are reported."""
    roots = Counter(person.unit_path[0] for person in people if person.unit_path[0])
    if len(roots) < 2:
        return
    root = roots.most_common(1)[0][0]
    for person in people:
        if person.unit_path[0] not in ("", root):
            problems.add(
                person.line,
                "unit_path",
                _("This starts with ‘%(name)s’, most others with ‘%(root)s’. All units hang under one.")
                % {"name": person.unit_path[0], "root": root},
            )


def check_managers(people: list[Person], problems: Problems) -> None:
    by_email = {person.email: person for person in people if person.email}
    for person in people:
        if person.manager_email and person.manager_email not in by_email:
            problems.add(
                person.line,
                "manager_email",
                _("Nobody in the file has the address ‘%(email)s’.") % {"email": person.manager_email},
            )
    for circle in circles(people, by_email):
        problems.add(
            circle[0].line,
            "manager_email",
            _("These people are each other's manager, in a circle: %(names)s.")
            % {"names": " → ".join(person.employee_id for person in [*circle[:10], circle[0]])},
        )


def circles(people: list[Person], by_email: dict[str, Person]) -> Iterator[list[Person]]:
    """Each circle once. Everyone has at most one manager, so a walk upwards ends or comes back."""
    walked: set[str] = set()
    for start in people:
        trail: dict[str, Person] = {}
        person: Person | None = start
        while person is not None and person.employee_id not in walked:
            walked.add(person.employee_id)
            trail[person.employee_id] = person
            person = by_email.get(person.manager_email)
        if person is not None and person.employee_id in trail:
            passed = list(trail.values())
            yield passed[passed.index(person) :]
