"""Agreeing on an action, changing it, closing it and opening it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from actions.errors import ActionError
from actions.models import Action
from actions.queries import possible_owners
from actions.reminders import next_reminder
from orgunits.models import OrgUnit
from orgunits.tree import today
from results.signals.models import Signal
from results.signals.services import change_state
from surveys.models import Theme

FURTHEST = timedelta(days=7305)  # twenty years: further away is a mistyped year
UNANSWERED = (Signal.State.NEW, Signal.State.SEEN)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a unit agrees on. The first and the last day are both included."""

    title: str
    starts_on: date
    due_on: date
    why: str = ""
    theme: Theme | None = None
    owner: User | None = None
    is_shared: bool = True


@transaction.atomic
def plan_action(
    unit: OrgUnit,
    plan: Plan,
    *,
    by: User | None,
    now: datetime,
    signal: Signal | None = None,
    form_key: UUID | None = None,
) -> Action:
    """A signal that nobody answered yet is being acted on from then on.

    The same form sent again gives the action that it planned, with what was filled in last; it cannot reach
    one of another unit, which may be out of reach by now. Raises ActionError.
    """
    values = _checked(unit, plan, now, owner_before=None)
    if signal and signal.organisation_id != unit.organisation_id:
        raise ValueError("a signal of another organisation")
    action, is_new = Action.objects.get_or_create(
        organisation=unit.organisation,
        created_by=by,
        form_key=form_key or uuid4(),
        defaults={"unit": unit, "signal": signal, "created_at": now, "changed_at": now, **values},
    )
    if action.unit_id != unit.pk:
        raise ActionError(_("This form was sent before, for another unit. Open it again."))
    if not is_new:
        return change_action(action, plan, by=by, now=now)
    _remind(action, now)
    audit.record(
        unit.organisation,
        "action.planned",
        by=by,
        now=now,
        target=action,
        unit=unit.pk,
        due_on=action.due_on.isoformat(),
    )
    if signal and by and signal.state in UNANSWERED:
        change_state(signal, Signal.State.ACTING, by=by, now=now)
    return action


@transaction.atomic
def change_action(action: Action, plan: Plan, *, by: User | None, now: datetime) -> Action:
    """Raises ActionError, also for one that is closed."""
    action = _locked(action)
    _refuse_closed(action)
    values = _checked(action.unit, plan, now, owner_before=action.owner)
    before = {name: getattr(action, name) for name in values}
    changed = [name for name, value in values.items() if value != before[name]]
    if not changed:
        return action
    for name in changed:
        setattr(action, name, values[name])
    action.changed_at, action.moved, action.looked_at = now, "", None
    action.save(update_fields=[*changed, "changed_at", "moved", "looked_at"])
    if "due_on" in changed:
        _remind(action, now)
    days = {name: [str(before[name]), str(values[name])] for name in changed if name.endswith("_on")}
    audit.record(
        action.organisation, "action.changed", by=by, now=now, target=action, changed=changed, days=days
    )
    return action


@transaction.atomic
def close_action(action: Action, outcome: str, words: str, *, by: User | None, now: datetime) -> Action:
    """Done, or stopped for a reason. Raises ActionError when that is missing, or it was closed otherwise."""
    if outcome not in Action.Outcome.values:
        raise ValueError(outcome)
    words = words.strip()
    if outcome == Action.Outcome.STOPPED and not words:
        raise ActionError(
            {"words": _("Say in a few words why it stops. Whoever reads this later will want to know.")}
        )
    action = _locked(action)
    if (action.outcome, action.what_came_of_it) == (outcome, words):
        return action  # a second click
    _refuse_closed(action)
    action.outcome, action.what_came_of_it = outcome, words
    action.closed_at = action.changed_at = now
    action.remind_at = None
    action.save(update_fields=["outcome", "what_came_of_it", "closed_at", "changed_at", "remind_at"])
    audit.record(action.organisation, "action.closed", by=by, now=now, target=action, outcome=outcome)
    return action


@transaction.atomic
def reopen_action(action: Action, *, by: User | None, now: datetime) -> Action:
    """What was written at closing stays, to go on from when it is closed again."""
    action = _locked(action)
    if not action.outcome:
        return action
    action.outcome, action.closed_at, action.changed_at = "", None, now
    action.save(update_fields=["outcome", "closed_at", "changed_at"])
    _remind(action, now)
    audit.record(action.organisation, "action.reopened", by=by, now=now, target=action)
    return action


def _checked(unit: OrgUnit, plan: Plan, now: datetime, *, owner_before: User | None) -> dict[str, Any]:
    """The plan as columns. Raises ActionError, by field."""
    title, owner, theme = " ".join(plan.title.split()), plan.owner, plan.theme
    if not title:
        raise ActionError({"title": _("Say what will be done.")})
    on = today(unit.organisation, now)
    for name in ("starts_on", "due_on"):
        if abs(getattr(plan, name) - on) > FURTHEST:
            raise ActionError({name: _("This day is more than twenty years away.")})
    if plan.due_on < plan.starts_on:
        raise ActionError({"due_on": _("This is before the first day.")})
    if owner and owner != owner_before and not possible_owners(unit, on=on).filter(pk=owner.pk).exists():
        raise ActionError({"owner": _("Choose someone who sees the results of this unit.")})
    if theme and theme.organisation_id not in {None, unit.organisation_id}:
        raise ValueError("a theme of another organisation")
    return {
        "title": title,
        "why": plan.why.strip(),
        "theme": theme,
        "owner": owner,
        "starts_on": plan.starts_on,
        "due_on": plan.due_on,
        "is_shared": plan.is_shared,
    }


def _refuse_closed(action: Action) -> None:
    if action.outcome:
        raise ActionError(_("This action is closed. Open it again first."))


def _locked(action: Action) -> Action:
    rows = Action.objects.select_for_update(of=("self",)).select_related("organisation", "unit", "owner")
    return rows.get(pk=action.pk)


def _remind(action: Action, now: datetime) -> None:
    action.remind_at = next_reminder(action, now)
    action.save(update_fields=["remind_at"])
