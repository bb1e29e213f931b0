"""A folder of recorded files, read and checked as a whole before anything is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from accounts.languages import default_language
from orgunits.imports import coherence
from orgunits.imports.people import Person, UnitPath, read_people
from orgunits.imports.problems import Problem, Problems

from .recording import Event, Move, RecordedQuestion, Recording, Reply
from .tables import Line, RowError, read_table

MOST_POINTS = 11
LONGEST_CODE = 64
LONGEST_TEXT = 500
LONGEST_COMMENT = 10_000
LONGEST_EVENT = 200
LONGEST_KIND = 40
YES = {"1", "true", "yes"}
NO = {"0", "false", "no", ""}
ANSWER_COLUMNS = ("employee_id", "wave", "question_code", "score")
PROBLEMS_TOLD = 30
IN_WORDS = 0  # the points of a question that has no score

Made = TypeVar("Made")
Who = tuple[int, str]  # a wave and an employee


class RecordingError(Exception):
    """The folder cannot be replayed; `problems` says what is wrong, each with its file and line."""

    def __init__(self, folder: Path, problems: list[Problem], count: int) -> None:
        told = "\n".join(str(problem) for problem in problems[:PROBLEMS_TOLD])
        rest = f"\n… and {count - PROBLEMS_TOLD} more" if count > PROBLEMS_TOLD else ""
        noun = "problem" if count == 1 else "problems"
        super().__init__(f"Nothing was replayed: {count} {noun} in {folder}.\n{told}{rest}")
        self.problems = problems


def read_recording(folder: Path, *, language: str = "") -> Recording:
    """`language`: of the people whose row names none; else the installation's.

    Raises RecordingError with all that is wrong.
    """
    reading = Reading(folder, language or default_language())
    recording = reading.read()
    if recording is None:
        problems = [problem for found in reading.found for problem in found.in_order()]
        raise RecordingError(folder, problems, sum(found.count for found in reading.found))
    return recording


@dataclass(slots=True)
class Reading:
    folder: Path
    language: str
    found: list[Problems] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    employee_ids: frozenset[str] = frozenset()
    questions: dict[str, RecordedQuestion] = field(default_factory=dict)
    scores: defaultdict[Who, dict[str, int | None]] = field(default_factory=lambda: defaultdict(dict))
    comments: defaultdict[Who, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    moves: list[Move] = field(default_factory=list)

    def read(self) -> Recording | None:
        """None when there is a problem in any of the files."""
        self.read_people()
        self.read_optional("questions.csv", ("code", "text_en", "text_nl", "theme"), self.question)
        # Without a list of questions the answers tell which there are.
        answer = self.answer if self.questions else self.answer_to_any
        self.read_answers(answer)
        self.moves = self.read_optional("moves.csv", ("employee_id", "before_wave", "unit_path"), self.move)
        events = self.read_optional("events.csv", ("name", "kind", "before_wave", "unit_path"), self.event)
        columns = ("employee_id", "wave", "question_code", "text")
        self.read_optional("comments.csv", columns, self.comment)
        if any(self.found):
            return None
        scored = [question for question in self.questions.values() if question.points != IN_WORDS]
        return Recording(self.people, scored, self.replies(scored), self.moves, events)

    # Files

    def problems_of(self, name: str) -> Problems:
        problems = Problems(name)
        self.found.append(problems)
        return problems

    def read_people(self) -> None:
        path = self.folder / "people.csv"
        if not path.exists():
            self.problems_of(path.name).add(0, "", f"There is no such file in {self.folder}.")
            return
        file = read_people(path.name, path.read_bytes(), default_language=self.language)
        coherence.check(file.people, file.problems)
        self.found.append(file.problems)
        self.people = file.people
        self.employee_ids = frozenset(person.employee_id for person in file.people)

    def read_answers(self, use: Callable[[Line], None]) -> None:
        paths = [self.folder / name for name in ("answers.csv", "answers.csv.gz")]
        found = [path for path in paths if path.exists()]
        problems = self.problems_of(found[0].name if found else "answers.csv")
        if not found:
            problems.add(0, "", f"There is no such file in {self.folder}.")
        elif len(found) > 1:
            problems.add(0, "", "The folder also holds answers.csv.gz. Leave one of the two.")
        elif not (read_table(found[0], ANSWER_COLUMNS, problems, use) or problems):
            problems.add(0, "", "The file has a header but no answers.")

    def read_optional(self, name: str, columns: tuple[str, ...], use: Callable[[Line], Made]) -> list[Made]:
        path = self.folder / name
        return read_table(path, columns, self.problems_of(name), use) if path.exists() else []

    # Rows

    def question(self, line: Line) -> None:
        code = line.required("code", longest=LONGEST_CODE)
        if code in self.questions:
            raise RowError("code", f"'{code}' is there more than once.")
        text = line.required("text_en", longest=LONGEST_TEXT)
        self.questions[code] = RecordedQuestion(
            code=code,
            text_en=text,
            text_nl=line.text("text_nl", longest=LONGEST_TEXT) or text,
            theme=line.text("theme", longest=LONGEST_CODE) or code,
            points=points_of(line),
            reversed=flag_of(line, "reversed"),
        )

    def answer(self, line: Line) -> None:
        code = line.required("question_code", longest=LONGEST_CODE)
        question = self.questions.get(code)
        if question is None:
            raise RowError("question_code", f"There is no question '{code}' in questions.csv.")
        if question.points == IN_WORDS:
            raise RowError("question_code", f"'{code}' has 0 points, so it takes no score.")
        given = self.scores[self.who(line)]
        if code in given:
            raise RowError("question_code", f"This person already answered '{code}' in this wave.")
        given[code] = score_of(line, question)

    def answer_to_any(self, line: Line) -> None:
        code = line.required("question_code", longest=LONGEST_CODE)
        self.questions.setdefault(code, RecordedQuestion(code, code, code, theme=code))
        self.answer(line)

    def comment(self, line: Line) -> None:
        """A comment on a scored question belongs to that question, others are general ones."""
        code = line.text("question_code", longest=LONGEST_CODE)
        text = line.required("text", longest=LONGEST_COMMENT)
        question = self.questions.get(code)
        about = code if question and question.points != IN_WORDS else ""
        written = self.comments[self.who(line)]
        written[about] = f"{written[about]}\n\n{text}" if about in written else text

    def move(self, line: Line) -> Move:
        return Move(self.employee(line), line.wave("before_wave"), self.place(line))

    def event(self, line: Line) -> Event:
        wave, unit_path = line.wave("before_wave"), self.place(line)
        if unit_path not in self.units_until(wave):
            raise RowError("unit_path", f"'{'/'.join(unit_path)}' is no unit at that time.")
        name = line.required("name", longest=LONGEST_EVENT)
        return Event(name, line.required("kind", longest=LONGEST_KIND), wave, unit_path)

    # Parts of a row

    def who(self, line: Line) -> Who:
        return line.wave("wave"), self.employee(line)

    def employee(self, line: Line) -> str:
        employee_id = line.required("employee_id", longest=LONGEST_CODE)
        if employee_id not in self.employee_ids:
            raise RowError("employee_id", f"'{employee_id}' is not in people.csv.")
        return employee_id

    def place(self, line: Line) -> UnitPath:
        path = line.unit_path("unit_path")
        if self.people and path[0] != self.people[0].unit_path[0]:
            root = self.people[0].unit_path[0]
            raise RowError("unit_path", f"This starts with '{path[0]}'; all units hang under '{root}'.")
        return path

    def units_until(self, wave: int) -> set[UnitPath]:
        paths = {person.unit_path for person in self.people}
        paths |= {move.unit_path for move in self.moves if move.before_wave <= wave}
        return {path[:length] for path in paths for length in range(1, len(path) + 1)}

    # The whole

    def replies(self, questions: list[RecordedQuestion]) -> dict[int, list[Reply]]:
        replies: defaultdict[int, list[Reply]] = defaultdict(list)
        for who in sorted(self.scores.keys() | self.comments.keys()):
            wave, employee_id = who
            given = self.scores.get(who, {})
            scores = tuple(given.get(question.code) for question in questions)
            replies[wave].append(Reply(employee_id, scores, self.comments.get(who, {})))
        return dict(replies)


def points_of(line: Line) -> int:
    if not line.cells.get("points"):
        return 5
    points = line.whole("points")
    if points == IN_WORDS or 2 <= points <= MOST_POINTS:
        return points
    raise RowError("points", f"A question has 2 to {MOST_POINTS} points, or 0 when it is answered in words.")


def flag_of(line: Line, column: str) -> bool:
    text = line.text(column, longest=10).lower()
    if text not in YES | NO:
        raise RowError(column, f"'{text}' is neither 0 nor 1.")
    return text in YES


def score_of(line: Line, question: RecordedQuestion) -> int | None:
    """None for an empty cell: the person answered, but skipped this question."""
    if not line.cells["score"]:
        return None
    score = line.whole("score")
    if question.lowest <= score <= question.highest:
        return score
    raise RowError("score", f"'{question.code}' takes {question.lowest} to {question.highest}, not {score}.")
