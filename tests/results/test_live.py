"""Live figures: what people say so far, in closed cells, once a day."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from orgunits.models import OrgUnit, Role
from results import queries
from results.figures import Shown
from results.live import close_cells
from results.mixing import mix
from results.models import Atom, Release, Response, WaveVerdict
from surveys.models import CycleKind, Wave
from tests.factories import user_with
from tests.results.closing import close
from tests.waves import OPENED, OpenWave, open_wave

pytestmark = pytest.mark.django_db

SIZES = {"City": 2, "City/Care": 30, "City/Care/Day": 30, "City/Works": 12, "City/Works/Roads": 12}
VARIED = [(one % 5 + 1, 5 - one % 3) for one in range(60)]


def day(number: int) -> datetime:
    return OPENED + timedelta(days=number)


def look(built: OpenWave, now: datetime) -> int:
    """As the worker does, every few minutes."""
    mix(built.wave.pk)
    return close_cells(built.wave.pk, now=now)


def live(built: OpenWave) -> dict[str, tuple[int, int]]:
    """By unit the newest step and how many people it is about."""
    releases = Release.objects.filter(wave=built.wave, step__gt=0).order_by("step")
    return {name: (step, n) for name, step, n in releases.values_list("unit__name", "step", "n")}


def test_the_first_five_of_a_group_are_in_no_live_figure_and_the_next_ten_are() -> None:
    built = open_wave(SIZES)
    built.answer("City/Care/Day", VARIED[:15])
    assert look(built, day(1)) == 4
    assert live(built) == {"Care": (1, 10), "City": (1, 10)}


def test_fewer_than_ten_wait_and_are_released_with_later_ones() -> None:
    built = open_wave(SIZES)
    built.answer("City/Care/Day", VARIED[:14])
    assert look(built, day(1)) == 0
    built.answer("City/Care", VARIED[:12])
    look(built, day(2))
    assert live(built) == {"Care": (1, 16), "City": (1, 16)}


def test_cells_are_closed_once_a_day() -> None:
    """Whoever looks, answers with letters of their own and looks again has learnt nothing."""
    built = open_wave(SIZES)
    built.answer("City/Care/Day", VARIED[:15])
    look(built, day(1))
    built.answer("City/Care/Day", VARIED[:15])
    assert look(built, day(1) + timedelta(hours=3)) == 0
    assert look(built, day(2)) == 4
    assert live(built) == {"Care": (2, 25), "City": (2, 25)}


def test_answers_of_a_part_of_the_organisation_that_is_no_live_unit_count_at_the_top_only() -> None:
    built = open_wave(SIZES)
    built.answer("City/Works", VARIED[:12])
    built.answer("City/Works/Roads", VARIED[:12])
    look(built, day(1))
    assert live(built) == {"City": (1, 14)}


def test_a_figure_grows_by_the_cells_below_it() -> None:
    built = open_wave(SIZES)
    built.answer("City/Care", VARIED[:20])
    look(built, day(1))
    built.answer("City/Works", VARIED[:12])
    built.answer("City/Works/Roads", VARIED[:12])
    look(built, day(2))
    assert live(built) == {"Care": (1, 15), "City": (2, 29)}


def test_answers_that_are_too_alike_wait() -> None:
    built = open_wave(SIZES)
    built.answer("City/Care/Day", [(5, 5)] * 20)
    assert look(built, day(1)) == 0
    built.answer("City/Care", VARIED[:20])
    look(built, day(2))
    assert live(built)["Care"] == (1, 30)


def test_whoever_skipped_a_question_counts_when_the_wave_closes() -> None:
    built = open_wave(SIZES)
    built.answer("City/Care", [*VARIED[:20], *[(3, None)] * 5])
    look(built, day(1))
    assert live(built)["Care"][1] <= 15
    close(built.wave)
    final = Release.objects.get(step=0, unit=built.units["City/Care"], question__code="energy_1")
    assert final.n == 25


def test_a_wave_with_live_figures_is_found_to_hold_and_keeps_them() -> None:
    built = open_wave(SIZES)
    for number in range(1, 4):
        for unit in SIZES:
            built.answer(unit, VARIED[number * 3 : number * 3 + 9])
        look(built, day(number))
    before = list(Release.objects.order_by("pk").values())
    close(built.wave)
    assert WaveVerdict.objects.get().passed
    assert list(Release.objects.filter(step__gt=0).order_by("pk").values()) == before
    in_cells = Atom.objects.filter(step__gt=0).values_list("people", flat=True)
    assert sum(in_cells) == max(n for _, n in live(built).values())


def test_a_closed_wave_does_not_say_which_answers_were_early() -> None:
    built = open_wave(SIZES)
    built.answer("City/Care", VARIED[:20])
    look(built, day(1))
    assert Response.objects.values("portion").distinct().count() == 2
    close(built.wave)
    assert Response.objects.values("portion").distinct().count() == 1


def test_nothing_is_closed_in_a_wave_that_takes_no_more_answers() -> None:
    built = open_wave(SIZES)
    built.answer("City/Care", VARIED[:20])
    mix(built.wave.pk)
    Wave.objects.filter(pk=built.wave.pk).update(state=Wave.State.CLOSING)
    assert close_cells(built.wave.pk, now=day(1)) == 0
    close(built.wave)
    assert close_cells(built.wave.pk, now=day(2)) == 0
    assert live(built) == {}


def test_a_journey_has_no_live_figures() -> None:
    built = open_wave(SIZES)
    Wave.objects.filter(pk=built.wave.pk).update(kind=CycleKind.ONBOARDING)
    built.answer("City/Care", VARIED[:20])
    assert look(built, day(1)) == 0
    assert queries.live_figures(Wave.objects.get(), built.units["City"].pk) is None


def test_a_minimum_of_ten_holds_for_cells_and_the_reserve() -> None:
    built = open_wave(SIZES, minimum=10)
    built.answer("City/Care", VARIED[:19])
    assert look(built, day(1)) == 0
    built.answer("City/Care", VARIED[:10])
    assert look(built, day(2)) == 4
    assert live(built)["Care"] == (1, 19)


def test_a_live_figure_is_read_turned_round_like_a_final_one() -> None:
    built = open_wave(SIZES, questions=1, turned=True)
    built.answer("City/Care", [(1,), (2,)] * 10)
    look(built, day(1))
    found = queries.live_figures(built.wave, built.units["City/Care"].pk)
    assert found is not None
    [(_theme, figure)] = found
    assert isinstance(figure, Shown)
    assert 4 < figure.mean < 5


def test_the_page_of_a_live_unit_shows_its_themes_as_provisional(client: Client) -> None:
    built = open_wave(SIZES)
    built.answer("City/Care", VARIED[:20])
    look(built, day(1))
    care = OrgUnit.objects.get(pk=built.units["City/Care"].pk)
    client.force_login(user_with(Role.MANAGER, care))
    for address in (reverse("unit", args=[care.pk]), reverse("unit_so_far", args=[care.pk])):
        page = client.get(address).content.decode()
        assert "provisional" in page
        assert "averages of 15 people" in page
    assert client.get(reverse("unit_so_far", args=[built.units["City/Works"].pk])).status_code == 404


def test_a_unit_of_fewer_than_fifty_shows_nothing_before_the_end(client: Client) -> None:
    built = open_wave(SIZES)
    built.answer("City/Works", VARIED[:12])
    look(built, day(1))
    works = OrgUnit.objects.get(pk=built.units["City/Works"].pk)
    client.force_login(user_with(Role.MANAGER, works))
    assert "provisional" not in client.get(reverse("unit", args=[works.pk])).content.decode()
