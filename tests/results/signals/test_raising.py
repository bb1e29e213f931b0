"""After each wave's figures are shown they are looked at once, and what shifts becomes a row."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command
from django.utils import timezone, translation

from accounts.models import AuditEvent
from orgunits.models import ChangeEvent, OrgUnit
from results.models import WaveVerdict
from results.signals import VERSION, calibration, queries, raising, services
from results.signals.models import Signal, SignalRun, SignalSetting
from results.signals.queries import unread_waves
from results.signals.telling import beside, tell
from tests.factories import UserFactory
from tests.results.signals.released import Released, organisation_with, release_wave

pytestmark = pytest.mark.django_db

WAVES = 14
START = 6  # waves before the planted decline
PATHS = [
    "City",
    *(path for name in "ABC" for path in (f"City/{name}", *(f"City/{name}/{name}{n}" for n in range(4)))),
]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rougher threshold, from fewer simulated series."""
    monkeypatch.setattr(calibration, "UNIT_WAVES", 8_000)


def rows(falling: dict[str, float], seed: int = 5) -> np.ndarray:
    """Means of every unit; those above are the averages of their teams. `falling`: slope by team."""
    chance = np.random.default_rng(seed)
    teams = [path for path in PATHS if path.count("/") == 2]
    ramp = np.maximum(np.arange(WAVES) - START + 1, 0)
    means = {
        path: 3.6
        + chance.normal(0, 0.2)
        + chance.normal(0, 0.15, WAVES)
        + falling.get(path, falling.get(path.rpartition("/")[0], 0.0)) * ramp
        for path in teams
    }
    below = {path: [team for team in teams if team.startswith(path)] for path in PATHS}
    return np.array([np.mean([means[team] for team in below[path]], axis=0) for path in PATHS])


N = [9 if path.count("/") == 2 else 36 if "/" in path else 108 for path in PATHS]


def city(falling: dict[str, float], themes: tuple[str, ...] = ("energy",)) -> Released:
    made = organisation_with(PATHS, themes)
    values = {
        theme: rows(falling if theme == themes[0] else {}, 5 + place) for place, theme in enumerate(themes)
    }
    for wave in range(WAVES):
        release_wave(made, {theme: found[:, wave].tolist() for theme, found in values.items()}, N)
    return made


def of_unit(made: Released, path: str) -> list[Signal]:
    return list(Signal.objects.filter(unit=made.units[path]).order_by("pk"))


def test_a_team_that_slowly_falls_is_raised_once_with_what_it_rests_on() -> None:
    made = city({"City/A/A1": -0.14})
    made.read_all()
    [signal] = of_unit(made, "City/A/A1")
    assert (signal.kind, signal.theme.code if signal.theme else "") == ("drift", "energy")
    assert abs(signal.since.number - (START + 1)) <= 2
    assert signal.earliest.number <= signal.since.number <= signal.latest.number < signal.wave.number + 1
    assert signal.size < -0.2
    assert 0.1 < signal.probability < signal.evidence["probability"]  # with more waves it becomes sure
    assert signal.evidence["probability"] > 0.9
    assert signal.version == VERSION
    assert len(signal.evidence["points"]) == WAVES  # it goes on with each wave
    assert signal.evidence["size"] == pytest.approx(-0.14 * 8, abs=0.4)
    last = signal.evidence["points"][-1]
    assert last["value"] < last["low"] < last["expected"] < last["high"]


def test_reading_twice_and_in_one_go_gives_the_same() -> None:
    made = city({"City/A/A1": -0.14})
    made.read_all()
    assert raising.read_waves(made.organisation, now=timezone.now()) == made.waves[:7]
    first = list(Signal.objects.values_list("unit", "wave", "size", "probability").order_by("pk"))
    assert raising.read_waves(made.organisation, now=timezone.now()) == []
    assert raising.read_wave(made.waves[-1], now=timezone.now()) is None
    Signal.objects.all().delete()
    SignalRun.objects.all().delete()
    made.read_all()
    assert list(Signal.objects.values_list("unit", "wave", "size", "probability").order_by("pk")) == first


