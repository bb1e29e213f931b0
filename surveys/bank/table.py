"""The bank as a file: its columns, writing it, and reading it back whatever it was made with."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO

from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.spreadsheets import STARTS_A_FORMULA
from orgunits.imports.problems import FileUnreadableError
from orgunits.imports.tables import read_rows
from surveys.bank.drafts import REQUIRED
from surveys.bank.queries import OWN, SHARED, available, wave_counts
from surveys.models import Question

LARGEST_FILE = 1024**2
MOST_ROWS = 1000
BETWEEN_OPTIONS = " | "


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a file, by name of column; `number` counts from 1 with the header as line 1."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def texts(self, start: str) -> dict[str, str]:
        """By language, of all columns that start like this."""
        return {
            column.removeprefix(start): text
            for column, text in self.cells.items()
            if column.startswith(start)
        }


def write_table(organisation: Organisation) -> bytes:
    """All questions in use. Semicolons and a byte order mark: what Excel opens by itself in Europe."""
    questions = list(available(organisation).filter(retired_at=None).order_by(*IN_ORDER))
    languages = list(dict.fromkeys([*REQUIRED, *(code for one in questions for code in one.texts)]))
    columns = columns_for(languages)
    waves = wave_counts(organisation)
    text = StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(columns)
    for one in questions:
        cells = cells_of(one, waves[one.pk])
        writer.writerow([harmless(cells.get(column, "")) for column in columns])
    return text.getvalue().encode("utf-8-sig")


IN_ORDER = ("theme__position", "theme__code", "code", "version")


def columns_for(languages: Iterable[str]) -> list[str]:
    codes = list(languages)
    return [
        "code",
        "bank",
        "theme",
        *(f"theme_name_{code}" for code in codes),
        *(f"theme_description_{code}" for code in codes),
        "theme_kind",
        "kind",
        "reversed",
        *(f"text_{code}" for code in codes),
        *(f"options_{code}" for code in codes),
        "version",
        "waves",
    ]


def cells_of(question: Question, waves: int) -> dict[str, str]:
    theme = question.theme
    cells = {
        "code": question.code,
        "bank": OWN if question.organisation_id else SHARED,
        "theme": theme.code,
        "theme_name_nl": theme.name_nl,
        "theme_name_en": theme.name_en,
        "theme_description_nl": theme.description_nl,
        "theme_description_en": theme.description_en,
        "theme_kind": theme.kind,
        "kind": question.kind,
        "reversed": str(int(question.reversed)),
        "version": str(question.version),
        "waves": str(waves),
    }
    for code, parts in theme.other_languages.items():
        cells |= {f"theme_{part}_{code}": text for part, text in parts.items()}
    for code, text in question.texts.items():
        cells[f"text_{code}"] = text
        cells[f"options_{code}"] = BETWEEN_OPTIONS.join(one.get(code, "") for one in question.options)
    return cells


def read_table(content: bytes) -> Iterator[Line]:
    """Raises FileUnreadableError, also halfway. Names of columns are read in small letters."""
    if len(content) > LARGEST_FILE:
        raise FileUnreadableError(_("The file is larger than 1 MB. Split it, or leave out other columns."))
    rows = read_rows(in_utf8(content))
    header = next(rows, None)
    if header is None:
        raise FileUnreadableError(_("The file is empty."))
    columns = [storable(cell.strip().casefold()) for cell in header.cells]
    twice = next((name for name in columns if name and columns.count(name) > 1), None)
    if twice:
        raise FileUnreadableError(
            _("The column %(name)s is there twice.") % {"name": twice}, line=header.line
        )
    for number, row in enumerate(rows, 1):
        if number > MOST_ROWS:
            raise FileUnreadableError(_("The file has more than 1,000 questions."), line=row.line)
        if len(row.cells) > len(columns) and any(row.cells[len(columns) :]):
            raise FileUnreadableError(_("This line has more cells than there are columns."), line=row.line)
        pairs = zip(columns, row.cells, strict=False)
        cells = {name: storable(as_typed(cell)) for name, cell in pairs if name}
        yield Line(row.line, cells)


def in_utf8(content: bytes) -> bytes:
    """What is no UTF-8 is what Excel on Windows saves as plain CSV."""
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        if content.startswith(b"PK"):
            return content
        try:
            return content.decode("cp1252").encode()
        except UnicodeDecodeError:  # the reader says what to do
            return content
    return content


def harmless(cell: str) -> str:
    """What a spreadsheet would run as a formula gets an apostrophe in front."""
    return f"'{cell}" if cell.lstrip("'").startswith(STARTS_A_FORMULA) else cell


def as_typed(cell: str) -> str:
    """The opposite of `harmless`."""
    is_marked = cell.startswith("'") and cell.lstrip("'").startswith(STARTS_A_FORMULA)
    return cell[1:] if is_marked else cell


def storable(cell: str) -> str:
    """Without signs that PostgreSQL cannot store and nobody can see."""
    return "".join(sign for sign in cell if sign.isprintable() or sign in "\n\t")
