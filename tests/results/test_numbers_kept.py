"""What a wave keeps of itself is what a count finds, from its opening until long after its closing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from importlib import import_module

import pytest
from django.db import connection

from results.live import close_cells
from results.mixing import mix
from results.models import Release
from results.retention import delete_what_is_old
from results.services import close_wave
from results.verdicts import audit_wave
from surveys.answering.services import Answers, submit
from surveys.models import Invitation, Wave, WaveUnit
from surveys.persons.erasing import erase
from surveys.persons.finding import find_person
from surveys.waves.services import close_early, open_wave
from tests.surveys.factories import FIRST, City, city
from tests.surveys.journeys.factories import at, journey, tick

pytestmark = pytest.mark.django_db

SIZES = {"City/Care": 30, "City/Care/Day": 30, "City/Works": 9, "City/Works/Roads": 3}
A_DAY = timedelta(days=1)
THREE_YEARS = timedelta(days=3 * 366)


def kept(wave: Wave) -> tuple[int, set[str]]:
    """How many people were invited, and which units have figures."""
    marked = WaveUnit.objects.filter(wave=wave, has_figures=True)
    return Wave.objects.get(pk=wave.pk).invited, set(marked.values_list("unit__name", flat=True))


def counted(wave: Wave) -> tuple[int, set[str]]:
    released = Release.objects.filter(wave=wave, step=Release.FINAL)
    people = sum(WaveUnit.objects.filter(wave=wave).values_list("invited", flat=True))
    return people, set(released.values_list("unit__name", flat=True))


def opened(made: City) -> Wave:
    wave = open_wave(made.active(), now=FIRST)
    assert wave is not None
    return wave


def answer(made: City, wave: Wave, path: str, number: int) -> None:
    asked = Invitation.objects.filter(wave=wave, unit=made.units[path]).order_by("pk")[:number]
    answers = [Answers(one.pk, [1 + place % 5, 5 - place % 3], {}) for place, one in enumerate(asked)]
    submit(wave, answers, now=FIRST + timedelta(hours=1))


def close(wave: Wave, now: datetime) -> None:
    close_early(wave, by=None, now=now)
    close_wave(wave.pk, now=now)


def erased(made: City, path: str, now: datetime) -> None:
    email = made.units[path].employees.order_by("-pk")[0].email
    person = find_person(made.organisation, email)
    assert person is not None
    erase(person, by=None, now=now)


def test_a_wave_keeps_what_a_count_finds_all_its_life() -> None:
    made = city(SIZES)
    wave = opened(made)
    assert kept(wave) == counted(wave) == (72, set())
    answer(made, wave, "City/Care/Day", 20)
    answer(made, wave, "City/Works", 7)
    mix(wave.pk)
    assert close_cells(wave.pk, now=FIRST + A_DAY)  # figures so far are not those that stay
    erased(made, "City/Works", FIRST + A_DAY)
    assert kept(wave) == counted(wave) == (72, set())
    close(wave, FIRST + 2 * A_DAY)
    shown = (72, {"City", "Care", "Day", "Works"})
    assert kept(wave) == counted(wave) == shown
    for day in (3, 4):
        audit_wave(wave.pk, now=FIRST + day * A_DAY, again=True)
    erased(made, "City/Care", FIRST + 5 * A_DAY)
    delete_what_is_old(FIRST + THREE_YEARS)
    assert not Invitation.objects.filter(wave=wave).exists()
    assert kept(wave) == counted(wave) == shown


def test_a_journey_keeps_what_a_count_finds_also_when_invitations_are_taken_back() -> None:
    made = city({"City": 1, "City/Care": 1})
    journey(made)
    came = made.hire("City/Care", 3, joined_on=date(2026, 1, 20))
    tick(at(date(2026, 2, 1)))
    wave = Wave.objects.get()
    assert kept(wave) == counted(wave) == (0, set())
    tick(at(date(2026, 2, 19)), sending=False)
    assert kept(wave) == counted(wave) == (3, set())
    came[0].joined_on = None
    came[0].save()
    tick(at(date(2026, 2, 20)))
    assert kept(wave) == counted(wave) == (2, set())


def test_waves_from_before_get_what_a_count_finds() -> None:
    made = city(SIZES)
    wave = opened(made)
    answer(made, wave, "City/Care/Day", 20)
    close(wave, FIRST + A_DAY)
    Wave.objects.update(invited=0)
    WaveUnit.objects.update(has_figures=False)
    with connection.cursor() as cursor:
        cursor.execute(import_module("surveys.migrations.0013_number_of_invited").COUNTED)
        cursor.execute(import_module("results.migrations.0018_units_with_figures").MARKED)
    assert kept(wave) == counted(wave) == (72, {"City", "Care", "Day"})
