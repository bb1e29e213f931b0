"""`python -m bench.anonymity`: writes the example in docs/anonymity.md and docs/anonimiteit.md anew.

A small town answers one question. Someone holds all that a report shows and subtracts. The figures of this
product come from the code that decides in every wave, those of the other from the usual rule.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import django
import numpy as np
from numpy.typing import NDArray

BEGIN, END = "<!-- example -->", "<!-- end of the example -->"
DOCS = Path(__file__).resolve().parent.parent / "docs"
FILES = {"en": DOCS / "anonymity.md", "nl": DOCS / "anonimiteit.md"}
MINIMUM = 5

# Unit, the unit above it, and the answers from 1 to 5 of those who are placed in it.
TOWN: tuple[tuple[str, str, str], ...] = (
    ("Dorp", "", "4435"),
    ("Zorg", "Dorp", ""),
    ("Noord", "Zorg", "443554234453"),
    ("Zuid", "Zorg", "345443452"),
    ("Nacht", "Zorg", "112"),
    ("Werken", "Dorp", "34445253"),
)
NIGHT, CARE, ROOT = "Nacht", "Zorg", "Dorp"


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of a unit: how many answers, how many of each; and of which own groups."""

    unit: str
    counts: tuple[int, ...]
    groups: frozenset[str]

    @property
    def n(self) -> int:
        return sum(self.counts)

    @property
    def mean(self) -> float:
        return sum(score * number for score, number in enumerate(self.counts, start=1)) / self.n

    def less(self, *others: Row) -> Row:
        counts = np.array(self.counts) - sum(np.array(one.counts) for one in others)
        groups = self.groups.difference(*(one.groups for one in others))
        return Row(" – ".join([self.unit, *(one.unit for one in others)]), tuple(counts.tolist()), groups)


def answers() -> NDArray[np.int64]:
    """By unit and score."""
    return np.array(
        [[given.count(str(score)) for score in range(1, 6)] for _, _, given in TOWN], dtype=np.int64
    )


def usual() -> dict[str, Row]:
    """Each unit with at least as many answers as the minimum, and all those below it."""
    own = np.arange(len(TOWN))
    return {row.unit: row for row in _rows(own) if row.n >= MINIMUM}


def here() -> dict[str, Row]:
    """As closing a wave does it."""
    from results.disclosure.pooling import Tree
    from results.disclosure.statistics import layers

    names = [name for name, _, _ in TOWN]
    tree = Tree.from_parents([names.index(above) if above else -1 for _, above, _ in TOWN])
    counts = answers()
    invited = np.stack([counts.sum(axis=1), np.zeros(len(TOWN), dtype=np.int64)], axis=1)[:, None, :]
    found = layers(invited, counts[:, None, :], tree, MINIMUM)
    return {row.unit: row for row in _rows(found.mean.pools.homes[:, 0]) if row.n}


def _rows(homes: NDArray[np.int64]) -> Iterator[Row]:
    """Of each unit the sum of the own groups that count in it or below it; `homes`: where each one counts."""
    names = [name for name, _, _ in TOWN]
    counts = answers()
    for name in names:
        inside = [one for one, home in enumerate(homes) if home >= 0 and _is_in(names[int(home)], name)]
        groups = frozenset(names[one] for one in inside if counts[one].any())
        yield Row(name, tuple(counts[inside].sum(axis=0).tolist()), groups)


def _is_in(unit: str, above: str) -> bool:
    parents = {name: parent for name, parent, _ in TOWN}
    while unit and unit != above:
        unit = parents[unit]
    return unit == above


# In words

TEXTS = {
    "en": {
        "usual": "**The usual rule: hide every unit with fewer than {minimum} answers.** The report shows:",
        "head": "| unit | answers | 1 | 2 | 3 | 4 | 5 | average |",
        "hidden": "{unit} has {n} answers and is hidden. But subtract: {above} less {others}.",
        "found": "There are the {n} people of {unit}, with each of their answers.",
        "here": "**Polsslag, with the same answers.** The figures are:",
        "coverage": "{unit} is over {n} of the {all} people who were asked; {left} count one level up.",
        "nothing": "Subtract again: {above} less {others} leaves nobody.",
        "rest": "One level up: {above} less {others} leaves",
        "many": "That is {n} people: the {night} of {unit} and {own} others. No smaller group "
        "can be worked out, and it has at least {minimum} people.",
        "and": "and",
    },
    "nl": {
        "usual": "**De gewone regel: verberg elke afdeling met minder dan {minimum} antwoorden.** "
        "In het rapport staat:",
        "head": "| afdeling | antwoorden | 1 | 2 | 3 | 4 | 5 | gemiddeld |",
        "hidden": "{unit} heeft {n} antwoorden en is verborgen. Maar trek af: {above} min {others}.",
        "found": "Daar staan de {n} mensen van {unit}, met elk van hun antwoorden.",
        "here": "**Polsslag, met dezelfde antwoorden.** De cijfers zijn:",
        "coverage": "{unit} gaat over {n} van de {all} gevraagde mensen; {left} tellen één niveau hoger.",
        "nothing": "Trek weer af: {above} min {others} laat niemand over.",
        "rest": "Eén niveau hoger: {above} min {others} laat over",
        "many": "Dat zijn {n} mensen: de {night} van {unit} en {own} anderen. Een kleinere groep is "
        "niet uit te rekenen, en deze heeft minstens {minimum} mensen.",
        "and": "en",
    },
}


def block(language: str) -> str:
    """What stands between the markers."""
    return "\n".join(_lines(TEXTS[language], language))


def _lines(texts: dict[str, str], language: str) -> Iterator[str]:
    shown, safe = usual(), here()
    below = [name for name, above, _ in TOWN if above == CARE and name in shown]
    beside = [name for name, above, _ in TOWN if above == ROOT and name in safe]
    night = shown[CARE].less(*(shown[name] for name in below))
    rest = safe[ROOT].less(*(safe[name] for name in beside))
    others, more = (f" {texts['and']} ".join(names) for names in (below, beside))
    words = {"minimum": MINIMUM, "unit": NIGHT, "n": night.n, "above": CARE, "others": others}
    yield from ("", texts["usual"].format(**words), "", *_table(texts, shown.values(), language), "")
    yield from (texts["hidden"].format(**words), "", *_table(texts, [night], language), "")
    yield from (texts["found"].format(**words), "", texts["here"], "")
    yield from (*_table(texts, safe.values(), language), "")
    care = safe[CARE]
    left = shown[CARE].n - care.n
    yield texts["coverage"].format(unit=CARE, n=care.n, all=shown[CARE].n, left=left)
    yield texts["nothing"].format(**words)
    yield from (texts["rest"].format(above=ROOT, others=more), "", *_table(texts, [rest], language), "")
    yield texts["many"].format(**words | {"n": rest.n, "night": night.n, "own": rest.n - night.n})
    yield ""


def _table(texts: dict[str, str], rows: Iterable[Row], language: str) -> Iterator[str]:
    yield texts["head"]
    yield "| --- |" + " ---: |" * 7
    for row in rows:
        mean = f"{row.mean:.1f}".replace(".", "," if language == "nl" else ".")
        yield f"| {row.unit} | {row.n} | {' | '.join(map(str, row.counts))} | {mean} |"


def with_block(text: str, language: str) -> str:
    """The document with its example as it comes out now."""
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n{block(language)}\n{END}{after}"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "listening.settings")
    django.setup()
    for code in sys.argv[1:] or FILES:
        FILES[code].write_text(with_block(FILES[code].read_text("utf-8"), code), "utf-8")
