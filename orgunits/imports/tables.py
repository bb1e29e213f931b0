"""An uploaded file as rows of text, whatever it was made with."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from orgunits.imports import spreadsheet
from orgunits.imports.problems import FileUnreadableError

LARGEST_FILE = 25 * 1024**2
MOST_ROWS = 250_000
DELIMITERS = ",;\t"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    cells: list[str]


def read_rows(content: bytes) -> Iterator[Row]:
    """The rows that hold anything, the header first. Raises FileUnreadableError, also halfway."""
    if len(content) > LARGEST_FILE:
        raise FileUnreadableError(_("The file is larger than 25 MB. Leave out columns that are not needed."))
    if content.startswith(OLD_EXCEL):
        raise FileUnreadableError(_("This is an old Excel file (.xls). Save it as .xlsx or as CSV UTF-8."))
    rows = spreadsheet.read(content) if content.startswith(b"PK") else read_csv(content)
    filled = (Row(line, cells) for line, cells in few_enough(rows) if any(cells))
    for number, row in enumerate(filled):
        if number > MOST_ROWS:
            raise FileUnreadableError(_("The file has more than 250,000 rows."), line=row.line)
        yield row


def few_enough(rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """The same rows, as long as they hold no more cells than can be read in reasonable time."""
    cells = 0
    for line, row in rows:
        cells += max(len(row), 1)
        if cells > spreadsheet.MOST_CELLS:
            raise spreadsheet.too_many_cells(line)
        yield line, row


def row_estimate(content: bytes) -> int:
    """About how many rows there are, for a bar; nothing when that cannot be seen from outside."""
    return 0 if content.startswith(b"PK") else content.count(b"\n")


def read_csv(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = decode(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise FileUnreadableError(
                _('This line cannot be read. Look for a quotation mark (") that is not closed.'), line=line
            ) from error
        if cells is None:
            return
        yield line, [cell.strip() for cell in cells]
        line = reader.line_num + 1


def decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(LINE_END.findall(content[: error.start].decode("latin-1"))) + 1
        raise FileUnreadableError(
            _("The file is not in UTF-8. In Excel, choose ‘CSV UTF-8’ when saving."), line=line
        ) from error


def delimiter_of(text: str) -> str:
    """The sign that parts the most columns in the header; a comma when there is one column only."""
    header = LINE_END.split(text[:10_000].lstrip(), maxsplit=1)[0]
    return max(DELIMITERS, key=lambda sign: len(next(csv.reader([header], delimiter=sign), [])))
