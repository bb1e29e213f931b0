"""An action as a test needs it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from accounts.models import User
from actions.models import Action
from actions.services import Plan, plan_action
from orgunits.models import OrgUnit
from results.signals.models import Signal

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)  # a Monday
FIRST, LAST = date(2026, 3, 9), date(2026, 4, 3)


def a_plan(**fields: Any) -> Plan:
    return Plan(**{"title": "Plan the week together", "starts_on": FIRST, "due_on": LAST, **fields})


def an_action(
    unit: OrgUnit,
    *,
    by: User | None = None,
    now: datetime = NOW,
    signal: Signal | None = None,
    **fields: Any,
) -> Action:
    return plan_action(unit, a_plan(**fields), by=by, now=now, signal=signal)
