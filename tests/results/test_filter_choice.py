"""What holds of filters beside live and final figures, whatever the organisation and its traits."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings

from results.audit.evidence import Evidence
from results.audit.judging import judge
from results.audit.reading import evidence_of
from results.disclosure.filters import Everyone, chosen, coarsest_first, merged
from results.disclosure.pooling import Pools, recounted
from results.filters import Closing, certified
from tests.attacks.attacker import Figure, by_comparing, by_elimination, by_subtraction
from tests.attacks.test_attacker import attempts
from tests.live_waves import Lived, live_waves
from tests.results.audit.released import frame_of, layers_of, rows_of
from tests.waves import OPENED


def closing_of(lived: Lived) -> tuple[Closing, Everyone]:
    case = lived.case
    groups = layers_of(case.tree, case.scores, case.silent, case.minimum, lived.celled).people
    wave: Any = SimpleNamespace(organisation_id=1, pk=1, minimum_group=case.minimum)
    closing = Closing(
        wave,
        rows_of(case.tree, case.scores, case.silent, case.minimum, lived.rounds),
        range(len(case.tree)),
        frame_of(case.tree, case.scores, case.silent).questions,
        lived.respondents(groups),
        OPENED,
    )
    return closing, everyone(lived, groups)


def everyone(lived: Lived, groups: Pools) -> Everyone:
    return Everyone(groups.counts[:, 0, 0], recounted(groups, lived.case.scores).counts)


def released(lived: Lived) -> Evidence:
    closing, all_of_them = closing_of(lived)
    traits = coarsest_first(closing.people.traits)
    bands, _refused = certified(closing, all_of_them, lived.case.tree, traits)
    rows = closing.proposal(bands)
    return evidence_of(replace(closing.ledger, bands=rows.bands, parts=rows.atoms, filters=rows.figures))


@given(live_waves())
@settings(max_examples=200, deadline=None)
def test_what_is_released_is_certified_with_filters_live_and_final_figures(lived: Lived) -> None:
    assert judge(released(lived)).passed


@given(live_waves(most_units=9, most_questions=1))
@settings(max_examples=80, deadline=None)
def test_an_attacker_with_all_filters_as_well_recovers_nobody(lived: Lived) -> None:
    for figures, people, few in attempts(released(lived)):
        assert not list(by_subtraction(figures, people, few))
        assert not list(by_comparing(figures, people, few))
        assert not by_elimination(figures, people, few)


def naive(lived: Lived, least: int) -> tuple[list[Figure], list[int]]:
    """Each unit, and each unit by age, wherever there are `least` answers or more."""
    answered = Counter((one.unit, one.traits["age"]) for one in lived.people)
    cells = sorted(answered)
    people = [answered[cell] for cell in cells]
    shown = []
    for unit, end in enumerate(lived.case.tree.ends.tolist()):
        for ages in [{age} for _, age in cells] + [{age for _, age in cells}]:
            atoms = frozenset(
                place for place, (at, age) in enumerate(cells) if unit <= at < end and age in ages
            )
            if (n := sum(people[place] for place in atoms)) >= least:
                shown.append(Figure(atoms, Fraction(n)))
    return shown, people


def test_the_attacker_bites_where_filters_only_hide_n_below_5() -> None:
    bitten = []

    @given(live_waves(most_units=9, most_questions=1, most_rounds=0))
    @settings(max_examples=60, deadline=None, database=None, derandomize=True)
    def attack(lived: Lived) -> None:
        figures, people = naive(lived, least=5)
        bitten.append(any(True for _ in by_subtraction(figures, people, 5)))

    attack()
    assert sum(bitten) > len(bitten) / 4


def test_values_with_numbers_are_put_together_with_their_neighbours() -> None:
    ages = Counter({"<25": 3, "25-34": 8, "35-44": 12, "45-54": 4, "55+": 2})
    assert merged(ages, 10) == [("<25", "25-34"), ("35-44", "45-54", "55+")]


def test_small_ones_of_other_values_are_put_together() -> None:
    functions = Counter({"Clerk": 20, "Driver": 6, "Guard": 5, "": 9})
    assert merged(functions, 10) == [("Clerk",), ("Driver", "Guard")]
    assert merged(Counter({"Clerk": 20, "Driver": 6}), 10) == [("Clerk",)]


@given(live_waves())
@settings(max_examples=200, deadline=None)
def test_bands_are_large_varied_and_part_nobody_into_a_small_lot(lived: Lived) -> None:
    closing, everyone_there = closing_of(lived)
    people, case = closing.people, lived.case
    bands = chosen(people, everyone_there, case.tree, case.minimum, coarsest_first(people.traits))
    for band in bands:
        counts = people.counts(band.members, case.scores.shape[2])
        assert len(band.members) >= max(10, case.minimum)
        assert (len(band.members) - counts.max(axis=1) >= 2).all()
    lots = Counter(
        tuple(number for number, band in enumerate(bands) if member in set(band.members.tolist()))
        for member in range(len(people.homes))
    )
    assert all(n >= case.minimum for bands_of, n in lots.items() if bands_of)
