from __future__ import annotations

from datetime import date

import pytest

from orgunits.imports import coherence
from orgunits.imports.people import PeopleFile, read_people
from orgunits.imports.problems import KEPT, Problem
from orgunits.imports.tables import LARGEST_FILE
from tests.orgunits.people_files import COLUMNS, as_csv, person


def read(content: bytes) -> PeopleFile:
    file = read_people("people.csv", content, default_language="nl")
    coherence.check(file.people, file.problems)
    return file


def problems(content: bytes) -> list[Problem]:
    return read(content).problems.in_order()


def only_problem(content: bytes) -> Problem:
    found = problems(content)
    assert len(found) == 1, found
    return found[0]


def test_a_row_becomes_a_person() -> None:
    file = read(
        as_csv(
            [
                person(
                    "E1",
                    "City/Care",
                    email="Jan@Example.ORG",
                    first_name=" Jan  Peter ",
                    language="EN",
                    joined_on="2024-02-29",
                    age_group="30–39",
                )
            ]
        )
    )
    one = file.people[0]
    assert (one.employee_id, one.email, one.first_name) == ("E1", "jan@example.org", "Jan Peter")
    assert (one.unit_path, one.language, one.joined_on) == (("City", "Care"), "en", date(2024, 2, 29))
    assert one.traits == {"age_group": "30–39"}
    assert not file.problems


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["bare", "BOM"])
@pytest.mark.parametrize("line_end", [b"\r\n", b"\n", b"\r"], ids=["CRLF", "LF", "CR"])
def test_any_usual_way_of_writing_csv_is_read(delimiter: str, mark: bytes, line_end: bytes) -> None:
    content = as_csv([person("E1", last_name="de Vries, Jan;")], delimiter=delimiter)
    file = read(mark + content.replace(b"\r\n", line_end))
    assert [one.last_name for one in file.people] == ["de Vries, Jan;"]


def test_columns_may_come_in_any_order_and_case() -> None:
    content = b"UNIT_PATH,Email,employee_id,first_name,manager_email,last_name\nCity,a@example.org,1,A,,B\n"
    assert read(content).people[0].unit_path == ("City",)


def test_empty_lines_are_skipped_and_lines_keep_their_number() -> None:
    rows = [person("E1"), person("E1", email="")]
    content = as_csv(rows).replace(b"\r\n", b"\r\n\r\n,,,,,\r\n")
    assert only_problem(content).line == 7


def test_a_value_over_two_lines_counts_as_two_lines() -> None:
    content = as_csv([person("E1", last_name="de\nVries"), person("E1", email="")])
    assert only_problem(content).line == 4


def test_a_formula_is_kept_as_text() -> None:
    file = read(as_csv([person("E1", last_name="=HYPERLINK(1)")]))
    assert file.people[0].last_name == "=HYPERLINK(1)"


def test_someone_without_an_address_is_fine() -> None:
    assert not problems(as_csv([person("E1", email=""), person("E2", email="")]))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\n\n  \n", "empty"),
        (as_csv([]), "no people"),
        (b"x" * (LARGEST_FILE + 1), "larger than 25 MB"),
        (b"\xd0\xcf\x11\xe0 old", ".xls"),
    ],
    ids=["empty", "blank", "only a header", "huge", "old Excel"],
)
def test_a_file_that_holds_nobody_is_refused(content: bytes, reason: str) -> None:
    assert reason in only_problem(content).reason


@pytest.mark.parametrize("column", COLUMNS)
def test_each_missing_column_is_named(column: str) -> None:
    left = [name for name in COLUMNS if name != column]
    problem = only_problem(as_csv([person("E1")], columns=left))
    assert (problem.line, problem.column) == (1, column)
    assert "missing" in problem.reason


def test_a_column_that_is_there_twice_is_named() -> None:
    content = as_csv([person("E1")]).replace(b"last_name", b"First_Name", 1)
    assert {(problem.column, problem.line) for problem in problems(content)} == {
        ("first_name", 1),
        ("last_name", 1),
    }


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_another_encoding_is_refused_with_its_line(encoding: str) -> None:
    content = as_csv([person("E1"), person("E2", first_name="Zoë")]).decode().encode(encoding)
    problem = only_problem(content)
    assert problem.line == 3
    assert "UTF-8" in problem.reason


