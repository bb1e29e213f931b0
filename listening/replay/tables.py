"""CSV files of a recording, row by row; what is wrong with a row is noted with its line and column."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from orgunits.imports.people import LONGEST_UNIT_NAME, UnitPath
from orgunits.imports.problems import FileUnreadableError, Problems
from orgunits.imports.tables import read_csv
from orgunits.tree import DEEPEST

MOST_WAVES = 1_000
Made = TypeVar("Made")


class RowError(ValueError):
    """A row that cannot be used, because of what stands in `column`."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    cells: dict[str, str]

    def text(self, column: str, *, longest: int) -> str:
        text = self.cells.get(column, "")
        if len(text) > longest:
            raise RowError(column, f"This is too long: at most {longest} characters.")
        return text

    def required(self, column: str, *, longest: int) -> str:
        text = self.text(column, longest=longest)
        if not text:
            raise RowError(column, "This is empty.")
        return text

    def whole(self, column: str) -> int:
        """A whole number, also when a spreadsheet wrote it as 4.0."""
        text = self.required(column, longest=20)
        try:
            number = float(text)
            if number == int(number):
                return int(number)
        except (ValueError, OverflowError):
            pass
        raise RowError(column, f"'{text}' is not a whole number.")

    def wave(self, column: str) -> int:
        number = self.whole(column)
        if not 1 <= number <= MOST_WAVES:
            raise RowError(column, f"Waves count from 1 to {MOST_WAVES}, not {number}.")
        return number

    def unit_path(self, column: str) -> UnitPath:
        names = [name.strip() for name in self.required(column, longest=10_000).split("/")]
        if not all(names):
            raise RowError(column, "A level has no name; look for a '/' too many.")
        if len(names) > DEEPEST or max(map(len, names)) > LONGEST_UNIT_NAME:
            raise RowError(
                column, f"At most {DEEPEST} levels fit, with names of at most {LONGEST_UNIT_NAME} characters."
            )
        return tuple(names)


def read_table(
    path: Path, columns: tuple[str, ...], problems: Problems, use: Callable[[Line], Made]
) -> list[Made]:
    """What `use` makes of each row; a row for which it raises RowError is noted and passed over."""
    made = []
    try:
        for line in read_lines(path, columns):
            try:
                made.append(use(line))
            except RowError as error:
                problems.add(line.number, error.column, error.reason)
    except FileUnreadableError as error:
        problems.add(error.line, "", error.reason)
    return made


def read_lines(path: Path, columns: tuple[str, ...]) -> Iterator[Line]:
    """Raises FileUnreadableError, also halfway."""
    rows = ((number, cells) for number, cells in read_csv(content_of(path)) if any(cells))
    first, header = next(rows, (0, []))
    names = [name.lower() for name in header]
    missing = [column for column in columns if column not in names]
    if missing:
        raise FileUnreadableError(f"Missing in the first line: {', '.join(missing)}.", line=first)
    for number, cells in rows:
        if len(cells) != len(names):
            reason = f"This line has {len(cells)} values, the first line has {len(names)} columns."
            raise FileUnreadableError(reason, line=number)
        yield Line(number, dict(zip(names, cells, strict=True)))


def content_of(path: Path) -> bytes:
    if path.suffix != ".gz":
        return path.read_bytes()
    try:
        with gzip.open(path) as file:
            return file.read()
    except (OSError, EOFError, zlib.error) as error:
        raise FileUnreadableError(f"This is not a whole gzip file: {error}.") from error
