"""A cycle's rhythm as people say it."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.cycles.recurrence import DAY, Rhythm, rhythm_of
from surveys.models import Cycle

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
    rhythm = rhythm_of(cycle.recurrence, cycle.starts_on)
    return str(RHYTHMS[rhythm]) % {
        "weekday": date_format(cycle.starts_on, "l"),
        "place": place_in_month(cycle.starts_on),
        "time": time_format(cycle.send_at, "H:i"),
        "first_day": date_format(cycle.starts_on, DAY),
        "rule": cycle.recurrence,
    }


def place_in_month(day: date) -> str:
    """Which one of its weekday in the month."""
    return [_("first"), _("second"), _("third"), _("fourth"), _("last")][(day.day - 1) // 7]
