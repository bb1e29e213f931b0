"""Folders for `manage.py replay`, generated from a seed."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PEOPLE = ("employee_id", "email", "first_name", "last_name", "unit_path", "manager_email")
ANSWERS = ("employee_id", "wave", "question_code", "score")
QUESTIONS = ("code", "text_en", "text_nl", "theme", "points", "reversed")

# People invited per company of an army brigade in 16 battalions: the shape of the data set univbct of
# the R package multilevel (Bliese), without its data. 14 companies have fewer than 5 who answer, 6 have one.
COMPANIES = (47, 44, 43, 42, 38, 33, 29, 28, 28, 27, 24, 22, 18, 17, 17, 13, 13, 13, 13, 12, 12, 9, 9)
SMALL_COMPANIES = (8, 8, 7, 7, 7, 7, 5, 5, 5, 5, 5, 3, 3, 3, 2, 2, 2, 1, 1, 1)
BATTALIONS = 16


@dataclass(frozen=True, slots=True)
class Shape:
    """`sizes`: people placed in each unit, by path; the first of a unit leads it."""

    sizes: Mapping[str, int]
    questions: int = 11
    waves: int = 3
    participation: float = 0.75
    skips: float = 0.01


def brigade() -> Shape:
    sizes = {"Brigade": 1} | {f"Brigade/Battalion {number:02}": 1 for number in range(BATTALIONS)}
    for number, size in enumerate(COMPANIES + SMALL_COMPANIES):
        sizes[f"Brigade/Battalion {number % BATTALIONS:02}/Company {number:02}"] = size
    return Shape(sizes, questions=10)


def town(people: int, *, team: int = 12, **fields: int) -> Shape:
    """Departments of ten teams each."""
    teams = people // team
    sizes = {"Town": 1}
    for number in range(teams):
        sizes.setdefault(f"Town/Department {number // 10}", 1)
        sizes[f"Town/Department {number // 10}/Team {number}"] = team - 1
    sizes["Town"] += people - sum(sizes.values())
    return Shape(sizes, **fields)


def write(folder: Path, shape: Shape, *, seed: int = 1) -> Path:
    """people.csv, questions.csv and answers.csv."""
    chance = random.Random(seed)
    people = list(people_rows(shape))
    write_rows(folder / "people.csv", PEOPLE, people)
    write_rows(folder / "questions.csv", QUESTIONS, question_rows(shape))
    write_rows(folder / "answers.csv", ANSWERS, answer_rows(shape, people, chance))
    return folder


def people_rows(shape: Shape) -> Iterable[tuple[str, ...]]:
    leaders: dict[str, str] = {}
    number = 0
    for path, size in shape.sizes.items():
        for place in range(size):
            number += 1
            email = f"person{number}@example.org"
            above = leaders.get(path.rpartition("/")[0], "") if place == 0 else leaders[path]
            leaders.setdefault(path, email)
            yield f"E{number:05}", email, f"First{number}", f"Last{number}", path, above


def question_rows(shape: Shape) -> Iterable[tuple[object, ...]]:
    for number in range(1, shape.questions + 1):
        turned = int(number % 5 == 0)
        theme = f"theme{number % 3}"
        yield f"Q{number:02}", f"Statement {number}", f"Stelling {number}", theme, 5, turned


def answer_rows(
    shape: Shape, people: Sequence[tuple[str, ...]], chance: random.Random
) -> Iterable[tuple[object, ...]]:
    moods = {path: chance.gauss(3.3, 0.5) for path in shape.sizes}
    for wave in range(1, shape.waves + 1):
        for employee_id, *_names, path, _manager in people:
            if chance.random() > shape.participation:
                continue
            mood = chance.gauss(moods[path], 0.7)
            for number in range(1, shape.questions + 1):
                if chance.random() >= shape.skips:
                    score = min(max(round(chance.gauss(mood, 0.6)), 1), 5)
                    yield employee_id, wave, f"Q{number:02}", score


def write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
