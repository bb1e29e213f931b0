"""The next dates of a cycle on a calendar: months that have one, with what makes a day special in words."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.days import in_words
from surveys.cycles.closed_days import ClosedDays
from surveys.cycles.outlook import Outlook, PlannedWave

MONDAY_FIRST = calendar.Calendar()
MARKS = {
    "wave": gettext_lazy("a wave opens"),
    "left-out": gettext_lazy("left out"),
    "moved": gettext_lazy("moved"),
}


WEEKDAY = '<th scope="col"><span aria-hidden="true">{}</span><span class="visually-hidden">{}</span></th>'


@dataclass(frozen=True, slots=True)
class Day:
    """`name` is that of the holiday or period on it. `wave` is its place in the list of dates, from 1.

    `mark`: "wave", "left-out", "moved" (from here to a later day), or "" for a day without a date.
    """

    day: date
    name: str = ""
    mark: str = ""
    wave: int = 0

    @property
    def words(self) -> str:
        """What is special, as it is read out."""
        said = MARKS.get(self.mark, "")
        return ", ".join(filter(None, (str(said), self.name)))

    @property
    def kind(self) -> str:
        return self.mark or ("closed" if self.name else "")


@dataclass(frozen=True, slots=True)
class Note:
    """A holiday or period, or what happens to a date on it, from its first to its last day in the month."""

    first: date
    last: date
    text: str


@dataclass(frozen=True, slots=True)
class Month:
    """`weeks` begin on Monday; the days of other months in them are None."""

    first: date
    weeks: list[list[Day | None]]
    notes: list[Note]

    @property
    def name(self) -> str:
        return in_words(self.first, gettext_noop("F Y"))

    @property
    def drawn(self) -> SafeString:
        """The weeks as HTML, without a template for each day."""
        rows = (f"<tr>{''.join(map(_cell, week))}</tr>" for week in self.weeks)
        return mark_safe("".join(rows))  # noqa: S308  # names are escaped


def _cell(day: Day | None) -> str:
    """A date leads to its line in the list of dates."""
    if day is None:
        return "<td></td>"
    text = str(day.day.day)
    if day.kind:
        text += f'<span class="visually-hidden">, {escape(day.words)}</span>'
    kind = f" month__day--{day.kind}" if day.kind else ""
    if day.wave:
        text = f'<a href="#date-{day.wave}">{text}</a>'
    return f'<td class="month__day{kind}">{text}</td>'


def months(outlook: Outlook) -> list[Month]:
    dates = _dates(outlook)
    named = replace(outlook.schedule.closed, weekends=False, country=outlook.cycle.organisation.country)
    firsts = sorted({day.replace(day=1) for day in dates})
    return [_month(first, dates, named) for first in firsts]


def weekdays() -> SafeString:
    """The heads of the columns, from Monday on, which all months share."""
    days = [date(2024, 1, 1) + timedelta(days=number) for number in range(7)]
    return format_html_join("", WEEKDAY, ((in_words(day, "D"), in_words(day, "l")) for day in days))


@dataclass(frozen=True, slots=True)
class _Date:
    mark: str
    place: int
    reason: str


def _dates(outlook: Outlook) -> dict[date, _Date]:
    """By day; an opening wins over a date that was moved away from the same day."""
    day_of = outlook.schedule.day_of
    found: dict[date, _Date] = {}
    for place, wave in enumerate(outlook.waves, start=1):
        found.setdefault(day_of(wave.planned), _Date(_mark(wave), place, wave.reason))
    for place, wave in enumerate(outlook.waves, start=1):
        if wave.opening is not None:
            found[day_of(wave.opening)] = _Date("wave", place, "")
    return found


def _mark(wave: PlannedWave) -> str:
    return "left-out" if wave.opening is None else "moved" if wave.is_moved else "wave"


def _month(first: date, dates: dict[date, _Date], named: ClosedDays) -> Month:
    names: dict[date, str] = {}
    weeks: list[list[Day | None]] = []
    for week in MONDAY_FIRST.monthdatescalendar(first.year, first.month):
        line: list[Day | None] = []
        for day in week:
            planned = dates.get(day, _Date("", 0, ""))
            if day.month == first.month:
                names[day] = planned.reason or named.reason(day)
                line.append(Day(day, names[day], planned.mark, planned.place))
            else:
                line.append(None)
        weeks.append(line)
    return Month(first, weeks, list(_notes(names, dates)))


def _notes(names: dict[date, str], dates: dict[date, _Date]) -> Iterator[Note]:
    """Days that follow each other and have one name share a note."""
    for name, run in groupby(sorted(names), key=names.__getitem__):
        days = list(run)
        if name:
            yield Note(days[0], days[-1], _note_text(name, {dates[day].mark for day in days if day in dates}))


def _note_text(name: str, marks: set[str]) -> str:
    if "left-out" in marks:
        return _("%(name)s: no wave") % {"name": name}
    return _("%(name)s: wave moved") % {"name": name} if "moved" in marks else name
