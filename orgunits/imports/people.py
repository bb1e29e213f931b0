"""Rows of people.csv as typed records, each checked by itself. How they fit together: `coherence`."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts.languages import closest, not_spoken
from orgunits.imports.columns import (
    ESSENTIAL,
    IGNORED,
    LEVEL,
    REQUIRED,
    UNPRINTABLE,
    Columns,
    Meanings,
    as_columns,
    check_columns,
    header_names,
)
from orgunits.imports.days import day_of
from orgunits.imports.problems import FileUnreadableError, Problems
from orgunits.imports.progress import Progress, unwatched
from orgunits.imports.tables import Row, read_rows
from orgunits.tree import DEEPEST

LONGEST = {"employee_id": 64, "email": 254, "first_name": 100, "last_name": 100, "manager_email": 254}
LONGEST_UNIT_NAME = 200
LONGEST_TRAIT = 200

UnitPath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    line: int
    employee_id: str
    email: str
    first_name: str
    last_name: str
    unit_path: UnitPath
    manager_email: str
    language: str
    joined_on: date | None
    traits: dict[str, str]
    leaves_on: date | None = None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.employee_id


@dataclass(slots=True)
class PeopleFile:
    problems: Problems
    columns: Columns = field(default_factory=lambda: Columns(()))
    people: list[Person] = field(default_factory=list)


def read_people(
    file_name: str,
    content: bytes,
    *,
    default_language: str,
    meanings: Meanings | None = None,
    root: str = "",
    progress: Progress = unwatched,
) -> PeopleFile:
    """Everyone in the file, and what is wrong with it; with a problem nothing more may be done with it.

    `meanings`: what its columns mean, for a file that has names of its own for them. `root`: the name of the
    organisation's own unit, for a file that gives each level of a unit in a column.
    """
    found = PeopleFile(Problems(file_name))
    try:
        rows = read_rows(content)
        found.columns = read_header(next(rows, None), found.problems, meanings, root)
        if not found.problems:
            reader = RowReader(found.columns, found.problems, default_language)
            found.people.extend(reader.person(row) for row in watched(rows, progress))
    except FileUnreadableError as error:
        found.problems.add(error.line, "", error.reason)
    if not found.people and not found.problems:
        found.problems.add(0, "", _("The file has a header but no people."))
    return found


def read_header(
    header: Row | None, problems: Problems, meanings: Meanings | None = None, root: str = ""
) -> Columns:
    if header is None:
        problems.add(0, "", _("The file is empty."))
        return Columns(())
    names = header_names(header)
    columns = as_columns(names, meanings or {}, root)
    problems.names = columns.as_in_file(names)
    check_columns(columns, header.line, problems, ESSENTIAL if meanings else REQUIRED)
    return columns


def watched(rows: Iterator[Row], progress: Progress) -> Iterator[Row]:
    for number, row in enumerate(rows, 1):
        if number % 1000 == 0:
            progress(number)
        yield row


class RowReader:
    """Turns rows into people. One with a problem is reported, and kept for what others say of it."""

    def __init__(self, columns: Columns, problems: Problems, default_language: str) -> None:
        self.columns = columns
        self.problems = problems
        self.default_language = default_language
        self.languages: dict[str, str | None] = {}
        self.has_levels = LEVEL in columns.names
        self.paths: dict[str, UnitPath] = {}
        self.known_emails: set[str] = {""}

    def person(self, row: Row) -> Person:
        values = self.values(row)
        return Person(
            line=row.line,
            employee_id=self.required(row.line, "employee_id", values),
            email=self.email(row.line, "email", values),
            first_name=self.short_enough(row.line, "first_name", values),
            last_name=self.short_enough(row.line, "last_name", values),
            unit_path=self.unit_path(row.line, self.required(row.line, "unit_path", values)),
            manager_email=self.email(row.line, "manager_email", values),
            language=self.language(row.line, values.get("language", "")),
            joined_on=self.day(row.line, "joined_on", values),
            leaves_on=self.day(row.line, "leaves_on", values),
            traits=self.traits(row.line, values),
        )

    def values(self, row: Row) -> dict[str, str]:
        names, cells = self.columns.names, row.cells
        if len(cells) < len(names):
            self.problems.add(
                row.line,
                "",
                _("This line has %(cells)s values, the first line has %(columns)s columns.")
                % {"cells": len(cells), "columns": len(names)},
            )
            cells = cells + [""] * (len(names) - len(cells))
        unnamed = [cell for cell, name in zip(cells, names, strict=False) if not name] + cells[len(names) :]
        if any(unnamed):
            self.problems.add(row.line, "", _("A value stands in a column without a name."))
        values = {
            name: self.clean(row.line, name, cell)
            for name, cell in zip(names, cells, strict=False)
            if name and name not in (LEVEL, IGNORED)
        }
        if self.has_levels:
            values["unit_path"] = self.joined(row.line, cells)
        return values

    def joined(self, line: int, cells: list[str]) -> str:
        """The path of levels that stand in a column each. A slash in a name would part it in two."""
        pairs = zip(self.columns.names, cells, strict=False)
        levels = [self.clean(line, name, cell).replace("/", "-") for name, cell in pairs if name == LEVEL]
        filled = [level for level in levels if level]
        above = [] if filled[:1] == [self.columns.root] else [self.columns.root]
        return "/".join([*above, *filled]) if filled else ""

    def clean(self, line: int, column: str, cell: str) -> str:
        if cell.isascii() and cell.isprintable() and "  " not in cell:
            return cell
        if UNPRINTABLE.search(cell):
            self.problems.add(line, column, _("This value holds a character that cannot be printed."))
            return ""
        return " ".join(unicodedata.normalize("NFC", cell).split())

    def required(self, line: int, column: str, values: dict[str, str]) -> str:
        if not values.get(column):
            self.problems.add(line, column, _("This is empty."))
        return self.short_enough(line, column, values)

    def short_enough(self, line: int, column: str, values: dict[str, str]) -> str:
        value, longest = values.get(column, ""), LONGEST.get(column)
        if longest is not None and len(value) > longest:
            self.too_long(line, column, longest)
        return value

    def too_long(self, line: int, column: str, longest: int) -> None:
        self.problems.add(
            line, column, _("This is too long: at most %(longest)s characters.") % {"longest": longest}
        )

    def email(self, line: int, column: str, values: dict[str, str]) -> str:
        email = self.short_enough(line, column, values).lower()
        if email in self.known_emails:
            return email
        try:
            validate_email(email)
        except ValidationError:
            self.problems.add(
                line, column, _("‘%(email)s’ is not an e-mail address.") % {"email": email[:254]}
            )
        else:
            self.known_emails.add(email)
        return email

    def unit_path(self, line: int, text: str) -> UnitPath:
        if text not in self.paths:
            path = tuple(name.strip() for name in text.split("/"))
            if text and not self.is_usable(line, path):
                return path
            self.paths[text] = path
        return self.paths[text]

    def is_usable(self, line: int, path: UnitPath) -> bool:
        before = self.problems.count
        if not all(path):
            self.problems.add(line, "unit_path", _("A level has no name; look for a ‘/’ too many."))
        if len(path) > DEEPEST:
            self.problems.add(line, "unit_path", _("At most %(deepest)s levels fit.") % {"deepest": DEEPEST})
        if any(len(name) > LONGEST_UNIT_NAME for name in path):
            self.too_long(line, "unit_path", LONGEST_UNIT_NAME)
        return self.problems.count == before

    def language(self, line: int, text: str) -> str:
        if not text:
            return self.default_language
        if text not in self.languages:
            self.languages[text] = closest(text)
        language = self.languages[text]
        if language is None:
            self.problems.add(line, "language", not_spoken(text[:20]))
        return language or self.default_language

    def day(self, line: int, column: str, values: dict[str, str]) -> date | None:
        text = values.get(column, "")
        if not text:
            return None
        try:
            return day_of(text)
        except ValueError:
            self.problems.add(
                line,
                column,
                _("‘%(text)s’ is not a date. Write it as 2024-12-31.") % {"text": text[:40]},
            )
            return None

    def traits(self, line: int, values: dict[str, str]) -> dict[str, str]:
        traits = {name: values[name] for name in self.columns.traits if values.get(name)}
        for name in (name for name, value in traits.items() if len(value) > LONGEST_TRAIT):
            self.too_long(line, name, LONGEST_TRAIT)
        return traits
