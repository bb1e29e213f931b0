"""The units of the municipality and who works there."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from numpy.random import Generator

from orgunits.imports.people import Person, UnitPath

from .names import FIRST_NAMES, LAST_NAMES

NAME, SLUG = "Gemeente Lindewaard", "lindewaard"
MAIL_DOMAIN = "lindewaard.example"  # RFC 2606: no mail can ever arrive there

# A unit a line, two spaces deeper for each level: directorates, departments, teams.
UNITS = Path(__file__).with_name("units.txt")
INDENT = 2
TEAM_DEPTH = 4

# Who signs in to look around: unit, place in it (0 leads), and the address they have.
KNOWN_ADDRESSES = {
    (NAME, 0): "directeur",
    ("HR-advies", 1): "hr",
    ("Telefonie Ochtend", 0): "teamleider",
    ("Privacy en Gegevens", 1): "privacy",
    ("Servicedesk", 1): "it",
}

# The smallest teams show how results of few people move one level up.
TEAM_SIZES = (3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 24)
TEAM_CHANCES = (
    0.03,
    0.05,
    0.06,
    0.08,
    0.09,
    0.08,
    0.08,
    0.08,
    0.08,
    0.08,
    0.07,
    0.06,
    0.05,
    0.05,
    0.03,
    0.03,
)
FIXED_SIZES = {"Telefonie Ochtend": 18, "HR-advies": 9, "Privacy en Gegevens": 6, "Servicedesk": 12}
STAFF = {1: (1, 1), 2: (1, 4), 3: (0, 3)}  # by level: fewest and most beside the one who leads it

CONTRACTS = (("vast", 0.74), ("tijdelijk", 0.17), ("inhuur", 0.09))
LOCATIONS = (("Stadhuis", 0.6), ("Werf Zuid", 0.22), ("Wijkcentrum Noord", 0.18))
FUNCTION_GROUPS = (("uitvoering", 0.48), ("beleid en advies", 0.22), ("ondersteuning", 0.3))
AGE_BANDS = (("tot 35", 0.27), ("35-44", 0.24), ("45-54", 0.25), ("55 en ouder", 0.24))
SHARE_ENGLISH = 0.02


@dataclass(frozen=True, slots=True)
class OwnGroup:
    """A unit with the people placed in it; the first of them leads it."""

    path: UnitPath
    size: int


def unit_paths() -> Iterator[UnitPath]:
    """Every unit, parents first."""
    path: UnitPath = (NAME,)
    yield path
    for line in UNITS.read_text(encoding="utf-8").splitlines():
        name = line.lstrip()
        depth = 1 + (len(line) - len(name)) // INDENT
        path = (*path[:depth], name)
        yield path


def own_groups(chance: Generator) -> list[OwnGroup]:
    return [OwnGroup(path, size_of(path, chance)) for path in unit_paths()]


def size_of(path: UnitPath, chance: Generator) -> int:
    if path[-1] in FIXED_SIZES:
        return FIXED_SIZES[path[-1]]
    if len(path) == TEAM_DEPTH:
        return int(chance.choice(TEAM_SIZES, p=TEAM_CHANCES))
    fewest, most = STAFF[len(path)]
    return 1 + int(chance.integers(fewest, most, endpoint=True))


def employ(groups: list[OwnGroup], chance: Generator, *, today: date) -> list[Person]:
    """Everyone, unit by unit, the leader of each first."""
    leaders: dict[UnitPath, str] = {}
    people: list[Person] = []
    taken: dict[str, int] = {}
    for group in groups:
        for place in range(group.size):
            first, last = str(chance.choice(FIRST_NAMES)), str(chance.choice(LAST_NAMES))
            name = KNOWN_ADDRESSES.get((group.path[-1], place), f"{first}.{last}")
            email = free_address(name, taken)
            manager = leaders[group.path] if place else leaders.get(group.path[:-1], "")
            leaders.setdefault(group.path, email)
            people.append(
                Person(
                    line=0,
                    employee_id=f"L{len(people) + 1:05}",
                    email=email,
                    first_name=first,
                    last_name=last,
                    unit_path=group.path,
                    manager_email=manager,
                    language="en" if chance.random() < SHARE_ENGLISH else "nl",
                    joined_on=today - timedelta(days=int(chance.integers(800, 9000))),
                    traits=traits(chance),
                )
            )
    return people


def free_address(name: str, taken: dict[str, int]) -> str:
    plain = unicodedata.normalize("NFKD", name.lower().replace(" ", "")).encode("ascii", "ignore").decode()
    taken[plain] = taken.get(plain, 0) + 1
    number = str(taken[plain]) if taken[plain] > 1 else ""
    return f"{plain}{number}@{MAIL_DOMAIN}"


def traits(chance: Generator) -> dict[str, str]:
    return {
        "contract": pick(CONTRACTS, chance),
        "locatie": pick(LOCATIONS, chance),
        "functiegroep": pick(FUNCTION_GROUPS, chance),
        "leeftijd": pick(AGE_BANDS, chance),
    }


def pick(shares: tuple[tuple[str, float], ...], chance: Generator) -> str:
    names, weights = zip(*shares, strict=True)
    return str(chance.choice(names, p=weights))
