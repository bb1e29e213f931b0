"""What an organisation chose before, as the audit log tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import AuditEvent, Organisation


@dataclass(frozen=True, slots=True)
class Choice:
    """`before` and `after`: as they were recorded with the event."""

    at: datetime
    by: str
    before: Any
    after: Any


def choices_made(organisation: Organisation, action: str) -> list[Choice]:
    """Of this kind of event, whose detail has `before` and `after`; the newest first."""
    events = AuditEvent.objects.filter(organisation=organisation, action=action).select_related("actor")
    return [
        Choice(
            one.at,
            one.actor.get_full_name() if one.actor else "",
            one.detail["before"],
            one.detail["after"],
        )
        for one in events.order_by("-at")
    ]
