from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from results import ledger, queries
from results.figures import Shown, Withheld
from results.mixing import mix
from results.models import Block, Comment, Participation, Release, Response
from surveys.models import Submission, Wave
from tests.results.closing import close
from tests.waves import OpenWave, open_wave

pytestmark = pytest.mark.django_db

CITY = {"City": 2, "City/Care": 4, "City/Care/North": 12, "City/Care/South": 3, "City/Works": 60}


def ledger_rows() -> list[Any]:
    return sorted(
        Release.objects.values_list("unit", "question", "n", "mean", "blocks", "covered", "invited")
    )


def fill(built: OpenWave) -> None:
    for unit, invitations in built.invitations.items():
        rows = [
            (1 + number % 5, None if number % 4 == 3 else 5 - number % 3)
            for number in range(len(invitations))
        ]
        built.answer(unit, rows)


def test_figures_equal_a_direct_computation_where_nothing_is_left_out() -> None:
    built = open_wave(CITY)
    fill(built)
    sealed = Submission.objects.filter(wave=built.wave).values_list("unit__path", "scores")
    answers = pd.DataFrame(list(sealed), columns=["path", "scores"])
    close(built.wave)
    complete = 0
    for release in Release.objects.filter(wave=built.wave).select_related("unit"):
        if release.covered == release.invited:
            here = answers[answers.path.str.startswith(release.unit.path)].scores
            position = next(one.position for one in built.questions if one.question_id == release.question_id)
            scores = here.str[position].dropna().astype(float)
            assert release.n == len(scores)
            assert release.mean == pytest.approx(scores.mean(), abs=1e-9)
            complete += 1
    assert complete == 6  # Care, North and Works; the own two of City are too few to count anywhere


def test_a_small_team_has_no_figure_and_counts_in_the_unit_above() -> None:
    built = open_wave(CITY, questions=1)
    for unit, people in CITY.items():
        built.answer(unit, [(score % 5 + 1,) for score in range(people)])
    close(built.wave)
    [wave] = queries.closed_waves(built.wave.organisation)
    sheet = queries.sheet([wave], [unit.pk for unit in built.units.values()])
    question = built.questions[0].question_id
    assert isinstance(sheet.figure(wave, built.units["City/Care/South"].pk, question), Withheld)
    care = sheet.figure(wave, built.units["City/Care"].pk, question)
    assert isinstance(care, Shown)
    assert (care.n, care.covered, care.invited) == (19, 19, 19)


def test_figures_of_a_unit_lie_together_and_units_as_in_the_tree() -> None:
    built = open_wave(CITY)
    fill(built)
    close(built.wave)
    written = Release.objects.filter(wave=built.wave).order_by("pk")
    lying = list(written.values_list("unit__path", "question"))
    assert lying == sorted(lying)
    assert len({path for path, _question in lying}) < len(lying)


def test_statistics_follow_the_size_of_the_group() -> None:
    built = open_wave({"City": 0, "City/A": 6, "City/B": 12, "City/C": 50}, questions=1)
    for unit, people in {"City/A": 6, "City/B": 12, "City/C": 50}.items():
        built.answer(unit, [(score % 5 + 1,) for score in range(people)])
    close(built.wave)
    by_unit = {release.unit.name: release for release in Release.objects.select_related("unit")}
    assert by_unit["A"].high is None
    assert by_unit["B"].high is not None
    assert by_unit["B"].distribution is None
    assert by_unit["C"].distribution == [10] * 5


def test_closing_twice_changes_nothing() -> None:
    built = open_wave(CITY)
    fill(built)
    assert close(built.wave) is not None
    before = ledger_rows()
    assert close(built.wave) is None
    assert ledger_rows() == before


def test_a_closing_that_dies_half_way_leaves_nothing_and_can_be_run_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    built = open_wave(CITY)
    fill(built)

    def die(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "append_participation", die)
        with pytest.raises(KeyboardInterrupt):
            close(built.wave)
    assert Release.objects.count() == Response.objects.count() == 0
    assert Submission.objects.count() == 81
    assert close(built.wave) is not None
    assert Response.objects.count() == 79  # all but the own two of City, who count nowhere


def test_responses_cannot_be_told_apart_by_id_or_row_version() -> None:
    built = open_wave({"City": 20})
    built.answer("City", [(1, 2)] * 12)
    mix(built.wave.pk)
    early = set(Response.objects.values_list("pk", flat=True))
    built.answer("City", [(4, 5)] * 8)
    close(built.wave)
    assert early.isdisjoint(Response.objects.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text) FROM results_response")
        assert cursor.fetchone() == (1,)


