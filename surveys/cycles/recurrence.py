"""When waves open: an RFC 5545 rule in the organisation's own time.

Rules are expanded in local time and only then placed in the time zone, so 09:00 stays 09:00 when the clock
changes. A time that the clock skips counts from the offset before the change; of a time that comes twice the
first is meant (RFC 5545, 3.3.5).

A date on a closed day moves to the next open day, and is left out when that comes too close to the date after
it. A wave that was moved still ends before the next one opens.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, pairwise, takewhile
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from surveys.cycles.closed_days import ClosedDays, closed_days_of
from surveys.models import Cycle

HORIZON = timedelta(days=5 * 366)
LONGEST_MOVE = timedelta(days=92)
LONGEST_RULE = 200
REMINDER_TIME = time(9)
DAY = _("j F Y")  # as people say a date

FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
PARTS = {
    "FREQ",
    "INTERVAL",
    "COUNT",
    "UNTIL",
    "WKST",
    "BYDAY",
    "BYMONTHDAY",
    "BYYEARDAY",
    "BYWEEKNO",
    "BYMONTH",
    "BYSETPOS",
}
TIMES_OF_DAY = {"BYHOUR", "BYMINUTE", "BYSECOND"}
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class RecurrenceError(ValidationError):
    """The rule cannot be used; the message says why."""


NONE_CLOSED = ClosedDays()


@dataclass(frozen=True, slots=True)
class Schedule:
    rule: str
    starts_on: date
    send_at: time
    days_open: int
    zone: ZoneInfo
    reminder_after_days: int | None = None
    remind_again_after_days: int | None = None
    closed: ClosedDays = NONE_CLOSED
    gathers: bool = False  # a journey's: a wave per period, which takes answers a little longer

    def openings(self, after: datetime) -> Iterator[datetime]:
        """The openings later than `after`, in order, up to five years on. Raises RecurrenceError."""
        for planned, opening in self.dates():
            if planned > after + HORIZON:
                return
            if opening is not None and opening > after:
                yield opening

    def dates(self) -> Iterator[tuple[datetime, datetime | None]]:
        """Each date of the rule with the opening that comes of it, None for one that is left out."""
        planned = (self._place(local) for local in self._local_times())
        for this, later in pairwise(chain(planned, [None])):
            if this is not None:
                yield this, self._moved(this, later)

    def _moved(self, planned: datetime, later: datetime | None) -> datetime | None:
        day = first = self.day_of(planned)
        while day in self.closed:
            day += timedelta(days=1)
            if day - first > LONGEST_MOVE:
                return None
        if day == first:
            return planned
        # People get at least half of the days that a wave is meant to be open.
        enough = timedelta(days=(self.days_open + 1) // 2)
        return None if later is not None and self.day_of(later) - day < enough else self.at(day)

    def next_opening(self, after: datetime) -> datetime | None:
        return next(self.openings(after), None)

    def first_opening(self) -> datetime | None:
        return self.next_opening(self.at(self.starts_on) - timedelta(microseconds=1))

    def personal_end(self, asked_at: datetime) -> datetime:
        """The end for someone who is asked at that moment and has all the days that a wave is open."""
        return self.at(self.day_of(asked_at) + timedelta(days=self.days_open))

    def closing(self, opening: datetime, following: datetime | None = None) -> datetime:
        """`following`: the next opening, for whoever knows it."""
        meant = self.personal_end(opening)
        if self.closed == NONE_CLOSED and not self.gathers:
            return meant
        following = following or self.next_opening(opening)
        if self.gathers:
            return self.personal_end(following or opening)
        return min(meant, following) if following else meant

    def reminders(self, opening: datetime, closes_at: datetime) -> list[datetime]:
        """At 09:00, never at weekends or on closed days; those that come before the wave is over."""
        moments: list[datetime] = []
        if self.gathers:
            return moments  # each person has a day of their own
        for days in (self.reminder_after_days, self.remind_again_after_days):
            day = self.day_of(opening) + timedelta(days=days or 0)
            while day in self.closed.with_weekends():
                day += timedelta(days=1)
            moment = self._place(datetime.combine(day, REMINDER_TIME))
            if days and opening < moment < closes_at and moment not in moments:
                moments.append(moment)
        return moments

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def at(self, day: date) -> datetime:
        """The time of sending on that day."""
        return self._place(datetime.combine(day, self.send_at))

    def check(self) -> None:
        """Raises RecurrenceError for a rule that cannot be read, never occurs or lets waves overlap."""
        start = self.at(self.starts_on) - timedelta(microseconds=1)
        if self.next_opening(start) is None:
            raise RecurrenceError(
                _("This rule gives no date in the five years from %(first_day)s. Choose another rule."),
                params={"first_day": date_format(self.starts_on, str(DAY))},
            )
        if self.gathers:
            return
        planned = map(self._place, self._local_times())
        looked_at = takewhile(lambda moment: moment <= start + HORIZON, planned)
        for earlier, later in pairwise(map(self.day_of, looked_at)):
            if (later - earlier).days < self.days_open:
                raise RecurrenceError(
                    _(
                        "A wave would open on %(later)s, while the one of %(earlier)s is still open. "
                        "Choose fewer days open or a rule with more time between."
                    ),
                    params={"earlier": date_format(earlier, str(DAY)), "later": date_format(later, str(DAY))},
                )

    def _place(self, local: datetime) -> datetime:
        # In UTC: Python compares two times of one zone by the clock on the wall.
        # The first of the two, where the clock goes through an hour twice.
        return local.replace(tzinfo=self.zone, fold=0).astimezone(UTC)

    def _local_times(self) -> Iterator[datetime]:
        parts = read_rule(self.rule)
        last = _last_moment(parts.pop("UNTIL", ""), self.zone)
        start = datetime.combine(self.starts_on, self.send_at)
        cycles = _calendar_repeats(start)
        for late in _expand(parts, start.replace(year=start.year + cycles)):
            local = late.replace(year=late.year - cycles)
            if last is not None and self._place(local) > last:
                return
            yield local


def schedule_of(cycle: Cycle) -> Schedule:
    return Schedule(
        rule=cycle.recurrence,
        starts_on=cycle.starts_on,
        send_at=cycle.send_at,
        days_open=cycle.days_open,
        zone=cycle.organisation.zone,
        reminder_after_days=cycle.reminder_after_days,
        remind_again_after_days=cycle.remind_again_after_days,
        closed=NONE_CLOSED if cycle.is_journey else closed_days_of(cycle),
        gathers=cycle.is_journey,
    )


def read_rule(text: str) -> dict[str, str]:
    """The parts of a rule by name. Raises RecurrenceError for what a cycle cannot use."""
    if len(text) > LONGEST_RULE:
        raise RecurrenceError(
            _("The rule is too long. Use at most %(number)d characters."), params={"number": LONGEST_RULE}
        )
    parts: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").rstrip(";").split(";"):
        name, _equals, value = part.partition("=")
        _check_part(part, name, value, known=parts)
        parts[name] = value
    _check_whole(parts)
    return parts


def _check_part(part: str, name: str, value: str, *, known: dict[str, str]) -> None:
    if name in TIMES_OF_DAY:
        raise RecurrenceError(
            _("Leave “%(part)s” out: the time of sending is set apart."), params={"part": part}
        )
    if name not in PARTS or not value or name in known:
        raise _unreadable(part)
    if name in {"INTERVAL", "COUNT"} and not (value.isdecimal() and int(value) > 0):
        raise _unreadable(part)


def _check_whole(parts: dict[str, str]) -> None:
    if parts.get("FREQ") not in FREQUENCIES:
        raise RecurrenceError(
            _(
                "Say how often with FREQ=DAILY, FREQ=WEEKLY, FREQ=MONTHLY or FREQ=YEARLY. "
                "More often is not possible."
            )
        )
    if "COUNT" in parts and "UNTIL" in parts:
        raise RecurrenceError(_("Use either COUNT or UNTIL in the rule, not both."))


def _unreadable(part: str) -> RecurrenceError:
    return RecurrenceError(
        _("“%(part)s” in the rule cannot be read. A rule looks like FREQ=WEEKLY;INTERVAL=2;BYDAY=TU."),
        params={"part": part},
    )


def _last_moment(until: str, zone: ZoneInfo) -> datetime | None:
    """UNTIL as a day (that whole day), as local time, or as UTC with a Z."""
    if not until:
        return None
    for form, tz in (("%Y%m%dT%H%M%SZ", UTC), ("%Y%m%dT%H%M%S", zone), ("%Y%m%d", zone)):
        try:
            moment = datetime.strptime(until, form).replace(tzinfo=tz)
        except ValueError:
            continue
        return moment + timedelta(days=1, microseconds=-1) if form == "%Y%m%d" else moment
    raise _unreadable(f"UNTIL={until}")


def _calendar_repeats(start: datetime) -> int:
    """Years to move a rule on, so that a search without a result ends soon.

    dateutil looks on until the year 9999. The calendar repeats itself every 400 years, weekdays included, so
    a rule gives the same days in the last of these repeats, where less than 400 years are left to look at.
    """
    return (9999 - start.year) // 400 * 400


def _expand(parts: dict[str, str], start: datetime) -> Iterator[datetime]:
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    try:
        yield from rrulestr(text, dtstart=start)
    except (ValueError, IndexError) as error:  # such as BYDAY=XX and BYDAY=9MO
        raise _unreadable(text) from error


class Rhythm(models.TextChoices):
    """The rules that HR can choose by name."""

    WEEK = "week", _("every week")
    TWO_WEEKS = "two_weeks", _("every 2 weeks")
    FOUR_WEEKS = "four_weeks", _("every 4 weeks")
    MONTH = "month", _("every month")
    QUARTER = "quarter", _("every 3 months")
    OWN = "own", _("my own rule")


WEEKS = {Rhythm.WEEK: 1, Rhythm.TWO_WEEKS: 2, Rhythm.FOUR_WEEKS: 4}
MONTHS = {Rhythm.MONTH: 1, Rhythm.QUARTER: 3}


def rule_for(rhythm: Rhythm, first_day: date) -> str:
    """On the weekday of the first day; by month on the same one of the month, such as its second Tuesday."""
    weekday = WEEKDAYS[first_day.weekday()]
    if rhythm in WEEKS:
        return f"FREQ=WEEKLY;INTERVAL={WEEKS[rhythm]};BYDAY={weekday}"
    nth = (first_day.day + 6) // 7
    place = -1 if nth == 5 else nth  # not every month has a fifth
    return f"FREQ=MONTHLY;INTERVAL={MONTHS[rhythm]};BYDAY={place}{weekday}"


def rhythm_of(rule: str, first_day: date) -> Rhythm:
    named = (rhythm for rhythm in Rhythm if rhythm is not Rhythm.OWN and rule_for(rhythm, first_day) == rule)
    return next(named, Rhythm.OWN)
