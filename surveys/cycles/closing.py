"""Changing the closed days of an organisation; cycles that run are planned anew."""

from __future__ import annotations

from datetime import date, datetime

import holidays
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import Organisation, User
from surveys.cycles.recurrence import schedule_of
from surveys.models import Cycle, QuietPeriod


@transaction.atomic
def add_period(
    organisation: Organisation, *, name: str, first_day: date, last_day: date, by: User | None, now: datetime
) -> QuietPeriod:
    period = QuietPeriod.objects.create(
        organisation=organisation, name=name, first_day=first_day, last_day=last_day
    )
    _record(period, "quiet_period.added", by=by, now=now)
    plan_anew(organisation, now=now)
    return period


@transaction.atomic
def remove_period(period: QuietPeriod, *, by: User | None, now: datetime) -> None:
    _record(period, "quiet_period.removed", by=by, now=now)
    period.delete()
    plan_anew(period.organisation, now=now)


@transaction.atomic
def change_country(
    organisation: Organisation, *, country: str, subdivision: str, by: User | None, now: datetime
) -> None:
    """Codes of ISO 3166. Raises ValidationError for one whose holidays are not known."""
    known = holidays.list_supported_countries()
    if country not in known:
        raise ValidationError(_("The holidays of this country are not known. Choose another."))
    if subdivision and subdivision not in known[country]:
        raise ValidationError(_("This country has no such region. Choose another, or none."))
    organisation.country, organisation.subdivision = country, subdivision
    organisation.save(update_fields=["country", "subdivision"])
    audit.record(
        organisation,
        "organisation.country_changed",
        by=by,
        now=now,
        target=organisation,
        country=country,
        subdivision=subdivision,
    )
    plan_anew(organisation, now=now)


def plan_anew(organisation: Organisation, *, now: datetime) -> None:
    """Give each running cycle the next opening that the closed days leave; a skipped wave stays skipped."""
    running = Cycle.objects.filter(organisation=organisation, state=Cycle.State.ACTIVE)
    for cycle in running.select_related("organisation").select_for_update(of=("self",)):
        if cycle.next_opens_at is None or cycle.next_opens_at <= now:
            continue
        cycle.organisation = organisation
        opening = _opening_anew(cycle, cycle.next_opens_at, now)
        if opening is not None and opening != cycle.next_opens_at:
            audit.record(
                organisation,
                "cycle.planned_anew",
                by=None,
                now=now,
                target=cycle,
                was=cycle.next_opens_at.isoformat(),
                next_opens_at=opening.isoformat(),
            )
            cycle.next_opens_at = opening
            cycle.save(update_fields=["next_opens_at"])


def _opening_anew(cycle: Cycle, was: datetime, now: datetime) -> datetime | None:
    """Of the date of the rule that the opening came from, or else of the first one after it."""
    latest: datetime | None = None
    for planned, opening in schedule_of(cycle).dates():
        if planned <= was:
            latest = opening
        elif latest is not None and latest > now:
            return latest
        elif opening is not None and opening > now:
            return opening
    return latest if latest is not None and latest > now else None


def _record(period: QuietPeriod, action: str, *, by: User | None, now: datetime) -> None:
    audit.record(
        period.organisation,
        action,
        by=by,
        now=now,
        target=period,
        name=period.name,
        first_day=period.first_day.isoformat(),
        last_day=period.last_day.isoformat(),
    )
