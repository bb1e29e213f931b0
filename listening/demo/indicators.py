"""What HR keeps itself of each month: sick leave, turnover, and how long a request takes.

In one directorate sick leave follows the energy of a few months before; nothing else follows anything.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from dateutil.relativedelta import relativedelta
from numpy.random import Generator
from numpy.typing import NDArray

from accounts.models import User
from orgunits.imports.people import UnitPath
from orgunits.models import OrgUnit, OrgUnitQuerySet
from results.lagging.services import take_over
from surveys.models import Cycle

from . import stories
from .municipality import TEAM_DEPTH, unit_paths

FILE_NAME = "verzuim-verloop-doorlooptijd.csv"
MONTHS = 24
MONTHS_BEHIND = 3
LEAVE_PER_POINT = 5.0  # percentage points of sick leave for a point of energy
WINTER = 0.6  # percentage points more sick leave in January than on average
SHARE_MISSING = 0.03
HANDLES_REQUESTS = {
    "Jeugd en Gezin",
    "Zorg en Wmo",
    "Werk en Inkomen",
    "Vergunningen en Toezicht",
    "Publiekszaken",
    "Belastingen",
    "Juridische Zaken",
}

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Kind:
    """`level`: of most units, which differ by `between`; `within`: from month to month."""

    name: str
    measured_in: str
    level: float
    between: float
    within: float


SICK_LEAVE = Kind("Ziekteverzuim", "%", level=5.2, between=0.6, within=0.3)
TURNOVER = Kind("Verloop", "% per jaar", level=9.5, between=1.2, within=0.9)
HANDLING = Kind("Doorlooptijd van een aanvraag", "dagen", level=24, between=7, within=2)


def upload_indicators(cycle: Cycle, *, by: User, now: datetime, chance: Generator) -> None:
    """As HR would hand them in."""
    months = [now.date().replace(day=1) - relativedelta(months=back) for back in range(MONTHS, 0, -1)]
    units: OrgUnitQuerySet = OrgUnit.objects.filter(organisation=cycle.organisation)
    content = monthly_file(months, cycle.starts_on + timedelta(days=cycle.days_open), chance)
    take_over(cycle.organisation, file_name=FILE_NAME, content=content, units=units, by=by, now=now)


def monthly_file(months: list[date], first_closing: date, chance: Generator) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["unit_path", "month", "indicator", "measured_in", "value"])
    for kind in (SICK_LEAVE, TURNOVER, HANDLING):
        for path, values in _of_all_units(kind, months, first_closing, chance).items():
            for month, value in zip(months, values, strict=True):
                if chance.random() >= SHARE_MISSING:
                    writer.writerow(
                        ["/".join(path), f"{month:%Y-%m}", kind.name, kind.measured_in, f"{value:.1f}"]
                    )
    return text.getvalue().encode()


def _of_all_units(
    kind: Kind, months: list[date], first_closing: date, chance: Generator
) -> Mapping[UnitPath, Floats]:
    """Of departments, and of what they are part of as the mean of these."""
    departments = {
        path: _of_a_department(kind, path, months, first_closing, chance) for path in _departments(kind)
    }
    above = dict.fromkeys(path[:depth] for path in departments for depth in range(1, TEAM_DEPTH - 1))
    return {
        path: np.mean([own for below, own in departments.items() if below[: len(path)] == path], axis=0)
        for path in above
    } | departments


def _departments(kind: Kind) -> Iterator[UnitPath]:
    for path in unit_paths():
        if len(path) == TEAM_DEPTH - 1 and (kind is not HANDLING or path[-1] in HANDLES_REQUESTS):
            yield path


def _of_a_department(
    kind: Kind, path: UnitPath, months: list[date], first_closing: date, chance: Generator
) -> Floats:
    values = kind.level + chance.normal(0, kind.between) + chance.normal(0, kind.within, len(months))
    if kind is SICK_LEAVE:
        values += WINTER * np.cos(2 * np.pi * np.array([month.month - 1 for month in months]) / 12)
        if stories.BUSY in path:
            energy = [stories.BUSY_TIME(_wave_before(month, first_closing)) for month in months]
            values -= LEAVE_PER_POINT * np.array(energy)
    return np.maximum(values, 0)


def _wave_before(month: date, first_closing: date) -> float:
    """The number of the wave, in parts, that closed so many months before the middle of this one."""
    day = month + timedelta(days=14) - relativedelta(months=MONTHS_BEHIND)
    return (day - first_closing) / timedelta(weeks=stories.WEEKS_APART) + 1
