"""Filters: the means of people with one trait in common, when a wave closes."""

from __future__ import annotations

import csv
import io
import json
import random
import zipfile
from collections import defaultdict
from pathlib import Path
from statistics import fmean

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from orgunits.models import OrgUnit, Role
from results import verdicts
from results.filter_figures import dropped, filter_sheet, filtered_units
from results.live import close_cells
from results.mixing import mix
from results.models import (
    FilterAtom,
    FilterBand,
    FilterFigure,
    FilterOutcome,
    Participation,
    Release,
    WaveVerdict,
)
from tests.database import web_role
from tests.factories import user_with
from tests.results.closing import AFTER, close
from tests.waves import OPENED, OpenWave, open_wave

pytestmark = pytest.mark.django_db

TEAMS = {"City": 3, "City/Small": 12} | {f"City/Team {number}": 12 for number in range(11)}
AGES = ("<25", "25-34", "35-44", "45-54", "55+")


def with_traits(sizes: dict[str, int] = TEAMS) -> OpenWave:
    """Ages and contracts by chance, and a place that is the same for all of a team."""
    built, chance = open_wave(sizes), random.Random(1)
    for unit, invitations in built.invitations.items():
        for one in invitations:
            contract = chance.choice(["fixed", "fixed", "temporary"])
            one.bands = {"age": chance.choice(AGES), "contract": contract, "place": unit}
            one.save(update_fields=["bands"])
    return built


def answer(built: OpenWave, share: float = 0.8, *, seed: int = 2) -> None:
    chance = random.Random(seed)
    for unit in built.invitations:
        people = sum(chance.random() < share for _ in built.silent(unit))
        built.answer(unit, [(chance.randint(1, 5), chance.randint(1, 5)) for _ in range(people)])


def closed() -> OpenWave:
    built = with_traits()
    answer(built)
    close(built.wave)
    return built


def test_bands_are_released_in_a_large_unit_and_the_whole_is_found_to_hold() -> None:
    built = closed()
    assert WaveVerdict.objects.get().passed
    city = built.units["City"].pk
    sheet = filter_sheet(built.wave, city)
    assert filtered_units(built.wave) == {trait: [city] for trait in sheet.traits}
    assert {"age", "contract"} <= set(sheet.traits)
    assert [band.values for band in sheet.traits["age"]] == [(age,) for age in AGES]
    assert all(band.n >= 10 for bands in sheet.traits.values() for band in bands)


def test_a_trait_that_nearly_is_a_unit_is_dropped_with_a_reason() -> None:
    """Teams of 12 are shown themselves: a band of one of them, less the team, would leave a few."""
    built = closed()
    outcomes = dict(FilterOutcome.objects.values_list("trait", "outcome"))
    assert set(outcomes) == {"age", "contract", "place"}
    assert outcomes["place"] != FilterOutcome.Outcome.RELEASED
    assert [one.trait for one in dropped(built.wave)] == ["place"]


def test_a_figure_of_a_band_is_the_mean_of_its_people() -> None:
    built, given = with_traits(), defaultdict(list)
    for unit, invitations in built.invitations.items():
        rows = [(place % 5 + 1, 5 - place % 4) for place, _ in enumerate(invitations)]
        for one, scores in zip(invitations, rows, strict=True):
            given[one.bands["age"]].append(scores[0])
        built.answer(unit, rows)
    close(built.wave)
    released = 0
    for band in FilterBand.objects.filter(trait="age"):
        figure = FilterFigure.objects.get(band=band.number, question=built.questions[0].question_id)
        if figure.n == len(given[band.values[0]]):  # some are without those who would stand out
            assert figure.mean == pytest.approx(fmean(given[band.values[0]]))
            released += 1
    assert released


def test_a_band_that_agrees_on_a_question_is_not_shown() -> None:
    built = with_traits()
    for unit, invitations in built.invitations.items():
        rows = [
            (1 if one.bands["contract"] == "fixed" else 5, n % 5 + 1) for n, one in enumerate(invitations)
        ]
        built.answer(unit, rows)
    close(built.wave)
    assert not FilterBand.objects.filter(trait="contract").exists()
    assert FilterOutcome.objects.get(trait="contract").outcome == FilterOutcome.Outcome.TOO_FEW


