"""A recorded organisation: who worked where, what was asked, and what people answered, wave by wave."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from orgunits.imports.columns import REQUIRED
from orgunits.imports.people import Person, UnitPath


@dataclass(frozen=True, slots=True)
class RecordedQuestion:
    code: str
    text_en: str
    text_nl: str
    theme: str
    points: int = 5
    reversed: bool = False

    @property
    def lowest(self) -> int:
        return 0 if self.points == 11 else 1

    @property
    def highest(self) -> int:
        return self.lowest + self.points - 1


@dataclass(frozen=True, slots=True)
class Reply:
    """What one person sent in one wave: scores in the order of the questions, None where they skipped.

    `comments`: texts by the code of a question; "" is the general one.
    """

    employee_id: str
    scores: tuple[int | None, ...]
    comments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Move:
    employee_id: str
    before_wave: int
    unit_path: UnitPath


@dataclass(frozen=True, slots=True)
class Event:
    name: str
    kind: str
    before_wave: int
    unit_path: UnitPath


@dataclass(frozen=True, slots=True)
class Recording:
    """`questions` holds scored ones only; `replies` by the number of the wave, from 1."""

    people: Sequence[Person]
    questions: Sequence[RecordedQuestion]
    replies: Mapping[int, Sequence[Reply]]
    moves: Sequence[Move] = ()
    events: Sequence[Event] = ()

    @property
    def name(self) -> str:
        return self.people[0].unit_path[0]

    @property
    def waves(self) -> int:
        return max(self.replies)

    def people_before(self, wave: int) -> list[Person]:
        """Everyone at the place where they work when the wave opens."""
        places = {move.employee_id: move.unit_path for move in self.moves_until(wave)}
        return [
            replace(person, unit_path=places.get(person.employee_id, person.unit_path))
            for person in self.people
        ]

    def moves_until(self, wave: int) -> list[Move]:
        due = [move for move in self.moves if move.before_wave <= wave]
        return sorted(due, key=lambda move: move.before_wave)

    def moves_before(self, wave: int) -> list[Move]:
        return [move for move in self.moves if move.before_wave == wave]

    def events_before(self, wave: int) -> list[Event]:
        return [event for event in self.events if event.before_wave == wave]


def people_file(people: Iterable[Person]) -> bytes:
    """As people.csv, the way an organisation would hand it in."""
    people = list(people)
    traits = sorted({name for person in people for name in person.traits})
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*REQUIRED, "language", "joined_on", *traits])
    for person in people:
        writer.writerow(
            [
                person.employee_id,
                person.email,
                person.first_name,
                person.last_name,
                "/".join(person.unit_path),
                person.manager_email,
                person.language,
                person.joined_on or "",
                *(person.traits.get(name, "") for name in traits),
            ]
        )
    return text.getvalue().encode()
