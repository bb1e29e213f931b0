"""An attacker who reads the tables, row versions included, and says whose answer is whose.

Nothing marks who answered, so each answer of a unit may be of anyone there. Its tickets tell more to who
holds the key (surveys/answering/tickets.py); without it they are tried as well.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp
from operator import attrgetter
from typing import Any

from django.db import connection

from surveys.answering.tickets import tickets_of
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


def rows(table: str, wave: Wave, says: str, *, name: str = "id") -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT {name}::text, unit_id, xmin::text::bigint, ctid::text, {says}
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


def tickets(wave: Wave) -> list[Row]:
    return rows("surveys_ticket", wave, "NULL", name="value")


def guesses(
    invited: Sequence[Row], answers: Sequence[Row], wave: Wave | None = None
) -> Iterator[dict[str, str]]:
    """Ways to relate invitations to answers of the same unit, by their ids; of a wave also by its tickets."""
    by_unit: defaultdict[int, list[Row]] = defaultdict(list)
    for one in invited:
        by_unit[one.unit].append(one)
    yield _of_one_transaction(invited, answers)
    yield _nearest(by_unit, answers)
    for of_invited in ORDERS:
        for of_answers in ORDERS:
            yield _in_order(by_unit, answers, of_invited, of_answers)
    if wave is not None:
        yield from _by_tickets(by_unit, answers, tickets(wave), wave)


def _by_tickets(
    by_unit: Mapping[int, list[Row]], answers: Sequence[Row], given: Sequence[Row], wave: Wave
) -> Iterator[dict[str, str]]:
    """An answer in the place of the ticket that came with it; and hashes that need no key."""
    answer_of = {found: answer for answer, found in _of_one_transaction(given, answers).items()}
    together = [replace(one, id=answer_of[one.id]) for one in given if one.id in answer_of]
    for of_invited in ORDERS:
        yield _in_order(by_unit, together, of_invited, attrgetter("place"))
        yield _in_order(by_unit, given, of_invited, attrgetter("id"), names=answer_of)
    for hashed in WITHOUT_KEY:
        owner = {
            "\\x" + hashed(wave, one.id.lstrip("0")).hex(): one.id
            for invited in by_unit.values()
            for one in invited
        }
        yield {answer: owner[value] for value, answer in answer_of.items() if value in owner}


WITHOUT_KEY: tuple[Callable[[Wave, str], bytes], ...] = (
    lambda _wave, number: hashlib.sha256(number.encode()).digest(),
    lambda wave, number: hmac.digest(wave.key_name.encode(), number.encode(), "sha256"),
    lambda wave, number: hmac.digest(bytes.fromhex(wave.key_name), number.encode(), "sha256"),
)


def with_the_key(wave: Wave, invited: Sequence[Row]) -> list[Row]:
    """Those who answered, at the place of their tickets."""
    place = {one.id: one for one in tickets(wave)}
    values = tickets_of(wave, [int(one.id) for one in invited])
    found = {one.id: place.get("\\x" + values[int(one.id)].hex()) for one in invited}
    return [
        replace(one, version=ticket.version, place=ticket.place)
        for one in invited
        if (ticket := found[one.id]) is not None
    ]


def _of_one_transaction(invited: Sequence[Row], answers: Sequence[Row]) -> dict[str, str]:
    found = {(one.unit, one.version): one.id for one in invited}
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
    of_invited: Callable[[Row], Any],
    of_answers: Callable[[Row], Any],
    *,
    names: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The last invited go with the answers that are there: earlier ones may have been mixed before.

    `names`: of answers, by what stands here in their place.
    """
    found: dict[str, str] = {}
    of_unit: defaultdict[int, list[Row]] = defaultdict(list)
    for one in answers:
        of_unit[one.unit].append(one)
    for unit, sealed in of_unit.items():
        invited = sorted(by_unit[unit], key=of_invited)[-len(sealed) :]
        found |= {
            names.get(one.id, "") if names else one.id: other.id
            for one, other in zip(sorted(sealed, key=of_answers), invited, strict=False)
        }
    return found


def most_matched(invited: Sequence[Row], answers: Sequence[Row], wave: Wave | None = None) -> int:
    """How many the best way gets right: the attacker is told which one it was."""
    whose = {one.id: one.says for one in invited}
    said = {one.id: one.says for one in answers}
    return max(
        sum(bool(whose[invitation] == said.get(answer)) for answer, invitation in guess.items())
        for guess in guesses(invited, answers, wave)
    )


WAYS = 2 + len(ORDERS) ** 2 + 2 * len(ORDERS) + len(WITHOUT_KEY)


def chance(units: int, ways: int = WAYS) -> int:
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
