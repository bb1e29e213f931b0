"""A single choice: pooled until 50 answers, then a distribution; never a mean, never part of an index."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from dashboards.unit import unit_page
from orgunits.access import scope_of
from orgunits.models import Role
from results import export, queries
from results.disclosure.pooling import Counts, Tree, enough_answers, pool
from results.disclosure.scale import block_minimum
from results.figures import Chosen, Shown, Withheld
from results.live import close_cells
from results.mixing import mix
from results.models import Block, Release, WaveVerdict
from surveys.answering.forms import answer_field
from surveys.models import Question, QuestionText, WaveQuestion
from tests.factories import user_with
from tests.results.closing import AFTER, close
from tests.results.test_pooling import answered_trees
from tests.waves import OpenWave, open_wave

OPTIONS = [
    {"nl": "Thuis", "en": "At home"},
    {"nl": "Op kantoor", "en": "In the office"},
    {"nl": "Onderweg", "en": "On the road"},
]
CITY = {"City": 2, "City/Care": 40, "City/Works": 30, "City/Park": 60}


def with_choice(sizes: dict[str, int]) -> OpenWave:
    """A wave of one statement, and a single choice after it."""
    built = open_wave(sizes, questions=2)
    fields = {"kind": QuestionText.Kind.CHOICE, "points": 3, "options": OPTIONS}
    built.wave.questions.filter(position=1).update(**fields)
    Question.objects.filter(pk=built.questions[1].question_id).update(**fields)
    return built


@pytest.fixture
def built(db: None) -> OpenWave:
    built = with_choice(CITY)
    for unit, people in CITY.items():
        built.answer(unit, [(1 + place % 5, place % 3) for place in range(people)])
    close(built.wave)
    return built


def sheet_of(built: OpenWave) -> tuple[queries.Sheet, WaveQuestion]:
    [wave] = queries.closed_waves(built.wave.organisation)
    return queries.sheet([wave], [unit.pk for unit in built.units.values()]), queries.choices(wave)[0]


def test_it_is_shown_from_fifty_answers_and_counts_one_level_up_with_fewer(built: OpenWave) -> None:
    sheet, question = sheet_of(built)
    [wave] = sheet.waves
    figures = {path: sheet.choice(wave, unit.pk, question.question_id) for path, unit in built.units.items()}
    assert isinstance(figures["City/Care"], Withheld)
    assert isinstance(figures["City/Works"], Withheld)
    assert figures["City/Park"] == Chosen(counts=(20, 20, 20), n=60, covered=60, invited=60)
    whole = figures["City"]
    assert isinstance(whole, Chosen)
    assert (whole.n, sum(whole.counts)) == (130, 130)
    assert sum(whole.percentages) == pytest.approx(100)


def test_every_block_of_it_holds_fifty_answers_so_every_difference_of_two_does(built: OpenWave) -> None:
    blocks = Block.objects.filter(question=built.questions[1].question_id)
    assert sorted(blocks.values_list("n", flat=True)) == [60, 70]


def test_the_ledger_holds_no_mean_of_it_and_no_thirds(built: OpenWave) -> None:
    rows = Release.objects.filter(question=built.questions[1].question_id)
    assert {row[:4] for row in rows.values_list("mean", "low", "middle", "high")} == {(None,) * 4}
    assert not rows.filter(distribution=None).exists()


def test_it_enters_no_index(built: OpenWave) -> None:
    sheet, question = sheet_of(built)
    [wave] = sheet.waves
    index = sheet.index(wave, built.units["City/Park"].pk, question.theme_id)
    statement = sheet.figure(wave, built.units["City/Park"].pk, built.questions[0].question_id)
    assert isinstance(index, Shown)
    assert isinstance(statement, Shown)
    assert index.mean == statement.mean
    assert [one.kind for one in queries.questions(wave)] == ["agreement"]


def test_it_is_exported_as_a_count_and_a_distribution(built: OpenWave) -> None:
    rows = [row for row in export.final_figures(built.wave.organisation) if row[2] == "energy_2"]
    assert {row[3] for row in rows} == {"count", "distribution"}
    assert ("City/Park", "20;20;20") in {(row[1], row[5]) for row in rows if row[3] == "distribution"}


def test_the_page_of_a_unit_shows_shares_beside_the_unit_above(built: OpenWave) -> None:
    user = user_with(Role.HR, built.units["City"])
    page = unit_page(scope_of(user, on=AFTER.date()), built.units["City/Park"])
    [line] = page.choices
    assert [option.percentage for option in line.options] == [pytest.approx(100 / 3)] * 3
    assert all(option.above is not None for option in line.options)
    assert [len(theme.questions) for theme in page.themes] == [1]


def test_a_page_with_only_a_withheld_choice_says_why(built: OpenWave) -> None:
    user = user_with(Role.HR, built.units["City"])
    page = unit_page(scope_of(user, on=AFTER.date()), built.units["City/Care"])
    [line] = page.choices
    assert isinstance(line.figure, Withheld)
    assert line.options == []


def test_its_options_are_offered_in_words_and_an_answer_is_its_place(built: OpenWave) -> None:
    field = answer_field(built.questions[1], {}, "")
    assert [score for score, _label in field.choices] == [0, 1, 2]
    assert not field.scale
    assert (field.lowest, field.highest) == (0, 2)


@pytest.mark.django_db
def test_fifty_who_nearly_all_choose_the_same_are_not_shown() -> None:
    built = with_choice({"City": 60})
    built.answer("City", [(1 + place % 5, 0 if place else 1) for place in range(60)])
    close(built.wave)
    assert not Release.objects.filter(question=built.questions[1].question_id).exists()


@given(answered_trees())
@settings(max_examples=100, deadline=None)
def test_a_column_of_its_own_minimum_is_pooled_apart(case: tuple[Tree, Counts, int]) -> None:
    tree, own, minimum = case
    minimums = [minimum, *[50] * (own.shape[1] - 1)]
    pools = pool(own, tree, enough_answers(minimums))
    n = pools.counts.sum(axis=2)
    assert (n[pools.formed] >= np.broadcast_to(minimums, n.shape)[pools.formed]).all()
    alone = pool(own[:, :1], tree, enough_answers(minimum))
    assert (pools.counts[:, :1] == alone.counts).all()


@pytest.mark.parametrize(("kind", "expected"), [("agreement", 7), ("scale", 7), ("choice", 50)])
def test_the_least_answers_of_a_block(kind: str, expected: int) -> None:
    assert block_minimum(WaveQuestion(kind=kind), 7) == expected


@pytest.mark.django_db
def test_it_has_no_live_figure_and_who_skips_it_counts_in_those_of_the_others() -> None:
    built = with_choice(CITY)
    for unit, people in CITY.items():
        built.answer(unit, [(1 + place % 5, None if place % 2 else place % 3) for place in range(people)])
    mix(built.wave.pk)
    assert close_cells(built.wave.pk, now=AFTER)
    live = Release.objects.filter(step=1)
    assert set(live.values_list("question", flat=True)) == {built.questions[0].question_id}
    assert live.get(unit=built.units["City/Park"]).n == 55
    close(built.wave)
    assert WaveVerdict.objects.get().passed
