"""What a unit and those below it agreed to do, for its report, and whether what the unit did helped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from actions import queries
from actions.models import Action
from dashboards.actions.pages import action_page
from dashboards.effect import ThemeLine
from orgunits.access import Scope
from orgunits.models import OrgUnit

RECENT = timedelta(days=180)  # closed since then: it takes some waves until figures tell whether it helped
State = Action.State


@dataclass(frozen=True, slots=True)
class ActionRow:
    """`path` leads to its unit from that of the report; () for that unit itself, of whose actions `helped`
    tells what became of the theme that they are meant for, once something can be said."""

    action: Action
    state: Action.State
    path: tuple[str, ...]
    helped: ThemeLine | None = None

    @property
    def is_own(self) -> bool:
        return not self.path


def action_rows(scope: Scope, unit: OrgUnit, *, now: datetime) -> list[ActionRow]:
    """What goes on, and what was closed a short while ago, as urgent as the page has it."""
    on = now.astimezone(scope.organisation.zone).date()
    seen = queries.actions_in_reach(scope).at_or_below(unit).open_since(now - RECENT)
    found = list(queries.by_urgency(seen, on).select_related("unit__organisation"))
    paths = _paths_below(unit, [one.unit for one in found])
    return [
        ActionRow(one, one.state(on), path, None if path else _helped(scope, one, on))
        for one, path in ((one, paths[one.unit_id]) for one in found)
    ]


def numbers_of(rows: Sequence[ActionRow]) -> queries.Numbers:
    counted = Counter(row.state for row in rows)
    return queries.Numbers(
        overdue=counted[State.OVERDUE],
        running=counted[State.RUNNING],
        planned=counted[State.PLANNED],
        closed=counted[State.DONE] + counted[State.STOPPED],
    )


def _helped(scope: Scope, action: Action, on: date) -> ThemeLine | None:
    """As the page of the action tells it."""
    if action.theme is None or action.starts_on > on:
        return None
    found = action_page(scope, action, on=on).comparison
    lines = found.lines if found else []
    return next((line for line in lines if line.theme == action.theme), None)


def _paths_below(top: OrgUnit, units: Sequence[OrgUnit]) -> dict[int, tuple[str, ...]]:
    """By id, the names from below the top to the unit."""
    steps = {unit.pk: _steps(unit.path, len(top.path)) for unit in units}
    between = {path for paths in steps.values() for path in paths}
    named = OrgUnit.objects.filter(organisation=top.organisation_id, path__in=between)
    names = dict(named.values_list("path", "name"))
    return {pk: tuple(names[path] for path in paths) for pk, paths in steps.items()}


def _steps(path: str, above: int) -> list[str]:
    step: int = OrgUnit.steplen
    return [path[:length] for length in range(above + step, len(path) + 1, step)]