def test_a_wave_that_is_shown_late_changes_nothing_that_later_ones_told() -> None:
    made = city({"City/A/A1": -0.14})
    made.read_all()
    rows = Signal.objects.values_list("pk", "weight", "evidence", "fell_back_after").order_by("pk")
    told = list(rows)
    assert raising.read_waves(made.organisation, now=timezone.now()) == made.waves[:7]
    assert told
    assert (
        list(Signal.objects.values_list("pk", "weight", "evidence", "fell_back_after").order_by("pk")) == told
    )


def test_a_shared_decline_is_one_signal_of_the_department() -> None:
    made = city({"City/B": -0.13})
    made.read_all()
    everywhere = [unit.pk for unit in made.units.values()]
    heads = queries.heads(made.organisation, everywhere)
    falling = [one for one in heads if one.evidence["probability"] > 0.5]
    assert [one.unit.name for one in falling] == ["B"]
    elsewhere = {one.unit.name for one in queries.parts(made.organisation, everywhere, falling)} - {"B"}
    assert elsewhere
    assert elsewhere <= {"B0", "B1", "B2", "B3"}
    assert queries.units_explained(made.organisation, everywhere, falling) == {falling[0].pk: len(elsewhere)}


def test_who_sees_only_a_team_sees_its_part_as_a_signal() -> None:
    made = city({"City/B": -0.1})
    made.read_all()
    part = Signal.objects.filter(within__isnull=False).first()
    assert part is not None
    assert [one.pk for one in queries.heads(made.organisation, [part.unit_id])] == [part.pk]


def test_a_decline_of_the_whole_organisation_is_a_signal_of_the_root() -> None:
    made = city(dict.fromkeys(("City/A", "City/B", "City/C"), -0.1))
    made.read_all()
    assert [one.unit.name for one in Signal.objects.filter(unit__depth=1)] == ["City"]
    assert not Signal.objects.filter(unit__depth=2, evidence__probability__gt=0.5).exists()


def test_what_recovers_falls_back_and_may_be_raised_again() -> None:
    made = city({"City/A/A1": -0.14})
    made.read_all()
    values = rows({"City/A/A1": -0.14})
    for wave in range(8):
        level = values[:, :START].mean(axis=1) + np.random.default_rng(wave).normal(0, 0.1, len(PATHS))
        release_wave(made, {"energy": level.tolist()}, N)
    raising.read_waves(made.organisation, now=timezone.now())
    raised = of_unit(made, "City/A/A1")
    assert all(one.fell_back_after is not None for one in raised)
    assert not queries.heads(made.organisation, [made.units["City/A/A1"].pk])


def test_cooperation_and_friction_have_kinds_of_their_own() -> None:
    made = city({"City/A/A1": -0.16}, ("friction", "clarity_on_paper", "cooperation"))
    made.read_all()
    kinds = {one.kind for one in of_unit(made, "City/A/A1")}
    assert Signal.Kind.FRICTION in kinds
    assert not Signal.objects.filter(kind="cooperation", evidence__probability__gt=0.5).exists()


def test_a_gap_because_paper_became_clearer_is_no_friction() -> None:
    made = city({"City/A/A1": 0.16}, ("clarity_on_paper", "friction"))
    made.read_all()
    assert not Signal.objects.filter(kind="friction", unit=made.units["City/A/A1"]).exists()


def test_answers_that_move_apart_are_raised_though_the_mean_stays() -> None:
    made = organisation_with(PATHS)
    chance = np.random.default_rng(8)
    for wave in range(WAVES):
        apart = np.full((len(PATHS), 3), 1 / 3)
        apart[PATHS.index("City/A"), :] = [0.2, 0.6, 0.2]
        if wave >= START:
            shift = 0.05 * (wave - START + 1)
            apart[PATHS.index("City/A"), :] = [0.2 + shift / 2, 0.6 - shift, 0.2 + shift / 2]
        thirds = [tuple(chance.multinomial(n * 4, p).tolist()) for n, p in zip(N, apart, strict=True)]
        means = (3.6 + chance.normal(0, 0.05, len(PATHS))).tolist()
        release_wave(made, {"energy": means}, [n * 4 for n in N], thirds=thirds)
    made.read_all()
    *_earlier, signal = [one for one in of_unit(made, "City/A") if one.kind == "disagreement"]
    assert signal.evidence["size"] > 0.15
    assert signal.fell_back_after is None


