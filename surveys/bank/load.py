"""Reads `themes.csv` and `questions.csv` without Django, so that a migration and a script can both use it."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Literal

ThemeKind = Literal["leading", "lagging"]
QuestionKind = Literal["agreement", "scale", "open"]

THEME_KINDS: tuple[ThemeKind, ...] = ("leading", "lagging")
THEME_COLUMNS = ("code", "name_en", "name_nl", "kind", "position", "description_en", "description_nl")
QUESTION_COLUMNS = ("code", "theme", "kind", "points", "reversed", "short", "text_en", "text_nl")

# Agreement runs from 1 (strongly disagree) to 5 (strongly agree), a scale from 0 to 10.
POINTS: dict[QuestionKind, int] = {"agreement": 5, "scale": 11, "open": 0}


class BankError(ValueError):
    """A row that cannot be used; says in which file, on which line and why."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(f"{path.name}, line {line}: {reason}")
        self.path = path
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class BankTheme:
    code: str
    name_en: str
    name_nl: str
    kind: ThemeKind
    position: int
    description_en: str
    description_nl: str


@dataclass(frozen=True, slots=True)
class BankQuestion:
    """`position` counts from 1 within the theme; `reversed` means that agreeing is unfavourable."""

    code: str
    theme: str
    kind: QuestionKind
    points: int
    reversed: bool
    short: bool
    position: int
    text_en: str
    text_nl: str


@dataclass(frozen=True, slots=True)
class Bank:
    themes: tuple[BankTheme, ...]
    questions: tuple[BankQuestion, ...]

    def of_theme(self, code: str) -> tuple[BankQuestion, ...]:
        return tuple(question for question in self.questions if question.theme == code)


@dataclass(frozen=True, slots=True)
class _Row:
    path: Path
    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def error(self, reason: str) -> BankError:
        return BankError(self.path, self.line, reason)

    def number(self, column: str) -> int:
        if not self[column].isdecimal():
            raise self.error(f"{column} must be a whole number, not “{self[column]}”")
        return int(self[column])

    def flag(self, column: str) -> bool:
        if self[column] not in {"0", "1"}:
            raise self.error(f"{column} must be 0 or 1, not “{self[column]}”")
        return self[column] == "1"


def load_bank(folder: Path = Path(__file__).parent) -> Bank:
    """Themes by position, questions in the order of the file. Raises `BankError` at the first wrong row."""
    themes = _read_themes(folder / "themes.csv")
    questions = _read_questions(folder / "questions.csv", {theme.code for theme in themes})
    return Bank(themes, questions)


def _read_themes(path: Path) -> tuple[BankTheme, ...]:
    rows = _unique(_rows(path, THEME_COLUMNS), "code", "position")
    return tuple(sorted(map(_theme, rows), key=lambda theme: theme.position))


def _theme(row: _Row) -> BankTheme:
    return BankTheme(
        code=row["code"],
        name_en=row["name_en"],
        name_nl=row["name_nl"],
        kind=_theme_kind(row),
        position=row.number("position"),
        description_en=row["description_en"],
        description_nl=row["description_nl"],
    )


def _read_questions(path: Path, themes: set[str]) -> tuple[BankQuestion, ...]:
    questions: list[BankQuestion] = []
    last_position = dict.fromkeys(themes, 0)
    for row in _unique(_rows(path, QUESTION_COLUMNS), "code"):
        if row["theme"] not in themes:
            raise row.error(f"unknown theme “{row['theme']}”")
        last_position[row["theme"]] += 1
        questions.append(_question(row, position=last_position[row["theme"]]))
    return tuple(questions)


def _question(row: _Row, *, position: int) -> BankQuestion:
    kind = _question_kind(row)
    points = row.number("points")
    if points != POINTS[kind]:
        raise row.error(f"{kind} has {POINTS[kind]} points, not {points}")
    is_reversed = row.flag("reversed")
    if is_reversed and kind == "open":
        raise row.error("an open question cannot be reversed")
    return BankQuestion(
        code=row["code"],
        theme=row["theme"],
        kind=kind,
        points=points,
        reversed=is_reversed,
        short=row.flag("short"),
        position=position,
        text_en=row["text_en"],
        text_nl=row["text_nl"],
    )


def _theme_kind(row: _Row) -> ThemeKind:
    for kind in THEME_KINDS:
        if row["kind"] == kind:
            return kind
    raise row.error(f"kind must be leading or lagging, not “{row['kind']}”")


def _question_kind(row: _Row) -> QuestionKind:
    for kind in POINTS:
        if row["kind"] == kind:
            return kind
    raise row.error(f"kind must be agreement, scale or open, not “{row['kind']}”")


def _unique(rows: Iterator[_Row], *columns: str) -> Iterator[_Row]:
    first_line: dict[tuple[str, str], int] = {}
    for row in rows:
        for column in columns:
            line = first_line.setdefault((column, row[column]), row.line)
            if line != row.line:
                raise row.error(f"{column} “{row[column]}” is already on line {line}")
        yield row


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[_Row]:
    lines = csv.reader(StringIO(_text(path), newline=""), strict=True)
    try:
        if tuple(next(lines, ())) != columns:
            raise BankError(path, 1, f"the columns must be {','.join(columns)}")
        for cells in lines:
            yield _row(path, lines.line_num, columns, cells)
    except csv.Error as error:
        raise BankError(path, lines.line_num, str(error)) from error


def _row(path: Path, line: int, columns: tuple[str, ...], cells: list[str]) -> _Row:
    if len(cells) != len(columns):
        raise BankError(path, line, f"{len(columns)} values expected, {len(cells)} found")
    row = _Row(path, line, dict(zip(columns, (cell.strip() for cell in cells), strict=True)))
    for column in columns:
        if not row[column]:
            raise row.error(f"{column} is empty")
    return row


def _text(path: Path) -> str:
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")  # spreadsheets put a byte order mark in front
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BankError(path, line, "not UTF-8") from error
