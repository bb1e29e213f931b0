"""Days on which an organisation is not asked: weekends, public holidays, and periods of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Organisation
from surveys.models import Cycle

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Period:
    name: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """`country` and `subdivision` as the holidays library names them; without a country no holidays count."""

    weekends: bool = False
    country: str = ""
    subdivision: str = ""
    periods: tuple[Period, ...] = ()

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and bool(
            (self.weekends and day.weekday() >= SATURDAY)
            or (self.country and day in public_holidays(self.country, self.subdivision, ""))
            or any(period.first_day <= day <= period.last_day for period in self.periods)
        )

    def reason(self, day: date) -> str:
        """Why nothing is sent on that day, in the language in use; "" for an open day."""
        for period in self.periods:
            if period.first_day <= day <= period.last_day:
                return period.name
        if self.country:
            found = public_holidays(self.country, self.subdivision, get_language() or "").get(day)
            if found:
                return str(found)
        return _("weekend") if self.weekends and day.weekday() >= SATURDAY else ""

    def with_weekends(self) -> ClosedDays:
        return ClosedDays(True, self.country, self.subdivision, self.periods)


@lru_cache(maxsize=64)
def public_holidays(country: str, subdivision: str, language: str) -> holidays.HolidayBase:
    """Named in the language where the library has it; it works out a year when a day of it is asked for."""
    known = getattr(holidays, country, None) if country in holidays.list_supported_countries() else None
    if known is None:
        return holidays.HolidayBase()
    spoken = next((one for one in known.supported_languages if one[:2] == language[:2]), None)
    part = subdivision if subdivision in known.subdivisions else None
    return holidays.country_holidays(country, subdiv=part, language=spoken)


def closed_days_of(cycle: Cycle) -> ClosedDays:
    organisation = cycle.organisation
    return ClosedDays(
        weekends=cycle.skip_weekends,
        country=organisation.country if cycle.skip_holidays else "",
        subdivision=organisation.subdivision,
        periods=quiet_periods(organisation),
    )


def quiet_periods(organisation: Organisation) -> tuple[Period, ...]:
    found = organisation.quiet_periods.all()  # already there, where a page asks for them several times
    return tuple(Period(one.name, one.first_day, one.last_day) for one in found)


def regions_of(country: str) -> list[tuple[str, str]]:
    """Codes and names of the regions that have holidays of their own."""
    known = getattr(holidays, country, None)
    if known is None:
        return []
    names = {code: name for name, code in getattr(known, "subdivisions_aliases", {}).items()}
    return [(code, names.get(code, code)) for code in known.subdivisions]
