"""XLSX, read row by row, after a look at what it would unpack to."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import openpyxl
from django.utils.translation import gettext as _

from orgunits.imports.problems import FileUnreadableError

LARGEST_UNPACKED = 100 * 1024**2
MOST_MEMBERS = 1000
MOST_CELLS = 2_500_000
MOST_TAGS = 4 * MOST_CELLS  # a filled cell takes four: what takes time is their number, not their size
MOST_SHEET_ROWS = 1_048_576  # what Excel itself allows
CHUNK = 1024**2


def read(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each row of the first sheet."""
    try:
        check_size(content)
        yield from sheet_rows(content)
    except FileUnreadableError:
        raise
    except Exception as error:  # a broken file makes the zip, XML and Excel readers raise nearly anything
        raise FileUnreadableError(
            _("The spreadsheet cannot be opened. Save it anew as .xlsx, or as CSV UTF-8.")
        ) from error


def check_size(content: bytes) -> None:
    """Unpack without keeping anything, so that a small file that holds a huge one is found out cheaply."""
    unpacked = cells = tags = 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > LARGEST_UNPACKED:
            raise too_large()
        for member in members:
            with archive.open(member) as packed:
                while chunk := packed.read(CHUNK):
                    unpacked += len(chunk)
                    cells += chunk.count(b"<c ") + chunk.count(b"<c>") + chunk.count(b"<c/")
                    tags += chunk.count(b"<")
                    if unpacked > LARGEST_UNPACKED:
                        raise too_large()
                    if cells > MOST_CELLS or tags > MOST_TAGS:
                        raise too_many_cells()


def too_large() -> FileUnreadableError:
    return FileUnreadableError(_("The spreadsheet holds more than 100 MB. Keep only the sheet with people."))


def too_many_cells(line: int = 0) -> FileUnreadableError:
    return FileUnreadableError(
        _(
            "The file has more than 2,500,000 cells (rows × columns, empty ones too). "
            "Delete the rows and columns that are not needed, or save it as CSV UTF-8."
        ),
        line=line,
    )


def sheet_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Formulas give the value that Excel last worked out for them."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    if not book.worksheets:
        raise FileUnreadableError(_("The spreadsheet has no sheet."))
    width = 0
    for line, row in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
        if line > MOST_SHEET_ROWS:
            raise FileUnreadableError(_("The sheet has too many rows."), line=line)
        cells = [as_text(value) for value in row]
        width = width or len(cells)
        yield line, cells + [""] * (width - len(cells))


def as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
