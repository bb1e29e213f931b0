"""Files of people, as short as a test can say them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import openpyxl

from accounts.models import Organisation, User
from orgunits.imports.services import import_people, upload
from orgunits.imports.steps import take_next_step
from orgunits.models import Employee, ImportRun, OrgUnit

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 3, 9, tzinfo=UTC)
COLUMNS = ["employee_id", "email", "first_name", "last_name", "unit_path", "manager_email"]

Row = dict[str, Any]


def person(employee_id: str, unit_path: str = "City", manager: str = "", **others: Any) -> Row:
    """`manager`: an employee number."""
    row = {
        "employee_id": employee_id,
        "email": f"{employee_id}@example.org",
        "first_name": employee_id.title(),
        "last_name": "Jansen",
        "unit_path": unit_path,
        "manager_email": f"{manager}@example.org" if manager else "",
    }
    return row | others


def as_csv(rows: Iterable[Row], *, columns: Sequence[str] = (), delimiter: str = ",") -> bytes:
    rows = list(rows)
    columns = columns or list(dict.fromkeys([*COLUMNS, *(name for row in rows for name in row)]))
    target = io.StringIO()
    writer = csv.DictWriter(target, columns, delimiter=delimiter, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue().encode()


def as_xlsx(rows: Iterable[Row]) -> bytes:
    rows = list(rows)
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    columns = list(dict.fromkeys([*COLUMNS, *(name for row in rows for name in row)]))
    sheet.append(columns)
    for row in rows:
        sheet.append([row.get(name) for name in columns])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def bring_in(organisation: Organisation, *rows: Row, now: datetime = MONDAY) -> ImportRun:
    return import_people(organisation, content=as_csv(rows), by=None, now=now)


def placed(organisation: Organisation) -> dict[str, str]:
    """Who works where: employee number → path of unit names."""
    people = Employee.objects.employed().filter(organisation=organisation).select_related("unit")
    return {one.employee_id: path_of(one.unit) for one in people}


def path_of(unit: OrgUnit) -> str:
    return "/".join([*(above.name for above in OrgUnit.objects.get_ancestors(unit)), unit.name])


def work(now: datetime = MONDAY) -> None:
    """What workers do until there is nothing left to do."""
    while take_next_step(now):
        pass


def preview_import(
    organisation: Organisation, *, file_name: str, content: bytes, by: User | None, now: datetime
) -> ImportRun:
    run = upload(organisation, file_name=file_name, content=content, by=by, now=now)
    work(now)
    run.refresh_from_db()
    return run
