"""What a page compares with: waves of the same cycle, and only changes that are more than chance."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from dashboards.heatmap import Heatmap, View, heatmap
from dashboards.tabs import wave_tabs
from dashboards.timeline import timeline
from dashboards.unit import UnitPage, unit_page
from orgunits.access import scope_of
from orgunits.models import Role
from surveys.models import Wave
from tests.dashboards.towns import FIRST, WEEK, Town
from tests.factories import user_with


def waves(*cycle_ids: int, every: timedelta = 4 * WEEK) -> list[Wave]:
    return [
        Wave(pk=place + 1, cycle_id=cycle_id, closes_at=FIRST + place * every)
        for place, cycle_id in enumerate(cycle_ids)
    ]


def test_a_wave_is_compared_with_the_one_before_it_in_its_own_cycle() -> None:
    assert [wave.pk for wave in timeline(waves(1, 2, 1, 2, 1), None).waves] == [1, 3, 5]
    times = timeline(waves(1, 2, 1, 2, 1), 4)
    assert [wave.pk for wave in times.waves] == [2, 4]
    assert times.before
    assert times.before.pk == 2


def test_a_journey_is_shown_when_it_is_chosen_and_not_by_itself() -> None:
    found = waves(1, 1, 2)
    found[2].kind = Wave.Kind.ONBOARDING
    assert timeline(found, None).wave.pk == 2
    assert timeline(found, 3).wave.pk == 3
    assert timeline(found[2:], None).wave.pk == 3


def test_the_last_wave_of_a_journey_keeps_its_tab() -> None:
    found = waves(2, *[1] * 8)
    found[0].kind = Wave.Kind.ONBOARDING
    assert "?wave=1" in [tab.url for tab in wave_tabs(found, found[-1])]


def test_a_tab_names_the_day_on_which_its_wave_closed_where_the_organisation_is() -> None:
    [wave] = found = waves(1)
    wave.closes_at = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    with override("en"), timezone.override("Europe/Amsterdam"):
        assert [tab.label for tab in wave_tabs(found, wave)] == ["3 Mar 2026"]


@pytest.mark.parametrize(
    ("number", "every", "expected"), [(20, 4 * WEEK, 7), (11, 4 * WEEK, None), (5, 13 * WEEK, 1)]
)
def test_a_year_before_is_about_a_year(number: int, every: timedelta, expected: int | None) -> None:
    found = timeline(waves(*[1] * number, every=every), None).year_before
    assert (found.pk if found else None) == expected


# With figures


class Board(Town):
    """The pages that are tested here, as a director of all sees them."""

    def page(self, path: str) -> UnitPage:
        user = user_with(Role.DIRECTOR, self.units["City"])
        scope = scope_of(user, on=FIRST.date() + 100 * WEEK)
        with override("en"):
            return unit_page(scope, self.units[path])

    def heatmap(self) -> Heatmap:
        user = user_with(Role.DIRECTOR, self.units["City"])
        with override("en"):
            return heatmap(scope_of(user, on=FIRST.date() + 100 * WEEK), View())


@pytest.fixture
def town(db: None) -> Board:
    return Board()


def test_a_theme_that_fell_clearly_is_named_as_changed(town: Board) -> None:
    town.release(town.waves[0], "City/Care", [3.6, 3.6, 3.6], n=80)
    town.release(town.wave(after=2 * WEEK), "City/Care", [3.0, 3.0, 3.0], n=80)
    (changed,) = town.page("City/Care").changed
    assert (changed.theme, changed.change.direction, round(changed.change.size, 1)) == ("Energy", "down", 0.6)
    assert not changed.in_a_year


def test_the_same_fall_among_few_answers_does_not_stand_out(town: Board) -> None:
    town.release(town.waves[0], "City/Care", [3.6, 3.6, 3.6], n=8)
    town.release(town.wave(after=2 * WEEK), "City/Care", [3.0, 3.0, 3.0], n=8)
    page = town.page("City/Care")
    assert page.compared
    assert page.changed == []
    assert page.smallest_clear_change == 1.0  # two means of 8 answers: 1.96 times the root of 2 in 8


def test_a_slow_fall_is_seen_over_a_year(town: Board) -> None:
    town.release(town.waves[0], "City/Care", [4.0, 4.0, 4.0], n=60)
    for number in range(1, 14):
        town.release(town.wave(after=4 * WEEK), "City/Care", [4.0 - number / 25] * 3, n=60)
    (changed,) = town.page("City/Care").changed
    assert (changed.in_a_year, round(changed.change.size, 1)) == (True, 0.5)


def test_a_first_wave_has_nothing_to_compare_with(town: Board) -> None:
    town.release(town.waves[0], "City/Care", [3.6, 3.6, 3.6], n=80)
    page = town.page("City/Care")
    assert not page.compared
    assert page.changed == []


def test_the_heatmap_says_where_most_changed_if_it_is_far_more_than_chance(town: Board) -> None:
    for path in ("City", "City/Care"):
        town.release(town.waves[0], path, [3.6, 3.6, 3.6], n=200)
    wave = town.wave(after=2 * WEEK)
    town.release(wave, "City", [3.5, 3.5, 3.5], n=200)
    town.release(wave, "City/Care", [3.0, 3.0, 3.0], n=200)
    assert town.heatmap().headline == (
        "Largest change since the wave before: Energy in Care, from 3.6 to 3.0."
    )


def test_the_heatmap_names_no_change_that_may_be_chance(town: Board) -> None:
    for wave in (town.waves[0], town.wave(after=2 * WEEK)):
        town.release(wave, "City", [3.6 - wave.number / 5] * 3, n=50)
    page = town.heatmap()
    assert page.headline == ""
    assert page.units[0].cells[0].change
    assert not page.units[0].cells[0].change.clear
