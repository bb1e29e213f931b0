"""Reads `themes.csv` and `questions.csv` without Django, so that a migration and a script can both use it."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Literal

ThemeKind = Literal["leading", "lagging"]
QuestionKind = Literal["agreement", "scale", "choice", "open"]

THEME_KINDS: tuple[ThemeKind, ...] = ("leading", "lagging")
THEME_COLUMNS = ("code", "name_en", "name_nl", "kind", "position", "description_en", "description_nl")
QUESTION_COLUMNS = ("code", "theme", "kind", "points", "reversed", "short", "text_en", "text_nl")

# After these, columns for more languages may follow: name_de and description_de, or text_de. Single choices
# have their options in options_en, options_nl and so on, parted by |.
LANGUAGE = r"[a-z]{2,3}(?:-[a-z0-9]{2,8})?"
THEME_TEXTS = re.compile(rf"(name|description)_({LANGUAGE})")
QUESTION_TEXTS = re.compile(rf"(text|options)_({LANGUAGE})")

# Agreement runs from 1 (strongly disagree) to 5 (strongly agree), a scale from 0 to 10; a choice has as many
# points as options.
POINTS: dict[QuestionKind, int | range] = {
    "agreement": 5,
    "scale": 11,
    "choice": range(2, 8),
    "open": 0,
}


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
    other_languages: dict[str, dict[str, str]] = field(default_factory=dict)


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
    other_languages: dict[str, str] = field(default_factory=dict)
    options: list[dict[str, str]] = field(default_factory=list)


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

    def texts(self, columns: re.Pattern[str]) -> Iterator[tuple[str, str, str]]:
        """Part, language and text of each filled cell whose language has no column of its own to be in."""
        for column, text in self.cells.items():
            found = columns.fullmatch(column)
            own = found is not None and found[1] != "options" and found[2] in {"en", "nl"}
            if found is not None and text and not own:
                yield found[1], found[2], text

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
    rows = _unique(_rows(path, THEME_COLUMNS, THEME_TEXTS), "code", "position")
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
        other_languages=_theme_texts(row),
    )


def _theme_texts(row: _Row) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for part, language, text in row.texts(THEME_TEXTS):
        found.setdefault(language, {})[part] = text
    return found


def _read_questions(path: Path, themes: set[str]) -> tuple[BankQuestion, ...]:
    questions: list[BankQuestion] = []
    last_position = dict.fromkeys(themes, 0)
    for row in _unique(_rows(path, QUESTION_COLUMNS, QUESTION_TEXTS), "code"):
        if row["theme"] not in themes:
            raise row.error(f"unknown theme “{row['theme']}”")
        last_position[row["theme"]] += 1
        questions.append(_question(row, position=last_position[row["theme"]]))
    return tuple(questions)


def _question(row: _Row, *, position: int) -> BankQuestion:
    kind = _question_kind(row)
    points = row.number("points")
    allowed = POINTS[kind]
    if points != allowed and not (isinstance(allowed, range) and points in allowed):
        wanted = f"{allowed[0]} to {allowed[-1]}" if isinstance(allowed, range) else allowed
        raise row.error(f"{kind} has {wanted} points, not {points}")
    is_reversed = row.flag("reversed")
    if is_reversed and kind in {"open", "choice"}:
        raise row.error(f"{'an open question' if kind == 'open' else 'a single choice'} cannot be reversed")
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
        other_languages={code: text for part, code, text in row.texts(QUESTION_TEXTS) if part == "text"},
        options=_options(row, points) if kind == "choice" else [],
    )


def _options(row: _Row, points: int) -> list[dict[str, str]]:
    options: list[dict[str, str]] = [{} for _ in range(points)]
    for part, language, text in row.texts(QUESTION_TEXTS):
        labels = [label.strip() for label in text.split("|")] if part == "options" else []
        if labels and (len(labels) != points or not all(labels)):
            raise row.error(f"options_{language} must hold {points} options, parted by |")
        for option, label in zip(options, labels, strict=False):
            option[language] = label
    for language in ("en", "nl"):
        if language not in options[0]:
            raise row.error(f"options_{language} is missing")
    return options


def _theme_kind(row: _Row) -> ThemeKind:
    for kind in THEME_KINDS:
        if row["kind"] == kind:
            return kind
    raise row.error(f"kind must be leading or lagging, not “{row['kind']}”")


def _question_kind(row: _Row) -> QuestionKind:
    for kind in POINTS:
        if row["kind"] == kind:
            return kind
    raise row.error(f"kind must be agreement, scale, choice or open, not “{row['kind']}”")


def _unique(rows: Iterator[_Row], *columns: str) -> Iterator[_Row]:
    first_line: dict[tuple[str, str], int] = {}
    for row in rows:
        for column in columns:
            line = first_line.setdefault((column, row[column]), row.line)
            if line != row.line:
                raise row.error(f"{column} “{row[column]}” is already on line {line}")
        yield row


def _rows(path: Path, columns: tuple[str, ...], texts: re.Pattern[str]) -> Iterator[_Row]:
    lines = csv.reader(StringIO(_text(path), newline=""), strict=True)
    try:
        header = tuple(next(lines, ()))
        more = header[len(columns) :]
        if header[: len(columns)] != columns or not all(map(texts.fullmatch, more)):
            raise BankError(path, 1, f"the columns must be {','.join(columns)}")
        for cells in lines:
            yield _row(path, lines.line_num, header, cells, required=len(columns))
    except csv.Error as error:
        raise BankError(path, lines.line_num, str(error)) from error


def _row(path: Path, line: int, columns: tuple[str, ...], cells: list[str], *, required: int) -> _Row:
    if len(cells) != len(columns):
        raise BankError(path, line, f"{len(columns)} values expected, {len(cells)} found")
    row = _Row(path, line, dict(zip(columns, (cell.strip() for cell in cells), strict=True)))
    for column in columns[:required]:
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
