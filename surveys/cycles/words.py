"""A cycle as people say it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.formats import date_format, number_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from surveys.cycles.outlook import Outlook
from surveys.cycles.recurrence import DAY, Rhythm, rhythm_of
from surveys.journeys.words import (
    days_to_answer,
    moment_in_words,
    results_in_words,
    rhythm_of_journey,
    to_whom,
)
from surveys.models import Cycle

NAMED = 3  # units and themes, before "and more"

RHYTHMS = {
    Rhythm.WEEK: gettext_lazy("Every %(weekday)s at %(time)s, from %(first_day)s"),
    Rhythm.TWO_WEEKS: gettext_lazy("Every 2 weeks on %(weekday)s at %(time)s, from %(first_day)s"),
    Rhythm.FOUR_WEEKS: gettext_lazy("Every 4 weeks on %(weekday)s at %(time)s, from %(first_day)s"),
    Rhythm.MONTH: gettext_lazy("Every month on the %(place)s %(weekday)s at %(time)s, from %(first_day)s"),
    Rhythm.QUARTER: gettext_lazy(
        "Every 3 months on the %(place)s %(weekday)s at %(time)s, from %(first_day)s"
    ),
    Rhythm.OWN: gettext_lazy("By the rule %(rule)s at %(time)s, from %(first_day)s"),
}


def rhythm_in_words(cycle: Cycle) -> str:
    if cycle.is_journey:
        return rhythm_of_journey(cycle)
    rhythm = rhythm_of(cycle.recurrence, cycle.starts_on)
    return str(RHYTHMS[rhythm]) % {
        "weekday": date_format(cycle.starts_on, "l"),
        "place": place_in_month(cycle.starts_on),
        "time": time_format(cycle.send_at, _("H:i")),
        "first_day": date_format(cycle.starts_on, str(DAY)),
        "rule": cycle.recurrence,
    }


def place_in_month(day: date) -> str:
    """Which one of its weekday in the month."""
    return [_("first"), _("second"), _("third"), _("fourth"), _("last")][(day.day - 1) // 7]


def in_words(outlook: Outlook) -> str:
    """The whole cycle in a few sentences."""
    if outlook.cycle.is_journey:
        return _journey_in_words(outlook)
    parts = [_what(outlook), _to_whom(outlook), _how_long(outlook)]
    return f"{rhythm_in_words(outlook.cycle)}: {', '.join(filter(None, parts))}. {_reminders(outlook)}"


def _journey_in_words(outlook: Outlook) -> str:
    """“To everyone who starts in …, 30 days after their first day: 6 questions about …”."""
    cycle = outlook.cycle
    people = to_whom(cycle, listed([unit.name for unit in outlook.units]))
    if outlook.excluded:
        people += " " + _("without %(units)s") % {"units": listed([unit.name for unit in outlook.excluded])}
    asked = f"{people}, {moment_in_words(cycle)}: {_what(outlook)}, {days_to_answer(cycle)}."
    return f"{asked} {_reminders(outlook)} {results_in_words(cycle)}"


def _what(outlook: Outlook) -> str:
    sizes = sorted({len(questions) for questions in outlook.rotation.sets()})
    if sizes == [0]:
        return _("no questions yet")
    asked = (
        ngettext("%(number)s question", "%(number)s questions", sizes[0]) % {"number": sizes[0]}
        if len(sizes) == 1
        else _("%(few)d to %(many)d questions") % {"few": sizes[0], "many": sizes[-1]}
    )
    themes = dict.fromkeys(one.question.theme.name for one in outlook.rotation.choices)
    return _("%(questions)s about %(themes)s") % {"questions": asked, "themes": listed(list(themes))}


def _to_whom(outlook: Outlook) -> str:
    if not outlook.units:
        return _("to nobody yet")
    people = ngettext(
        "to %(number)s person in %(units)s", "to %(number)s people in %(units)s", outlook.people
    ) % {
        "number": number_format(outlook.people, use_l10n=True, force_grouping=True),
        "units": listed([unit.name for unit in outlook.units]),
    }
    if outlook.excluded:
        people += " " + _("without %(units)s") % {"units": listed([unit.name for unit in outlook.excluded])}
    if outlook.cycle.parts == 1:
        return people
    return (
        people
        + ", "
        + _("of whom about %(number)s each time, so that everyone has a turn in %(parts)d waves")
        % {
            "number": number_format(outlook.people_per_wave, use_l10n=True, force_grouping=True),
            "parts": outlook.cycle.parts,
        }
    )


def _how_long(outlook: Outlook) -> str:
    days = outlook.cycle.days_open
    return ngettext("open for %(days)d day", "open for %(days)d days", days) % {"days": days}


def _reminders(outlook: Outlook) -> str:
    first, last = outlook.cycle.reminder_after_days, outlook.cycle.remind_again_after_days
    if first is None:
        return _("No reminder.")
    if last is not None:
        return _("Reminders after %(first)d and %(last)d days, to those who have not answered.") % {
            "first": first,
            "last": last,
        }
    return ngettext(
        "One reminder after %(days)d day, to those who have not answered.",
        "One reminder after %(days)d days, to those who have not answered.",
        first,
    ) % {"days": first}


def listed(names: Sequence[str]) -> str:
    """“A, B and C”, or “A, B, C and 4 more”."""
    if len(names) > NAMED + 1:
        return _("%(names)s and %(number)d more") % {
            "names": ", ".join(names[:NAMED]),
            "number": len(names) - NAMED,
        }
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s and %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}
