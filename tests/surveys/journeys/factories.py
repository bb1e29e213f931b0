"""A city with a journey, and a clock that the tick of a test follows from day to day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from results.services import close_wave
from results.verdicts import audit_wave
from surveys.journeys.rounds import make_due_rounds
from surveys.mailing.recorded import count_as_sent
from surveys.models import Cycle, Invitation, Mail, Wave
from surveys.waves.services import open_due_waves, open_wave, stop_accepting

from ..factories import City

BEFORE = datetime(2026, 1, 5, 12, tzinfo=UTC)
FIRST_DAY = date(2026, 2, 1)
QUARTER = "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """That time of day in Amsterdam."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=AMSTERDAM).astimezone(UTC)


def journey(made: City, *units: str, **changes: Any) -> Cycle:
    """30 days after the first day, by quarter from 1 February; two weeks to answer."""
    usual = {
        "name": "Onboarding",
        "kind": Cycle.Kind.ONBOARDING,
        "days_after": 30,
        "recurrence": QUARTER,
        "starts_on": FIRST_DAY,
        "days_open": 14,
    }
    return made.active(*units, now=BEFORE, **usual | changes)


def tick(now: datetime, *, sending: bool = True) -> int:
    """What one tick does for journeys; returns how many people were invited."""
    open_due_waves(now)
    invited = make_due_rounds(now)
    if sending:
        count_as_sent(Mail.objects.filter(state=Mail.State.DUE, due_at__lte=now), now=now)
    for wave in Wave.objects.due_to_close(now):
        stop_accepting(wave.pk, now=now)
        close_wave(wave.pk, now=now)
        audit_wave(wave.pk, now=now)
    return invited


def days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def run(first: date, last: date) -> dict[date, int]:
    """A tick a minute after nine on each day; the days on which someone was invited."""
    invited = {day: tick(at(day, 9, 1)) for day in days(first, last)}
    return {day: number for day, number in invited.items() if number}


def asked() -> list[Invitation]:
    return list(Invitation.objects.order_by("pk"))


def running_now(made: City, people: int = 1, **changes: Any) -> Wave:
    """By the real clock: a wave that began a moment ago, with people who have been here for 30 days."""
    now, today = timezone.now(), timezone.localdate()
    made.hire("City/Care", people, joined_on=today - timedelta(days=30))
    first_day = today.replace(day=min(today.day, 28))
    plan = {
        "kind": Cycle.Kind.ONBOARDING,
        "days_after": 30,
        "starts_on": first_day,
        "send_at": time(0),
        "recurrence": f"FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY={first_day.day}",
        "reminder_after_days": 5,
    }
    cycle = made.draft(now=now, **plan | changes)
    Cycle.objects.filter(pk=cycle.pk).update(state=Cycle.State.ACTIVE, next_opens_at=now)
    wave = open_wave(cycle, now=now)
    assert wave is not None
    make_due_rounds(now)
    return wave
