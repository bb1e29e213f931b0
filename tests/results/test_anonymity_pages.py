"""The example that works councils read is what the product does, and its attack bites where it says so."""

from __future__ import annotations

from fractions import Fraction

import pytest

from bench.anonymity import FILES, MINIMUM, NIGHT, TOWN, Row, here, usual, with_block
from results.models import Release
from tests.attacks.attacker import Figure, by_elimination
from tests.results.closing import close
from tests.waves import open_wave


@pytest.mark.parametrize("language", FILES)
def test_the_page_is_up_to_date(language: str) -> None:
    """If not: python -m bench.anonymity"""
    text = FILES[language].read_text("utf-8")
    assert text == with_block(text, language)


@pytest.mark.django_db
def test_a_real_wave_releases_the_figures_of_the_example() -> None:
    paths: dict[str, str] = {}
    for name, above, _ in TOWN:
        paths[name] = f"{paths[above]}/{name}" if above else name
    built = open_wave({paths[name]: len(given) for name, _, given in TOWN}, questions=1)
    for name, _, given in TOWN:
        built.answer(paths[name], [[int(score)] for score in given])
    close(built.wave)
    released = {row.unit.name: row for row in Release.objects.select_related("unit")}
    assert {name: row.n for name, row in released.items()} == {name: row.n for name, row in here().items()}
    for name, row in here().items():
        assert released[name].mean == pytest.approx(row.mean)


def smallest_found(rows: dict[str, Row]) -> list[set[str]]:
    groups = [name for name, _, given in TOWN if given]
    people = [len(given) for _, _, given in TOWN if given]
    figures = [
        Figure(
            frozenset(groups.index(one) for one in row.groups),
            Fraction(sum(score * number for score, number in enumerate(row.counts, start=1))),
        )
        for row in rows.values()
    ]
    found = by_elimination(figures, people, fewer_than=MINIMUM)
    return [{groups[atom] for atom in one.atoms} for one in found]


def test_subtracting_finds_the_hidden_team_under_the_usual_rule_and_nobody_here() -> None:
    assert {NIGHT} in smallest_found(usual())
    assert smallest_found(here()) == []