def test_who_skipped_a_question_and_who_is_in_a_live_cell_is_in_no_band() -> None:
    built = with_traits()
    answer(built, 0.9)
    mix(built.wave.pk)
    close_cells(built.wave.pk, now=AFTER)
    in_cells = max(Release.objects.filter(step=1).values_list("n", flat=True))
    close(built.wave)
    assert WaveVerdict.objects.get().passed
    assert in_cells >= 10
    answered = Participation.objects.get(unit=built.units["City"]).answered
    for trait in ("age", "contract"):
        numbers = FilterBand.objects.filter(trait=trait).values_list("number", flat=True)
        figures = FilterFigure.objects.filter(band__in=numbers, question__code="energy_1")
        assert sum(figures.values_list("n", flat=True)) <= answered - in_cells


def test_a_wave_without_traits_has_no_filters_and_says_nothing_of_them() -> None:
    built = open_wave(TEAMS)
    answer(built)
    close(built.wave)
    assert not FilterOutcome.objects.exists()


def test_nothing_is_filtered_below_fifty_answers() -> None:
    built = with_traits({"City": 3} | {f"City/Team {number}": 12 for number in range(4)})
    answer(built)
    close(built.wave)
    assert set(FilterOutcome.objects.values_list("outcome", flat=True)) == {FilterOutcome.Outcome.TOO_FEW}


def test_closing_again_changes_nothing() -> None:
    built = closed()
    before = list(FilterFigure.objects.order_by("pk").values())
    assert close(built.wave) is None
    assert list(FilterFigure.objects.order_by("pk").values()) == before


def test_filters_cannot_be_changed_and_the_web_cannot_see_who_is_in_which_band() -> None:
    closed()
    for model in (FilterBand, FilterAtom, FilterFigure, FilterOutcome):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            model.objects.all().delete()
    with web_role(), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        FilterAtom.objects.exists()


def test_the_operators_files_have_bands_and_are_found_to_hold(tmp_path: Path) -> None:
    built = closed()
    call_command("disclosure", "export", "--wave", str(built.wave.pk), "--to", str(tmp_path))
    atoms = list(csv.DictReader((tmp_path / "atoms.csv").open(encoding="utf-8")))
    assert {"band_age", "band_contract"} <= set(atoms[0])
    final = [one for one in atoms if one["step"] == "final"]
    assert sum(int(one["respondents"]) for one in final if one["band_age"] == "25-34") >= 10
    call_command("disclosure", "audit", "--from", str(tmp_path))


def test_the_privacy_officers_files_do_not_tell_who_is_in_which_band() -> None:
    built = closed()
    officer = user_with(Role.PRIVACY_OFFICER, OrgUnit.objects.get(pk=built.units["City"].pk))
    with web_role():
        packed = verdicts.exported(built.wave, by=officer, now=OPENED)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert "band_age" not in archive.read("atoms.csv").decode()
        lines = [json.loads(line) for line in archive.read("filters.jsonl").splitlines()]
    assert len(lines) == FilterFigure.objects.count() > 0
    assert {line["unit"] for line in lines} == {"City"}
    assert all(line["n"] >= 10 and line["value"] for line in lines)


def test_the_pages_show_bands_and_say_what_was_dropped(client: Client) -> None:
    built = closed()
    city, small = (OrgUnit.objects.get(pk=built.units[name].pk) for name in ("City", "City/Small"))
    client.force_login(user_with(Role.HR, city))
    address = reverse("unit_filters", args=[city.pk, built.wave.pk])
    assert address in client.get(reverse("unit", args=[city.pk])).content.decode()
    assert address in client.get(reverse("wave", args=[built.wave.pk])).content.decode()
    assert address in client.get(reverse("waves")).content.decode()
    page = client.get(address, {"trait": "age"}).content.decode()
    assert "25-34" in page
    assert "Not shown: Place. Too few people" in page
    assert client.get(reverse("unit_filters", args=[small.pk, built.wave.pk])).status_code == 404
    client.force_login(user_with(Role.MANAGER, small))
    assert client.get(address).status_code == 404