def test_those_at_the_top_who_see_it_ever_better_than_their_people_are_a_signal() -> None:
    """Departments of 20 with teams of 9: what is left of them is at the top."""
    made = organisation_with(PATHS)
    values = rows({})
    departments = [place for place, path in enumerate(PATHS) if path.count("/") == 1]
    n = [one if place not in departments else 56 for place, one in enumerate(N)]
    n[0] = 56 * 3 + 20
    for wave in range(WAVES):
        for place in departments:
            own = 3.7 + 0.03 * np.sin(wave * place)
            own += 0.1 * max(wave - START + 1, 0) if PATHS[place] == "City/B" else 0
            teams = values[place + 1 : place + 5, wave].mean()
            values[place, wave] = (36 * teams + 20 * own) / 56
        values[0, wave] = values[departments, wave].mean()
        release_wave(made, {"energy": values[:, wave].tolist()}, n)
    made.read_all()
    found = Signal.objects.filter(kind="layer_gap", unit=made.units["City/B"])
    assert found.exists()
    with translation.override("en"):
        told = tell(found[0], queries.questions_of(list(found)))
    assert "those at the top and their people" in told.what


def test_a_wave_whose_figures_are_withheld_raises_nothing() -> None:
    made = city({"City/A/A1": -0.14})
    last = made.waves[-1]
    WaveVerdict.objects.create(
        organisation=made.organisation, wave=last, audited_at=timezone.now(), passed=False, report={}
    )
    assert last.pk not in {wave.pk for wave in unread_waves(made.organisation)}
    raised_by_last = Signal.objects.filter(wave=last)
    made.read_all()
    assert not raised_by_last.exists()


def test_signals_of_a_wave_found_wrong_later_are_not_shown() -> None:
    made = city({"City/A/A1": -0.14})
    made.read_all()
    [signal] = of_unit(made, "City/A/A1")
    WaveVerdict.objects.create(
        organisation=made.organisation, wave=signal.wave, audited_at=timezone.now(), passed=False, report={}
    )
    assert signal not in queries.signals(made.organisation, [signal.unit_id])


def test_units_that_ended_and_gaps_raise_nothing_and_break_nothing() -> None:
    made = organisation_with(PATHS)
    values = rows({"City/A/A1": -0.14})
    values[PATHS.index("City/C/C2"), 3:9] = np.nan
    values[PATHS.index("City/C/C3"), :8] = np.nan
    values[PATHS.index("City/B/B1"), 9:] = np.nan
    for wave in range(WAVES):
        release_wave(made, {"energy": values[:, wave].tolist()}, N)
    OrgUnit.objects.filter(pk=made.units["City/A/A1"].pk).update(ended_on=made.waves[0].closes_at.date())
    made.read_all()
    assert not of_unit(made, "City/A/A1")
    assert SignalRun.objects.count() == WAVES - 7


def test_few_units_or_one_wave_break_nothing() -> None:
    made = organisation_with(["City", "City/A"])
    for _wave in range(6):
        release_wave(made, {"energy": [3.5, 3.4]}, [12, 8])
    made.read_all()
    assert not Signal.objects.exists()


def test_the_run_tells_what_chance_alone_is_expected_to_raise() -> None:
    made = city({})
    made.read_all()
    few, normal, early = queries.noise(made.organisation)
    assert (few.rate, normal.rate, early.rate) == (1, 2, 5)
    assert few.by_chance < normal.by_chance < early.by_chance
    outcome = SignalRun.objects.latest("pk").outcome
    assert outcome["levels"]["normal"]["by_chance"] == pytest.approx(0.002 * outcome["unit_waves"], abs=0.01)


