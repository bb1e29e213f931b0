"""A journey as people say it."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from surveys.journeys.periods import months_of
from surveys.models import Cycle

Kind = Cycle.Kind

MOMENTS: dict[tuple[str, bool], Promise] = {
    (Kind.ONBOARDING, True): ngettext_lazy(
        "%(days)d day after their first day", "%(days)d days after their first day", "days"
    ),
    (Kind.MOVED, True): ngettext_lazy(
        "%(days)d day after their move to another unit",
        "%(days)d days after their move to another unit",
        "days",
    ),
    (Kind.LEAVING, True): ngettext_lazy(
        "%(days)d day after their last day", "%(days)d days after their last day", "days"
    ),
    (Kind.LEAVING, False): ngettext_lazy(
        "%(days)d day before their last day", "%(days)d days before their last day", "days"
    ),
}


def moment_in_words(cycle: Cycle) -> str:
    after = cycle.days_after >= 0
    days = abs(cycle.days_after)
    if days == 0:
        return {
            Kind.ONBOARDING: _("on their first day"),
            Kind.MOVED: _("on the day of their move to another unit"),
            Kind.LEAVING: _("on their last day"),
        }[Kind(cycle.kind)]
    return str(MOMENTS.get((cycle.kind, after), MOMENTS[cycle.kind, True]) % {"days": days})


def rhythm_of_journey(cycle: Cycle) -> str:
    return _("%(moment)s, results %(period)s") % {
        "moment": moment_in_words(cycle)[:1].upper() + moment_in_words(cycle)[1:],
        "period": period_in_words(cycle),
    }


def period_in_words(cycle: Cycle) -> str:
    months = months_of(cycle)
    named = {1: _("per month"), 3: _("per quarter"), 6: _("per half year")}
    return named.get(months) or ngettext("per %(months)d month", "per %(months)d months", months) % {
        "months": months
    }


def to_whom(cycle: Cycle, units: str) -> str:
    words = {
        Kind.ONBOARDING: _("To everyone who starts in %(units)s"),
        Kind.MOVED: _("To everyone who comes from another unit to %(units)s"),
        Kind.LEAVING: _("To everyone who leaves %(units)s"),
    }
    return words[Kind(cycle.kind)] % {"units": units or "–"}


def days_to_answer(cycle: Cycle) -> str:
    days = cycle.days_open
    return ngettext("with %(days)d day to answer", "with %(days)d days to answer", days) % {"days": days}


def results_in_words(cycle: Cycle) -> str:
    return _("Results %(period)s, from %(minimum)d answers.") % {
        "period": period_in_words(cycle),
        "minimum": cycle.organisation.minimum_group,
    }
