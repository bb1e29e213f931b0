"""What a folder must hold, and what is said of one that does not."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from listening.replay.reading import RecordingError, read_recording

from .conftest import Change

MOVES = "employee_id,before_wave,unit_path"
EVENTS = "name,kind,before_wave,unit_path"
COMMENTS = "employee_id,wave,question_code,text"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(RecordingError) as caught:
        read_recording(folder)
    return [str(problem) for problem in caught.value.problems]


def test_a_folder_becomes_people_questions_and_replies(folder: Path) -> None:
    recording = read_recording(folder)

    assert len(recording.people) == 13
    assert [(q.code, q.points, q.reversed) for q in recording.questions] == [
        ("Q1", 5, False),
        ("Q2", 7, True),
    ]
    assert recording.waves == 2
    assert [reply.employee_id for reply in recording.replies[1]][:7] == [
        "A1",
        "A2",
        "A3",
        "A4",
        "A5",
        "A6",
        "B1",
    ]
    assert recording.replies[1][0].scores == (2, 2)


def test_without_a_list_each_question_is_a_five_point_one_of_a_theme_of_its_own(folder: Path) -> None:
    (folder / "questions.csv").unlink()

    questions = read_recording(folder).questions

    assert [(q.code, q.theme, q.points, q.text_nl) for q in questions] == [
        ("Q1", "Q1", 5, "Q1"),
        ("Q2", "Q2", 5, "Q2"),
    ]


def test_answers_may_be_packed(folder: Path) -> None:
    plain = folder / "answers.csv"
    (folder / "answers.csv.gz").write_bytes(gzip.compress(plain.read_bytes()))
    plain.unlink()

    assert len(read_recording(folder).replies[2]) == 12


def test_a_spreadsheets_semicolons_byte_order_mark_and_decimals_are_understood(folder: Path) -> None:
    path = folder / "answers.csv"
    text = path.read_text().replace(",", ";").replace("A1;1;Q1;2", "A1;1;Q1;4.0")
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())

    assert read_recording(folder).replies[1][0].scores == (4, 2)


def test_an_empty_score_is_a_skipped_question_of_someone_who_answered(folder: Path, add: Change) -> None:
    add("answers.csv", "D1,1,Q1,", "D1,1,Q2,3")

    assert read_recording(folder).replies[1][-1].scores == (None, 3)


def test_a_comment_belongs_to_a_scored_question_or_is_a_general_one(folder: Path, add: Change) -> None:
    add("comments.csv", "A1,1,Q1,Fine", "A1,1,,Busy", "A1,1,open,Late", header=COMMENTS)

    assert read_recording(folder).replies[1][0].comments == {"Q1": "Fine", "": "Busy\n\nLate"}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("X9,1,Q1,3", "employee_id: 'X9' is not in people.csv."),
        ("D1,0,Q1,3", "wave: Waves count from 1 to 1000, not 0."),
        ("D1,first,Q1,3", "wave: 'first' is not a whole number."),
        ("D1,1,Q9,3", "question_code: There is no question 'Q9' in questions.csv."),
        ("D1,1,Q1,6", "score: 'Q1' takes 1 to 5, not 6."),
        ("D1,1,Q1,3.5", "score: '3.5' is not a whole number."),
        ("D1,1,Q1,nan", "score: 'nan' is not a whole number."),
        ("A1,1,Q1,3", "question_code: This person already answered 'Q1' in this wave."),
    ],
)
def test_a_wrong_answer_is_told_with_file_line_and_reason(
    folder: Path, add: Change, line: str, problem: str
) -> None:
    add("answers.csv", line)

    assert problems_of(folder) == [f"answers.csv, line 50, {problem}"]


@pytest.mark.parametrize(
    ("name", "header", "line", "problem"),
    [
        ("questions.csv", "", "Q3,Three,,t,12,0", "points: A question has 2 to 11 points, or 0 when"),
        ("questions.csv", "", "Q1,Again,,t,5,0", "code: 'Q1' is there more than once."),
        ("questions.csv", "", "Q3,Three,,t,5,maybe", "reversed: 'maybe' is neither 0 nor 1."),
        ("moves.csv", MOVES, "A1,2,Village/Team A", "unit_path: This starts with 'Village'; all units"),
        ("moves.csv", MOVES, "A1,2,Town//Team B", "unit_path: A level has no name"),
        ("events.csv", EVENTS, "Move,relocation,2,Town/Team C", "unit_path: 'Town/Team C' is no unit at"),
        ("comments.csv", COMMENTS, "A1,1,Q1,", "text: This is empty."),
    ],
)
def test_a_wrong_row_of_any_file_is_told(
    folder: Path, add: Change, name: str, header: str, line: str, problem: str
) -> None:
    add(name, line, header=header)

    [told] = problems_of(folder)
    assert told.startswith(f"{name}, ")
    assert problem in told


def test_all_problems_of_all_files_are_told_at_once(folder: Path, add: Change) -> None:
    add("people.csv", "A1,a1@example.org,Twice,There,Town,")
    add("answers.csv", "X9,1,Q1,3", "D1,1,Q1,9")

    assert len(problems_of(folder)) == 4


def test_an_event_may_happen_in_a_unit_that_a_move_makes(folder: Path, add: Change) -> None:
    add("moves.csv", "A1,2,Town/Team C", header=MOVES)
    add("events.csv", "New team,reorganisation,2,Town/Team C", header=EVENTS)

    recording = read_recording(folder)

    assert recording.events_before(2)[0].unit_path == ("Town", "Team C")
    places = {person.employee_id: person.unit_path for person in recording.people_before(2)}
    assert places["A1"] == ("Town", "Team C")


def test_a_cut_off_packed_file_is_told(folder: Path) -> None:
    plain = folder / "answers.csv"
    (folder / "answers.csv.gz").write_bytes(gzip.compress(plain.read_bytes())[:-20])
    plain.unlink()

    [told] = problems_of(folder)
    assert told.startswith("answers.csv.gz: This is not a whole gzip file")


def test_missing_files_and_columns_are_told(folder: Path) -> None:
    (folder / "people.csv").unlink()
    (folder / "answers.csv").write_text("employee_id,wave\nA1,1\n")

    told = problems_of(folder)
    assert told[0].startswith("people.csv: There is no such file")
    assert told[1] == "answers.csv, line 1: Missing in the first line: question_code, score."


def test_a_file_without_answers_is_told(folder: Path) -> None:
    (folder / "answers.csv").write_text("employee_id,wave,question_code,score\n")

    assert problems_of(folder) == ["answers.csv: The file has a header but no answers."]