def test_while_open_a_group_is_mixed_only_when_enough_answered() -> None:
    built = open_wave({"City": 10, "City/Care": 10})
    built.answer("City", [(1, 2)] * 4)
    built.answer("City/Care", [(3, 4)] * 5)
    assert mix(built.wave.pk) == 5
    assert list(Response.objects.values_list("unit", flat=True).distinct()) == [built.units["City/Care"].pk]
    assert Submission.objects.count() == 4


def test_the_reserve_holds_the_first_answers_to_every_question() -> None:
    built = open_wave({"City": 20})
    built.answer("City", [(3, None)] * 5)
    mix(built.wave.pk)
    built.answer("City", [(3, 4)] * 5)
    mix(built.wave.pk)
    built.answer("City", [(3, 4)] * 6)
    mix(built.wave.pk)
    assert Response.objects.filter(portion=Response.RESERVE).count() == 10
    assert Response.objects.filter(portion=Response.FINAL).count() == 6


def test_comments_lie_apart_from_scores() -> None:
    built = open_wave({"City": 6})
    built.answer("City", [(1, 2)] * 6, comment="The form is too long")
    mix(built.wave.pk)
    assert Comment.objects.filter(question=None, text="The form is too long").count() == 6
    assert {field.name for field in Comment._meta.fields} == {
        "id",
        "organisation",
        "wave",
        "unit",
        "question",
        "text",
    }


@pytest.mark.parametrize("model", [Release, Block, Participation])
def test_the_ledger_cannot_be_changed_or_emptied(model: type[Release]) -> None:
    built = open_wave(CITY)
    fill(built)
    close(built.wave)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.all().delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.update(wave=built.wave)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(f"TRUNCATE {model._meta.db_table}")


def test_nothing_is_shown_of_a_wave_that_nobody_answered() -> None:
    built = open_wave(CITY)
    closing = close(built.wave)
    assert closing is not None
    assert closing.shown == 0
    assert Wave.objects.get().state == Wave.State.CLOSED


def test_a_reversed_question_is_turned_around_for_readers_only() -> None:
    built = open_wave({"City": 10}, questions=1, turned=True)
    built.answer("City", [(1,), (2,)] * 5)
    close(built.wave)
    assert Release.objects.get().mean == 1.5
    [wave] = queries.closed_waves(built.wave.organisation)
    figure = queries.sheet([wave], [built.units["City"].pk]).figure(
        wave, built.units["City"].pk, built.questions[0].question_id
    )
    assert isinstance(figure, Shown)
    assert figure.mean == 4.5
    assert figure.shares is not None
    assert figure.shares.favourable == 100


def test_participation_leaves_out_what_would_tell_of_one_person() -> None:
    built = open_wave({"City": 0, "City/A": 1, "City/B": 8, "City/C": 9})
    built.answer("City/A", [(3, 3)])
    built.answer("City/B", [(3, 3)] * 4)
    close(built.wave)
    shown = {
        row.unit.name: (row.answered, row.invited) for row in Participation.objects.select_related("unit")
    }
    assert shown == {"City": (4, 17), "B": (4, 8), "C": (0, 9)}


def test_closing_takes_as_many_queries_for_three_units_as_for_thirty() -> None:
    numbers = []
    for teams in (3, 30):
        built = open_wave({"City": 2} | {f"City/{team}": 6 for team in range(teams)}, questions=teams)
        for unit, invitations in built.invitations.items():
            built.answer(unit, [[score % 5 + 1] * teams for score in range(len(invitations))])
        with CaptureQueriesContext(
            connection,
        ) as queried:
            close(built.wave)
        numbers.append(len(queried))
    assert numbers[0] == numbers[1]


@given(sizes=st.lists(st.integers(0, 14), min_size=2, max_size=6), seed=st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_order_of_arrival_and_mixing_the_figures_are_the_same(
    sizes: list[int], seed: Any
) -> None:
    names = [f"City/{number}" for number in range(len(sizes))]
    answers = [
        (name, (seed.randint(1, 5), seed.choice([None, 1, 5])))
        for name, size in zip(names, sizes, strict=True)
        for _ in range(size)
    ]
    seen = []
    for mixing in (False, True):
        built = open_wave({"City": 0} | dict(zip(names, sizes, strict=True)))
        seed.shuffle(answers)
        for name, scores in answers:
            built.answer(name, [scores])
            if mixing and seed.random() < 0.3:
                mix(built.wave.pk)
        close(built.wave)
        releases = Release.objects.filter(wave=built.wave).select_related("unit", "question")
        seen.append(sorted((one.unit.name, one.question.code, one.n, one.mean) for one in releases))
    assert seen[0] == seen[1]
