"""A file with monthly figures: `unit_path,month,indicator,value` and perhaps `measured_in`."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from orgunits.imports.columns import UNPRINTABLE
from orgunits.imports.problems import FileUnreadableError, Problems
from orgunits.imports.tables import Row, read_rows

NEEDED = ("unit_path", "month", "indicator", "value")
MEASURE = "measured_in"
MONTH = re.compile(r"(\d{4})-(\d{1,2})(?:-\d{1,2})?")
LONGEST_NAME = 100
LONGEST_MEASURE = 20
LARGEST, DECIMALS = 1e12, 6  # what can be drawn and compared


@dataclass(frozen=True, slots=True)
class Monthly:
    unit_id: int
    month: date
    indicator: str
    measured_in: str
    value: float


def read_monthly(
    file_name: str, content: bytes, units: Mapping[str, int], *, today: date
) -> tuple[list[Monthly], Problems]:
    """`units`: id by path of names with `/`. With any problem nothing may be taken over."""
    problems = Problems(file_name)
    try:
        rows = list(read_rows(content))
    except FileUnreadableError as error:
        problems.add(error.line, "", error.reason)
        return [], problems
    if len(rows) < 2:
        problems.add(0, "", _("The file has no figures."))
        return [], problems
    columns = [cell.strip().casefold() for cell in rows[0].cells]
    for name in NEEDED:
        if name not in columns:
            problems.add(1, name, _("This column is missing."))
    if problems:
        return [], problems
    reader = _Reader(columns, units, today, problems)
    return [found for row in rows[1:] if (found := reader.row(row)) is not None], problems


class _Reader:
    def __init__(self, columns: list[str], units: Mapping[str, int], today: date, problems: Problems) -> None:
        self.columns = columns
        self.units = units
        self.today = today
        self.problems = problems
        self.seen: dict[tuple[int, date, str], int] = {}

    def row(self, row: Row) -> Monthly | None:
        """None, with a reason noted, for a row that cannot be."""
        before = self.problems.count
        cells = dict(
            zip(self.columns, (UNPRINTABLE.sub("", cell).strip() for cell in row.cells), strict=False)
        )
        unit = self._unit(row.line, cells.get("unit_path", ""))
        month = self._month(row.line, cells.get("month", ""))
        name = self._text(row.line, "indicator", cells.get("indicator", ""), LONGEST_NAME)
        measured_in = cells.get(MEASURE, "")[:LONGEST_MEASURE]
        value = self._value(row.line, cells.get("value", ""))
        if self.problems.count > before or unit is None or month is None or value is None:
            return None
        first = self.seen.setdefault((unit, month, name), row.line)
        if first != row.line:
            self.problems.add(row.line, "", _("The same as line %(line)s.") % {"line": first})
            return None
        return Monthly(unit, month, name, measured_in, value)

    def _unit(self, line: int, path: str) -> int | None:
        found = self.units.get("/".join(part.strip() for part in path.split("/")))
        if found is None:
            self.problems.add(
                line, "unit_path", _("There is no unit ‘%(path)s’ in your part.") % {"path": path}
            )
        return found

    def _month(self, line: int, text: str) -> date | None:
        found = MONTH.fullmatch(text)
        if found and 1 <= int(found[2]) <= 12 and int(found[1]) >= 2000:
            month = date(int(found[1]), int(found[2]), 1)
            if month <= self.today:
                return month
            self.problems.add(line, "month", _("This month is still to come."))
            return None
        self.problems.add(line, "month", _("Write a month as 2026-03."))
        return None

    def _text(self, line: int, column: str, text: str, longest: int) -> str:
        if not text:
            self.problems.add(line, column, _("This is empty."))
        elif len(text) > longest:
            self.problems.add(line, column, _("At most %(longest)s characters.") % {"longest": longest})
        return text

    def _value(self, line: int, text: str) -> float | None:
        """With a point or a comma."""
        try:
            value = round(float(text.replace(",", ".").removesuffix("%")), DECIMALS)
        except ValueError:
            value = math.nan
        if not abs(value) <= LARGEST:  # nor when it is none
            self.problems.add(line, "value", _("Write a number such as 5.2."))
            return None
        return value
