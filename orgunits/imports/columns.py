"""What each column of a file means: by its own name, or as the organisation said earlier."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.languages import language_codes
from orgunits.imports.problems import Problems
from orgunits.imports.tables import Row

REQUIRED = ("employee_id", "email", "first_name", "last_name", "unit_path", "manager_email")
OPTIONAL = ("language", "joined_on", "leaves_on")
ESSENTIAL = ("employee_id", "unit_path")  # a file that was mapped may do without the others
LEVEL = "unit_level"  # one level of the unit's path; several columns, from the top down
GROUP = "group"
IGNORED = "ignored"
ONCE = frozenset(REQUIRED + OPTIONAL)

LONGEST_NAME = 64
LONGEST_KEPT = 200
MOST_COLUMNS = 100
SAMPLES = 3
UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def language_with_codes() -> str:
    return _("Language (%(codes)s)") % {"codes": ", ".join(language_codes())}


MEANINGS: dict[str, str | Promise] = {
    "employee_id": gettext_lazy("Employee number"),
    "email": gettext_lazy("E-mail address"),
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "unit_path": gettext_lazy("Unit, with all levels: Services/Public desk"),
    LEVEL: gettext_lazy("One level of the unit, such as a department"),
    "manager_email": gettext_lazy("E-mail address of the manager"),
    "language": lazy(language_with_codes, str)(),
    "joined_on": gettext_lazy("In service since"),
    "leaves_on": gettext_lazy("Last day of work, if it is known"),
    GROUP: gettext_lazy("A group to compare, such as age group"),
    IGNORED: gettext_lazy("Leave this column out"),
}
# What the usual personnel systems call them; letters and digits only.
USUAL = {
    "employee_id": "personeelsnummer personeelsnr medewerkernummer medewerkernr medewerkerid employeenumber "
    "employeeno personnelnumber staffnumber stamnummer pernr id",
    "email": "emailadres emailaddress mail mailadres werkmail zakelijkemail workemail",
    "first_name": "voornaam roepnaam firstname givenname",
    "last_name": "achternaam naam geslachtsnaam lastname surname familyname",
    "unit_path": "unitpath organisatiepad afdelingspad path",
    LEVEL: "directie sector domein cluster afdeling team eenheid organisatieonderdeel bureau department "
    "division unit",
    "manager_email": "manageremail emailmanager leidinggevende emailleidinggevende leidinggevendeemail "
    "emailadresleidinggevende supervisoremail manager",
    "language": "taal taalcode lang",
    "joined_on": "indienst datumindienst indienstsinds startdatum startdate hiredate datejoined",
    "leaves_on": "uitdienst datumuitdienst uitdienstdatum uitdienstper laatstewerkdag einddatumdienstverband "
    "enddate lastday lastdayofwork terminationdate dateleft",
}
GUESSES = {word: meaning for meaning, words in USUAL.items() for word in [*words.split(), meaning]}

Meanings = Mapping[str, str]  # name of a column, as in the file but in lower case → meaning


@dataclass(frozen=True, slots=True)
class Columns:
    """The header: what each column is, in order. A group bears its own name; an unnamed column none.

    `root`: the name of the organisation's own unit, above the levels.
    """

    names: tuple[str, ...]
    root: str = ""

    @property
    def traits(self) -> tuple[str, ...]:
        known = {*REQUIRED, *OPTIONAL, LEVEL, IGNORED, ""}
        return tuple(name for name in self.names if name not in known)

    def __contains__(self, name: str) -> bool:
        return name in self.names or (name == "unit_path" and LEVEL in self.names)

    def as_in_file(self, header: Iterable[str]) -> dict[str, str]:
        """By meaning, what the file calls the column; the levels of a unit together."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for meaning, name in zip(self.names, header, strict=True):
            found["unit_path" if meaning == LEVEL else meaning].append(name)
        return {meaning: ", ".join(dict.fromkeys(names)) for meaning, names in found.items()}

    def missing(self, wanted: Iterable[str]) -> list[str]:
        return [name for name in wanted if name not in self]


def header_names(header: Row) -> list[str]:
    names = [" ".join(cell.lower().split())[:LONGEST_KEPT] for cell in header.cells]
    while names and not names[-1]:
        names.pop()
    return names


def as_columns(names: Iterable[str], meanings: Meanings, root: str) -> Columns:
    return Columns(tuple(meaning_of(name, meanings) for name in names), root)


def meaning_of(name: str, meanings: Meanings) -> str:
    meaning = meanings.get(name, name)
    return name if meaning == GROUP else meaning


def check_columns(columns: Columns, line: int, problems: Problems, required: Iterable[str]) -> None:
    if len(columns.names) > MOST_COLUMNS:
        problems.add(line, "", _("There are more than %(most)s columns.") % {"most": MOST_COLUMNS})
        return
    repeatable = {"", LEVEL, IGNORED}
    twice = {name for name in columns.names if columns.names.count(name) > 1}
    for name in sorted(twice - repeatable):
        problems.add(line, name, _("This column is there more than once."))
    for name in columns.missing(required):
        problems.add(line, name, _("This column is missing. The first line of the file names the columns."))
    for name in columns.names:
        if len(name) > LONGEST_NAME or UNPRINTABLE.search(name):
            problems.add(line, name[:LONGEST_NAME], _("This is not a usable name for a column."))


# Asking


@dataclass(frozen=True, slots=True)
class Column:
    """One column as the page that asks shows it."""

    name: str
    samples: list[str] = field(default_factory=list)
    guess: str = IGNORED


def must_ask(names: list[str], remembered: Meanings) -> bool:
    """Whether something required is missing, or a file that was mapped has a new column."""
    columns = as_columns(names, remembered, "")
    named = {name for name in names if name}
    unknown = named - remembered.keys() - ONCE
    if not columns.missing(REQUIRED):
        return bool(unknown and any(remembered.get(name, name) != name for name in named))
    return bool(named - remembered.keys() or columns.missing(ESSENTIAL))


def asked_about(header: Row, rows: Iterator[Row], remembered: Meanings) -> list[Column]:
    """The named columns, with a few values each, and what they probably mean."""
    names = header_names(header)
    samples: dict[int, list[str]] = {place: [] for place, name in enumerate(names) if name}
    for _number, row in zip(range(50), rows, strict=False):
        for place, found in samples.items():
            value = row.cells[place][:60] if place < len(row.cells) else ""
            if value and value not in found and len(found) < SAMPLES:
                found.append(value)
    guesses = guessed(names, remembered)
    columns = [Column(names[place], found, guesses[names[place]]) for place, found in samples.items()]
    levels = [column for column in columns if column.guess == LEVEL]
    if len(levels) == 1 and any("/" in value for value in levels[0].samples):
        place = columns.index(levels[0])
        columns[place] = replace(levels[0], guess="unit_path")
    return columns


def guessed(names: list[str], remembered: Meanings) -> dict[str, str]:
    """Each meaning that fits one column is given once, to the first that looks like it."""
    guesses: dict[str, str] = {}
    for name in names:
        guess = remembered.get(name) or GUESSES.get(re.sub(r"[\W_]", "", name)) or GUESSES.get(name, IGNORED)
        guesses.setdefault(name, IGNORED if guess in ONCE and guess in guesses.values() else guess)
    return guesses
