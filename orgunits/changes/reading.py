"""Changes from a CSV or XLSX file. A wrong row is told with its line and reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organisation
from orgunits.changes.kinds import ChangeKind
from orgunits.errors import OrgUnitError
from orgunits.imports.columns import UNPRINTABLE
from orgunits.imports.days import day_of
from orgunits.imports.problems import FileUnreadableError
from orgunits.imports.tables import Row, read_rows
from orgunits.models import ChangeEvent, OrgUnit, OrgUnitQuerySet
from orgunits.tree import ids_by_path

COLUMNS = ("name", "kind", "date", "unit_path")
MOST_ROWS = 5_000
MOST_TOLD = 20  # problems
LONGEST = 200  # signs of a name


def read_changes(organisation: Organisation, content: bytes) -> list[ChangeEvent]:
    try:
        header, *rows = list(islice(read_rows(content), MOST_ROWS + 2)) or [Row(1, [])]
    except FileUnreadableError as error:
        raise OrgUnitError(_at(error.line, error.reason)) from error
    named = {cell.strip().lower(): place for place, cell in enumerate(header.cells)}
    if missing := [column for column in COLUMNS if column not in named]:
        raise OrgUnitError(_("The first row lacks: %(columns)s.") % {"columns": ", ".join(missing)})
    if len(rows) > MOST_ROWS:
        raise OrgUnitError(_("The file has more than 5,000 rows."))
    own: OrgUnitQuerySet = OrgUnit.objects.filter(organisation=organisation)
    units = ids_by_path(own)
    found, wrong = [], []
    for row in rows:
        values = {column: _cell(row, named[column]) for column in COLUMNS}
        values["unit_path"] = "/".join(part.strip() for part in values["unit_path"].split("/"))
        reasons = list(_problems(values, units))
        wrong += [_at(row.line, one) for one in reasons]
        if not reasons:
            found.append(_change(organisation, values, units))
    if wrong:
        raise OrgUnitError([*wrong[:MOST_TOLD], *_and_more(len(wrong) - MOST_TOLD)])
    return found


def _and_more(number: int) -> Iterator[str]:
    if number > 0:
        yield ngettext("And %(n)s more.", "And %(n)s more.", number) % {"n": number}


def _at(line: int, reason: str) -> str:
    return _("Line %(line)s: %(reason)s") % {"line": line, "reason": reason} if line else reason


def _cell(row: Row, place: int) -> str:
    return UNPRINTABLE.sub("", row.cells[place]).strip() if place < len(row.cells) else ""


def _problems(values: Mapping[str, str], units: Mapping[str, int]) -> Iterator[str]:
    if not 0 < len(values["name"]) <= LONGEST:
        yield _("give a name of at most 200 signs.")
    if values["kind"].casefold() not in _kinds():
        yield _("‘%(kind)s’ is no kind; choose from %(kinds)s.") % {
            "kind": values["kind"],
            "kinds": ", ".join(ChangeKind.values),
        }
    if _day(values["date"]) is None:
        yield _("‘%(date)s’ is no date; write it as 2026-03-31.") % {"date": values["date"]}
    if values["unit_path"] not in units:
        yield _("there is no unit ‘%(unit)s’.") % {"unit": values["unit_path"]}


def _day(text: str) -> date | None:
    try:
        return day_of(text)
    except ValueError:
        return None


def _kinds() -> dict[str, str]:
    """By their codes, and as pages name them."""
    return {name.casefold(): kind.value for kind in ChangeKind for name in (kind.value, str(kind.label))}


def _change(organisation: Organisation, values: Mapping[str, str], units: Mapping[str, int]) -> ChangeEvent:
    return ChangeEvent(
        organisation=organisation,
        name=values["name"],
        kind=_kinds()[values["kind"].casefold()],
        on=day_of(values["date"]),
        unit_id=units[values["unit_path"]],
    )
