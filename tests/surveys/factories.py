"""An organisation with people, and cycles for it, as short as a test can say it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any

from accounts.models import Organisation, User
from orgunits.models import Employee, OrgUnit, Role, RoleGrant
from surveys.cycles.services import CyclePlan, create_cycle, launch_cycle
from surveys.models import Cycle, Question, Theme

MONDAY = date(2026, 3, 2)
BEFORE = datetime(2026, 2, 27, 12, tzinfo=UTC)
FIRST = datetime(2026, 3, 2, 8, tzinfo=UTC)  # 09:00 in Amsterdam
numbers = count(1)


@dataclass
class City:
    """An organisation of the units that a test names by path; the first is the root."""

    organisation: Organisation
    units: dict[str, OrgUnit] = field(default_factory=dict)

    def hire(self, path: str, number: int = 1, **fields: Any) -> list[Employee]:
        return Employee.objects.bulk_create(
            self._person(self.units[path], next(numbers), **fields) for _ in range(number)
        )

    def _person(self, unit: OrgUnit, number: int, **fields: Any) -> Employee:
        person = {"employee_id": f"E{number}", "email": f"e{number}@example.org", "language": "nl"}
        return Employee(organisation=self.organisation, unit=unit, **person | fields)

    def questions(self, number: int, **fields: Any) -> list[Question]:
        theme = Theme.objects.create(
            organisation=self.organisation, code=f"theme-{next(numbers)}", name_en="Energy", name_nl="Energie"
        )
        return Question.objects.bulk_create(
            Question(
                organisation=self.organisation,
                theme=theme,
                **{"code": f"{theme.code}-{place}", "text_en": f"Text {place}", "text_nl": f"Tekst {place}"}
                | fields,
            )
            for place in range(number)
        )

    def user(self, *roles: Role, unit: str = "City") -> User:
        user = User.objects.create_user(
            f"user{next(numbers)}@example.org", organisation=self.organisation, language="en"
        )
        for role in roles:
            RoleGrant.objects.create(
                organisation=self.organisation,
                user=user,
                role=role,
                unit=self.units[unit],
                starts_on=date(2026, 1, 1),
            )
        return user

    def plan(self, *units: str, questions: Sequence[Question] | None = None, **changes: Any) -> CyclePlan:
        """By default: the whole city, two questions, every two weeks on Monday at 09:00 from 2 March."""
        plan = CyclePlan(
            name="Pulse",
            units=[self.units[path] for path in units or ["City"]],
            questions=self.questions(2) if questions is None else questions,
            recurrence="FREQ=WEEKLY;INTERVAL=2;BYDAY=MO",
            starts_on=MONDAY,
            send_at=time(9),
        )
        return replace(plan, **changes)

    def draft(self, *units: str, now: datetime = BEFORE, **changes: Any) -> Cycle:
        return create_cycle(self.organisation, plan=self.plan(*units, **changes), by=None, now=now)

    def active(self, *units: str, now: datetime = BEFORE, **changes: Any) -> Cycle:
        """However few people a test speaks of: those who make up a launch leave at once."""
        cycle = self.draft(*units, now=now, **changes)
        first = cycle.units.all()[0]
        path = next(path for path, unit in self.units.items() if unit.pk == first.pk)
        extras = self.hire(path, cycle.parts * self.organisation.minimum_group)
        launched = launch_cycle(cycle, by=None, now=now)
        Employee.objects.filter(pk__in=[one.pk for one in extras]).delete()
        return launched


def city(sizes: dict[str, int] | Iterable[str] = (), **fields: Any) -> City:
    """`sizes`: people placed in each unit, by path with `/`, parents first; "City" is the root."""
    number = next(numbers)
    organisation = Organisation.objects.create(name="City", slug=f"city-{number}", **fields)
    made = City(organisation)
    sizes = sizes if isinstance(sizes, dict) else dict.fromkeys(sizes, 0)
    for path, size in ({"City": 0} | sizes).items():
        parent, _, name = path.rpartition("/")
        if parent:
            above = OrgUnit.objects.get(pk=made.units[parent].pk)
            made.units[path] = above.add_child(organisation=organisation, name=name)
        else:
            made.units[path] = OrgUnit.add_root(organisation=organisation, name=name)
        made.hire(path, size)
    return made
