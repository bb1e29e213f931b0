"""What holds of filters beside live and final figures, whatever the organisation and its traits."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings

from results.audit.evidence import Evidence
from results.audit.judging import judge
from results.audit.reading import evidence_of
from results.disclosure.filters import Everyone, coarsest_first
from results.disclosure.pooling import Pools, recounted
from results.filters import Closing, certified
from tests.attacks.attacker import by_comparing, by_elimination, by_subtraction
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