def test_the_chosen_sensitivity_is_used_from_the_next_wave() -> None:
    made = city({})
    user = UserFactory.create(organisation=made.organisation)
    services.set_sensitivity(made.organisation, "early", by=user, now=timezone.now())
    services.set_sensitivity(made.organisation, "early", by=user, now=timezone.now())
    raising.read_wave(made.waves[-1], now=timezone.now())
    assert SignalRun.objects.get().sensitivity == SignalSetting.Sensitivity.EARLY
    assert AuditEvent.objects.filter(action="signals.sensitivity_changed").count() == 1


def test_a_change_of_state_is_audited_and_needs_a_reason_to_close() -> None:
    made = city({"City/A/A1": -0.14})
    made.read_all()
    [signal] = of_unit(made, "City/A/A1")
    user = UserFactory.create(organisation=made.organisation)
    with pytest.raises(ValueError, match="closed"):
        services.change_state(signal, "closed", by=user, now=timezone.now())
    services.change_state(signal, "closed", reason="solved", by=user, now=timezone.now())
    signal.refresh_from_db()
    assert (signal.state, signal.reason) == ("closed", "solved")
    event = AuditEvent.objects.get(action="signal.changed")
    assert event.detail == {"before": "new", "after": "closed", "reason": "solved"}


@pytest.mark.parametrize("language", ["en", "nl"])
def test_it_is_told_in_two_sentences_with_the_numbers_of_the_evidence(language: str) -> None:
    made = city({"City/A/A1": -0.14})
    made.read_all()
    [signal] = of_unit(made, "City/A/A1")
    ChangeEvent.objects.create(
        organisation=made.organisation,
        name="New system",
        kind="system",
        on=made.waves[START - 1].closes_at.date(),
        unit=made.units["City/A"],
    )
    elsewhere = made.units["City/B"]
    ChangeEvent.objects.create(
        organisation=made.organisation,
        name="Elsewhere",
        kind="move",
        on=made.waves[START - 1].closes_at.date(),
        unit=elsewhere,
    )
    [signal] = queries.signals(made.organisation, [signal.unit_id])
    with translation.override(language):
        told = tell(signal, queries.questions_of([signal]))
        around = beside(signal, queries.events_of([signal])[signal.pk])
    sentences = f"{told.what} {told.why}"
    decimal = "," if language == "nl" else "."
    assert "A1" in told.what
    assert f"{-signal.evidence['size']:.1f}".replace(".", decimal) in told.what
    assert f"{100 * min(signal.evidence['probability'], 0.99):.0f}%" in told.why
    assert ("energy" if language == "nl" else "Energy") in told.what
    assert "energy" in told.why
    assert any("New system" in text for text in around)
    assert not any("Elsewhere" in text for text in around)
    assert "%(" not in sentences
    assert (("In A1" in told.what) and sentences.count(". ") <= 1) or language == "nl"


def test_a_question_that_came_back_is_not_named_as_where_it_shows() -> None:
    made = city({"City/A/A1": -0.14})
    made.read_all()
    [signal] = of_unit(made, "City/A/A1")
    questions = queries.questions_of([signal])
    for now, is_named in ((3.1, True), (3.36, False), (3.6, False)):
        signal.evidence["questions"][0] |= {"before": 3.4, "now": now}
        with translation.override("en"):
            assert ("it shows most in" in tell(signal, questions).why) is is_named


def test_the_export_has_the_documented_columns(tmp_path: Path) -> None:
    made = city({"City/A/A1": -0.14})
    made.read_all()
    call_command(
        "signals", "export", "--organisation", made.organisation.slug, "--to", str(tmp_path / "s.jsonl")
    )
    told = [json.loads(line) for line in (tmp_path / "s.jsonl").read_text("utf-8").splitlines()]
    assert len(told) == Signal.objects.count()
    [row] = [one for one in told if one["unit"] == "City/A/A1"]
    assert set(row) == {"unit", "wave", "kind", "index", "since_wave", "size", "probability"}
    assert (row["kind"], row["index"]) == ("drift", "energy")
    assert row["since_wave"] < row["wave"] <= WAVES
