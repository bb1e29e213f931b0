"""Actions as pages, mails and programs need them. The units in reach say what a viewer sees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Value, When

from accounts.models import AuditEvent, User
from actions.models import Action, ActionQuerySet
from orgunits.access import RESULT_ROLES, Scope
from orgunits.models import OrgUnit, RoleGrant
from orgunits.tree import paths_down_to

State = Action.State
URGENCY = (State.OVERDUE, State.RUNNING, State.PLANNED)
OF_LINE = "title starts_on due_on outcome owner__name owner__email owner__is_active".split()  # noqa: SIM905


def actions_in_reach(scope: Scope) -> ActionQuerySet:
    found = Action.objects.filter(organisation=scope.organisation, unit__in=scope.units().values("pk"))
    return found.select_related("unit", "theme", "owner")


def by_urgency(actions: ActionQuerySet, on: date) -> ActionQuerySet:
    """Overdue ones first, then those under way, those to come, and the closed ones, the newest first."""
    place = Case(
        *(When(Action.in_states(on, state), then=Value(number)) for number, state in enumerate(URGENCY)),
        default=Value(len(URGENCY)),
    )
    return actions.annotate(place=place).order_by(
        "place", F("closed_at").desc(nulls_first=True), "due_on", "pk"
    )


def going_on_in(unit: OrgUnit, on: date) -> list[Action]:
    """In the unit itself, as far as a line shows it, in the same order: a few, so they are sorted here."""
    found = Action.objects.filter(organisation=unit.organisation_id, unit=unit).going_on()
    lines = found.select_related("owner").only(*OF_LINE).order_by("due_on", "pk")
    return sorted(lines, key=lambda one: URGENCY.index(one.state(on)))


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many actions there are of each kind."""

    overdue: int
    running: int
    planned: int
    closed: int

    @property
    def going_on(self) -> int:
        return self.overdue + self.running + self.planned


def numbers(actions: ActionQuerySet, on: date) -> Numbers:
    """One query."""
    counts = {
        "overdue": Action.in_states(on, State.OVERDUE),
        "running": Action.in_states(on, State.RUNNING),
        "planned": Action.in_states(on, State.PLANNED),
        "closed": Action.in_states(on, State.DONE, State.STOPPED),
    }
    counted = actions.order_by().aggregate(**{name: Count("pk", filter=one) for name, one in counts.items()})
    return Numbers(**counted)


def possible_owners(unit: OrgUnit, *, on: date) -> QuerySet[User]:
    """Who sees the results of this unit, by name."""
    grants = RoleGrant.objects.valid_on(on).filter(
        organisation=unit.organisation_id,
        role__in=RESULT_ROLES,
        unit__path__in=paths_down_to(unit.path),
    )
    people = User.objects.filter(organisation=unit.organisation_id, is_active=True)
    return people.filter(pk__in=grants.values("user")).order_by("name", "email")


def begun_beside(action: Action) -> list[tuple[str, date]]:
    """Of the organisation's other actions: the path of the unit, and the day on which it began."""
    others = Action.objects.filter(organisation=action.organisation_id).exclude(pk=action.pk)
    return list(others.values_list("unit__path", "starts_on"))


def told_to(organisation_id: int, unit_ids: Iterable[int], *, since: datetime) -> ActionQuerySet:
    """What those who were asked in these units may know: what goes on, and what was done since."""
    shared = Action.objects.shared().filter(organisation=organisation_id, unit__in=unit_ids)
    lasting = Q(outcome="") | Q(outcome=Action.Outcome.DONE, closed_at__gte=since)
    return shared.filter(lasting).select_related("unit").order_by("outcome", "due_on", "pk")


@dataclass(frozen=True, slots=True)
class Happened:
    """`event`: what happened, as the log calls it; `detail`: as it was recorded."""

    at: datetime
    by: str
    event: str
    detail: dict[str, Any]


def history(action: Action) -> list[Happened]:
    """The oldest first."""
    events = AuditEvent.objects.filter(
        organisation=action.organisation_id,
        at__gte=action.created_at,
        target=f"{action._meta.label_lower}:{action.pk}",
    )
    return [
        Happened(one.at, one.actor.get_full_name() if one.actor else "", one.action, one.detail)
        for one in events.select_related("actor").order_by("at", "pk")
    ]
