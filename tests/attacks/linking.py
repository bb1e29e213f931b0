"""An attacker who reads the tables, row versions included, and says whose answer is whose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from operator import attrgetter
from typing import Any

from django.db import connection

from surveys.models import Wave

NEVER = 1e-9  # how often a test may fail by chance


@dataclass(frozen=True, slots=True)
class Row:
    """`says`: what tells us, and not the attacker, whose it is."""

    id: str
    unit: int
    version: int  # xmin, the transaction that wrote it
    place: tuple[int, int]  # ctid: page, and number on it
    says: Any


ORDERS: tuple[Callable[[Row], Any], ...] = (
    attrgetter("version", "place"),
    attrgetter("place"),
    attrgetter("id"),
)


def rows(table: str, wave: Wave, says: str) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT id::text, unit_id, xmin::text::bigint, ctid::text, {says}
            FROM {table} WHERE wave_id = %s
            """,  # noqa: S608 # table and column are literals of the tests
            [wave.pk],
        )
        found = cursor.fetchall()
    return [
        Row(number.rjust(40, "0"), unit, version, _place(place), said)
        for number, unit, version, place, said in found
    ]


def _place(ctid: str) -> tuple[int, int]:
    page, number = ctid.strip("()").split(",")
    return int(page), int(number)


def guesses(marked: Sequence[Row], answers: Sequence[Row]) -> Iterator[dict[str, str]]:
    """Ways to relate invitations that are marked as answered to answers of the same unit, by their ids."""
    by_unit: defaultdict[int, list[Row]] = defaultdict(list)
    for one in marked:
        by_unit[one.unit].append(one)
    yield _of_one_transaction(marked, answers)
    yield _nearest(by_unit, answers)
    for of_marked in ORDERS:
        for of_answers in ORDERS:
            yield _in_order(by_unit, answers, of_marked, of_answers)


def _of_one_transaction(marked: Sequence[Row], answers: Sequence[Row]) -> dict[str, str]:
    found = {(one.unit, one.version): one.id for one in marked}
    return {one.id: found[one.unit, one.version] for one in answers if (one.unit, one.version) in found}


def _nearest(by_unit: Mapping[int, list[Row]], answers: Sequence[Row]) -> dict[str, str]:
    return {
        one.id: min(by_unit[one.unit], key=lambda other: (abs(other.version - one.version), other.place)).id
        for one in answers
        if by_unit[one.unit]
    }


def _in_order(
    by_unit: Mapping[int, list[Row]],
    answers: Sequence[Row],
    of_marked: Callable[[Row], Any],
    of_answers: Callable[[Row], Any],
) -> dict[str, str]:
    """The last marked go with the answers that are there: earlier ones were mixed before."""
    found: dict[str, str] = {}
    of_unit: defaultdict[int, list[Row]] = defaultdict(list)
    for one in answers:
        of_unit[one.unit].append(one)
    for unit, sealed in of_unit.items():
        invited = sorted(by_unit[unit], key=of_marked)[-len(sealed) :]
        found |= {
            one.id: other.id for one, other in zip(sorted(sealed, key=of_answers), invited, strict=False)
        }
    return found


def most_matched(marked: Sequence[Row], answers: Sequence[Row]) -> int:
    """How many the best way gets right: the attacker is told which one it was."""
    whose = {one.id: one.says for one in marked}
    said = {one.id: one.says for one in answers}
    return max(
        sum(bool(whose[invitation] == said[answer]) for answer, invitation in guess.items())
        for guess in guesses(marked, answers)
    )


def chance(units: int, ways: int = 2 + len(ORDERS) ** 2) -> int:
    """As many matches as guessing hardly ever reaches in so many units.

    Dealing answers out at random gets one right in each unit, on average; how many in all is a Poisson
    number.
    """
    term: float = exp(-units)
    below, matches = term, 0
    while (1 - below) * ways > NEVER:
        matches += 1
        term *= units / matches
        below += term
    return matches + 1
