"""The months of which the answers of a journey are put together, as a rule of its waves."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.cycles.recurrence import RecurrenceError, read_rule
from surveys.models import Cycle

LAST_DAY = 28  # that every month has


class Period(models.TextChoices):
    MONTH = "month", _("per month")
    QUARTER = "quarter", _("per quarter")
    HALF_YEAR = "half_year", _("per half year")


MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.HALF_YEAR: 6}


def rule_for(period: Period, first_day: date) -> str:
    return f"FREQ=MONTHLY;INTERVAL={MONTHS[period]};BYMONTHDAY={first_day.day}"


def months_of(cycle: Cycle) -> int:
    try:
        return int(read_rule(cycle.recurrence).get("INTERVAL", 1))
    except RecurrenceError:
        return MONTHS[Period.QUARTER]


def period_of(rule: str, first_day: date) -> Period:
    named = (period for period in Period if rule_for(period, first_day) == rule)
    return next(named, Period.QUARTER)


def first_of_next_month(today: date) -> date:
    return date(today.year + today.month // 12, today.month % 12 + 1, 1)
