from __future__ import annotations

import io
import time
import tracemalloc
import zipfile
from datetime import date

import pytest

from orgunits.imports import tables
from orgunits.imports.people import PeopleFile, read_people
from orgunits.imports.spreadsheet import LARGEST_UNPACKED, MOST_CELLS, MOST_MEMBERS
from tests.orgunits.people_files import as_xlsx, person

MB = 1024**2


def read(content: bytes) -> PeopleFile:
    return read_people("people.xlsx", content, default_language="nl")


def repacked(content: bytes, **members: bytes) -> bytes:
    """The same archive with other contents for some members."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, members.get(name, old.read(name)))
    return target.getvalue()


def test_a_spreadsheet_is_read_like_a_csv() -> None:
    rows = [
        person("a", "City") | {"employee_id": 1001, "joined_on": date(2024, 5, 1), "grade": 7.0},
        person("E2", "City/Care", joined_on=None, grade=None),
    ]
    file = read(as_xlsx(rows))
    assert not file.problems
    assert [one.employee_id for one in file.people] == ["1001", "E2"]
    assert [one.joined_on for one in file.people] == [date(2024, 5, 1), None]
    assert [one.traits for one in file.people] == [{"grade": "7"}, {}]
    assert [one.line for one in file.people] == [2, 3]


def test_a_wrong_cell_is_reported_with_its_row() -> None:
    file = read(as_xlsx([person("E1"), person("E2", language="fr")]))
    assert [(problem.line, problem.column) for problem in file.problems.kept] == [(3, "language")]


@pytest.mark.parametrize("size", [200 * MB, LARGEST_UNPACKED + 1])
def test_a_bomb_is_refused_quickly_and_in_little_memory(size: int) -> None:
    bomb = repacked(as_xlsx([person("E1")]), **{"xl/worksheets/sheet1.xml": bytes(size)})
    assert len(bomb) < MB
    tracemalloc.start()
    started = time.process_time()
    file = read(bomb)
    seconds, (_, peak) = time.process_time() - started, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "more than 100 MB" in file.problems.kept[0].reason
    assert seconds < 1
    assert peak < 20 * MB


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    name = b"xl/worksheets/sheet1.xml"
    bomb = bytearray(repacked(as_xlsx([person("E1")]), **{name.decode(): bytes(200 * MB)}))
    entry = bomb.rindex(name)  # in the directory at the end, where its unpacked size stands 22 bytes earlier
    bomb[entry - 22 : entry - 18] = (1000).to_bytes(4, "little")
    started = time.process_time()
    file = read(bytes(bomb))
    assert file.problems.count == 1
    assert time.process_time() - started < 1


def test_entities_that_multiply_are_refused() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))
    sheet = f"<?xml version='1.0'?><!DOCTYPE s [{laughs}]><worksheet>&l9;</worksheet>".encode()
    file = read(repacked(as_xlsx([person("E1")]), **{"xl/worksheets/sheet1.xml": sheet}))
    assert "cannot be opened" in file.problems.kept[0].reason


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04 and then nothing", b"PK", as_xlsx([person("E1")])[:-100]],
    ids=["no archive", "two letters", "cut off"],
)
def test_a_broken_spreadsheet_is_refused(content: bytes) -> None:
    file = read(content)
    assert file.problems.count == 1
    assert "cannot be opened" in file.problems.kept[0].reason


def test_an_archive_of_something_else_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("letter.txt", "dear reader")
    assert "cannot be opened" in read(target.getvalue()).problems.kept[0].reason


TOO_MANY = MOST_CELLS + 1000  # a few are cut in two where the counting goes on to the next chunk


def sheet_of(rows: str) -> bytes:
    """A spreadsheet whose one sheet holds this XML."""
    start = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    sheet = f"{start}{rows}</sheetData></worksheet>".encode()
    return repacked(as_xlsx([person("E1")]), **{"xl/worksheets/sheet1.xml": sheet})


def test_a_spreadsheet_with_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    assert not read(as_xlsx([person(f"E{number}") for number in range(3)])).problems
    file = read(as_xlsx([person(f"E{number}") for number in range(4)]))
    assert "more than 250,000 rows" in file.problems.kept[0].reason


@pytest.mark.parametrize(
    "rows",
    [
        "<row>" + '<c t="n"/>' * TOO_MANY + "</row>",
        "<row><c/></row>" * TOO_MANY,
    ],
    ids=["one wide row", "many short rows"],
)
def test_a_sheet_with_too_many_cells_is_refused_before_it_is_opened(rows: str) -> None:
    started = time.process_time()
    file = read(sheet_of(rows))
    assert "more than 2,500,000 cells" in file.problems.kept[0].reason
    assert time.process_time() - started < 3


def test_an_archive_of_very_many_files_is_refused() -> None:
    target = io.BytesIO(as_xlsx([person("E1")]))
    with zipfile.ZipFile(target, "a") as archive:
        for number in range(MOST_MEMBERS):
            archive.writestr(f"xl/media/{number}.png", b"")
    assert "more than 100 MB" in read(target.getvalue()).problems.kept[0].reason


def test_a_spreadsheet_larger_than_any_file_may_be_is_refused_unopened() -> None:
    file = read(as_xlsx([person("E1")]) + bytes(tables.LARGEST_FILE))
    assert "larger than 25 MB" in file.problems.kept[0].reason
