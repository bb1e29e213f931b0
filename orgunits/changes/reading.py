"""Changes from a CSV or XLSX file. A wrong row is told with its line and reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import Organisation
from orgunits.changes.kinds import ChangeKind
from orgunits.errors import OrgUnitError
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
        header, *rows = list(read_rows(content)) or [Row(1, [])]
    except FileUnreadableError as error:
        raise OrgUnitError(error.reason) from error
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
        reasons = list(_problems(values, units))
        wrong += [_("Line %(line)s: %(reason)s") % {"line": row.line, "reason": one} for one in reasons]
        if not reasons:
            found.append(_change(organisation, values, units))
    if wrong:
        raise OrgUnitError(wrong[:MOST_TOLD])
    return found


def _cell(row: Row, place: int) -> str:
    return row.cells[place].strip() if place < len(row.cells) else ""


def _problems(values: Mapping[str, str], units: Mapping[str, int]) -> Iterator[str]:
    if not 0 < len(values["name"]) <= LONGEST:
        yield _("give a name of at most 200 signs.")
    if values["kind"] not in ChangeKind.values:
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
        return date.fromisoformat(text)
    except ValueError:
        return None


def _change(organisation: Organisation, values: Mapping[str, str], units: Mapping[str, int]) -> ChangeEvent:
    return ChangeEvent(
        organisation=organisation,
        name=values["name"],
        kind=values["kind"],
        on=date.fromisoformat(values["date"]),
        unit_id=units[values["unit_path"]],
    )
