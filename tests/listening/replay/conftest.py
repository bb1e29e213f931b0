from collections.abc import Callable
from pathlib import Path

import pytest

from tests.recordings import ANSWERS, PEOPLE, QUESTIONS, write_rows

Change = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve people in two teams, two questions, two waves in which all but the director answer."""
    people = [("D1", "d1@example.org", "Dina", "Top", "Town", "")]
    people += [
        (f"{team}{n}", f"{team}{n}@example.org", team, str(n), f"Town/Team {team}", "d1@example.org")
        for team in "AB"
        for n in range(1, 7)
    ]
    write_rows(tmp_path / "people.csv", PEOPLE, people)
    write_rows(
        tmp_path / "questions.csv",
        QUESTIONS,
        [("Q1", "One", "Een", "energy", 5, 0), ("Q2", "Two", "Twee", "own", 7, 1)],
    )
    write_rows(
        tmp_path / "answers.csv",
        ANSWERS,
        [
            (row[0], wave, code, 1 + (place + wave) % 5)
            for wave in (1, 2)
            for place, row in enumerate(people[1:])
            for code in ("Q1", "Q2")
        ],
    )
    return tmp_path


@pytest.fixture
def add(folder: Path) -> Change:
    """Adds lines to a file of the folder, under a header when the file is new."""

    def add(name: str, *lines: str, header: str = "") -> Path:
        path = folder / name
        text = path.read_text() if path.exists() else f"{header}\n"
        path.write_text(text + "".join(f"{line}\n" for line in lines))
        return folder

    return add
