"""A draft grows while HR fills in the page: it may lack things, and it is saved after each change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import Organisation, User
from orgunits.models import OrgUnit
from surveys.cycles.plans import CycleError, CyclePlan, plan_of, write_plan
from surveys.cycles.recurrence import Rhythm, rule_for
from surveys.cycles.services import lock_draft
from surveys.journeys.periods import first_of_next_month, period_of
from surveys.journeys.periods import rule_for as rule_for_period
from surveys.models import Cycle

TUESDAY = 1
ONE_SITTING = timedelta(minutes=10)


class StaleDraftError(CycleError):
    """Someone else saved the draft after this version of it was shown; `draft` is what stands now."""

    def __init__(self, draft: Cycle) -> None:
        super().__init__(_("Someone else has saved this draft in the meantime."))
        self.draft = draft


@transaction.atomic
def start_draft(organisation: Organisation, *, plan: CyclePlan, by: User | None, now: datetime) -> Cycle:
    """Raises CycleError, by field of the plan; it may lack units and questions."""
    cycle = Cycle(organisation=organisation, created_by=by, created_at=now)
    write_plan(cycle, plan, by=by, now=now, whole=False)
    audit.record(organisation, "cycle.created", by=by, now=now, target=cycle, name=cycle.name)
    return cycle


@transaction.atomic
def save_draft(cycle: Cycle, *, plan: CyclePlan, version: int, by: User | None, now: datetime) -> Cycle:
    """`version` is the one that the changes were made in. Raises StaleDraftError when it is not the latest.

    Saving goes by itself, so the audit has one event per sitting and not one per change.
    """
    locked = lock_draft(cycle, by=by, now=now)
    if locked.version != version:
        raise StaleDraftError(locked)
    if plan == stored_plan(locked):
        return locked
    same_sitting = locked.changed_by == by and now - (locked.changed_at or locked.created_at) < ONE_SITTING
    locked.version += 1
    write_plan(locked, plan, by=by, now=now, whole=False)
    if not same_sitting or locked.version == 2:
        audit.record(locked.organisation, "cycle.changed", by=by, now=now, target=locked, name=locked.name)
    return locked


def stored_plan(cycle: Cycle) -> CyclePlan:
    return CyclePlan(**plan_of(cycle))


def empty_plan(units: Sequence[OrgUnit], *, today: date, **fields: Any) -> CyclePlan:
    """A new cycle for these units, as most will want it; it asks nothing yet."""
    first_day = first_day_from(today)
    plan = CyclePlan(
        name=_("New cycle"),
        units=units,
        questions=[],
        recurrence=rule_for(Rhythm.TWO_WEEKS, first_day),
        starts_on=first_day,
        reminder_after_days=3,
        skip_weekends=True,
        skip_holidays=True,
    )
    return replace(plan, **fields)


def copied_plan(cycle: Cycle, *, today: date) -> CyclePlan:
    """The same again from a day to come, without units that have ended; by rhythm on the new first day."""
    plan = stored_plan(cycle)
    first_day = max(plan.starts_on, first_day_from(today, weekday=plan.starts_on.weekday()))
    if cycle.is_journey:
        first_day = max(plan.starts_on, first_of_next_month(today))
        period = period_of(plan.recurrence, plan.starts_on)
        plan = replace(plan, recurrence=rule_for_period(period, first_day))
    return replace(
        plan,
        name=_("%(name)s (copy)") % {"name": plan.name[:180]},
        units=[unit for unit in plan.units if unit.ended_on is None],
        excluded_units=[unit for unit in plan.excluded_units if unit.ended_on is None],
        starts_on=first_day,
    )


def first_day_from(today: date, weekday: int = TUESDAY) -> date:
    """A week to prepare, and then the first such weekday."""
    soonest = today + timedelta(days=7)
    return soonest + timedelta(days=(weekday - soonest.weekday()) % 7)