def test_utf_16_is_refused() -> None:
    assert "UTF-8" in only_problem(as_csv([person("E1")]).decode().encode("utf-16")).reason


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({"employee_id": ""}, "employee_id", "empty"),
        ({"employee_id": "x" * 65}, "employee_id", "64"),
        ({"email": "no address"}, "email", "not an e-mail address"),
        ({"first_name": "x" * 101}, "first_name", "100"),
        ({"last_name": "a\x00b"}, "last_name", "cannot be printed"),
        ({"unit_path": ""}, "unit_path", "empty"),
        ({"unit_path": "City//Care"}, "unit_path", "no name"),
        ({"unit_path": "City/Care/"}, "unit_path", "no name"),
        ({"unit_path": "City/" + "x" * 201}, "unit_path", "200"),
        ({"unit_path": "/".join(["City"] + ["x"] * 60)}, "unit_path", "60 levels"),
        ({"manager_email": "nobody@example.org"}, "manager_email", "Nobody in the file"),
        ({"language": "fr"}, "language", "nl, en"),
        ({"joined_on": "2024-13-01"}, "joined_on", "not a date"),
        ({"joined_on": "yesterday"}, "joined_on", "not a date"),
        ({"band": "x" * 201}, "band", "200"),
    ],
)
def test_a_wrong_value_is_reported_with_line_and_column(
    changes: dict[str, str], column: str, reason: str
) -> None:
    problem = only_problem(as_csv([person("E1"), person("E2") | changes]))
    assert (problem.file, problem.line, problem.column) == ("people.csv", 3, column)
    assert reason in problem.reason


def test_a_dutch_date_is_read_with_the_day_first() -> None:
    assert read(as_csv([person("E1", joined_on="1-12-2025")])).people[0].joined_on == date(2025, 12, 1)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"E2,e2@example.org,A,B", "4 values"),
        (b"E2,e2@example.org,A,B,City,,more", "without a name"),
        (b'E2,e2@example.org,A,"B,City,', "quotation mark"),
    ],
    ids=["too few", "too many", "open quotation"],
)
def test_a_line_of_the_wrong_shape_is_reported(line: bytes, reason: str) -> None:
    found = problems(as_csv([person("E1")]) + line + b"\r\n")
    assert found[0].line == 3
    assert reason in found[0].reason


def test_employee_numbers_and_addresses_are_there_once() -> None:
    found = problems(as_csv([person("E1"), person("E2", email="E1@example.org"), person("E1", email="")]))
    assert [(problem.line, problem.column) for problem in found] == [(3, "email"), (4, "employee_id")]
    assert all("line 2" in problem.reason for problem in found)


def test_all_units_hang_under_one_root() -> None:
    problem = only_problem(as_csv([person("E1", "Town/Care"), person("E2", "City"), person("E3", "City/A")]))
    assert (problem.line, problem.column) == (2, "unit_path")


def test_a_circle_of_managers_is_reported_once() -> None:
    rows = [person("E0"), person("E1", manager="E2"), person("E2", manager="E3"), person("E3", manager="E1")]
    problem = only_problem(as_csv([*rows, person("E4", manager="E1")]))
    assert (problem.line, problem.column) == (3, "manager_email")
    assert "E1 → E2 → E3 → E1" in problem.reason


def test_nobody_is_their_own_manager() -> None:
    assert "E1 → E1" in only_problem(as_csv([person("E1", manager="E1")])).reason


def test_a_manager_whose_own_row_is_wrong_is_still_known() -> None:
    rows = [person("E1", language="fr"), person("E2", manager="E1")]
    assert only_problem(as_csv(rows)).column == "language"


def test_all_problems_come_at_once_up_to_a_limit() -> None:
    file = read(as_csv([person(f"E{number}", language="fr") for number in range(KEPT + 100)]))
    assert file.problems.count == KEPT + 100
    assert len(file.problems.kept) == KEPT
