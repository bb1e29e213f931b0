"""The layer gap: what each layer answers by itself, made of released figures only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.translation import override

from dashboards.layers import LayerPage, layer_page
from orgunits.access import scope_of
from orgunits.models import Role
from results.figures import Shown
from results.layers import layer_sheet
from results.queries import closed_waves
from tests.dashboards.towns import FIRST, Town
from tests.factories import user_with

pytestmark = pytest.mark.django_db

CITY = ("City", "City/Care", "City/Care/North", "City/Works", "City/Works/Roads")


@pytest.fixture
def town() -> Town:
    """40 people at the top and in departments answer 4.0, 100 in teams 3.0."""
    built = Town(*CITY)
    wave = built.waves[0]
    built.release_all(wave, {"City/Care/North": 3.0, "City/Works/Roads": 3.0}, n=50)
    built.release_all(wave, {"City/Care": (10 * 4 + 50 * 3) / 60, "City/Works": (10 * 4 + 50 * 3) / 60}, n=60)
    built.release_all(wave, {"City": (20 * 4 + 120 * (190 / 60)) / 140}, n=140)
    return built


def page(town: Town) -> LayerPage:
    scope = scope_of(user_with(Role.DIRECTOR, town.units["City"]), on=FIRST.date() + timedelta(weeks=100))
    with override("en"):
        return layer_page(scope)


def test_a_layer_answers_without_those_below_it(town: Town) -> None:
    (wave,) = closed_waves(town.units["City"].organisation)
    sheet = layer_sheet(wave, [town.units["City"].pk])
    theme = wave.questions.all()[0].theme_id
    found = [sheet.index(layer, theme) for layer in range(sheet.layers)]
    assert [(round(one.mean, 6), one.n) for one in found if isinstance(one, Shown)] == [
        (4.0, 20),
        (4.0, 20),
        (3.0, 100),
    ]


def test_the_gap_is_told_with_its_direction(town: Town) -> None:
    (line,) = page(town).lines
    assert line.gap
    assert (line.gap.direction, line.gap.size, line.gap.clear) == ("up", 1.0, True)
    assert line.reading == "Layer 2 is more positive than Layer 3."
    assert page(town).headline == "The layers differ most on Energy."


def test_the_course_of_a_gap_is_told_from_the_year_before(town: Town) -> None:
    later = town.wave(after=timedelta(weeks=52))
    town.release_all(later, {"City/Care/North": 3.4, "City/Works/Roads": 3.4}, n=50)
    town.release_all(later, {"City/Care": 3.5, "City/Works": 3.5}, n=60)
    town.release_all(later, {"City": (20 * 4 + 120 * 3.5) / 140}, n=140)
    (line,) = page(town).lines
    assert line.reading == "Layer 2 is more positive than Layer 3. The gap became smaller in a year."


def test_a_layer_of_too_few_people_of_its_own_is_not_shown() -> None:
    built = Town(*CITY)
    built.release_all(built.waves[0], {"City/Care/North": 3.0}, n=50)
    built.release_all(built.waves[0], {"City/Care": 3.02, "City": 3.02}, n=54)
    found = page(built)
    (line,) = found.lines
    assert found.headline == ""
    assert [dot.figure.is_shown for dot in line.dots] == [False, False, True]
    assert line.gap is None


def test_pages_about_layers_and_waves_are_for_those_who_see_more_than_a_team(
    town: Town, client: Client
) -> None:
    for role, expected in (
        (Role.HR, {"layers": 200, "waves": 200}),
        (Role.DIRECTOR, {"layers": 200, "waves": 403}),
        (Role.MANAGER, {"layers": 403, "waves": 403}),
    ):
        client.force_login(user_with(role, town.units["City"]))
        assert {name: client.get(f"/{name}/").status_code for name in expected} == expected


def test_hr_sees_waves_side_by_side_for_one_part_too(town: Town, client: Client) -> None:
    town.release_all(town.wave(after=timedelta(weeks=4)), {"City": 3.4, "City/Care": 4.7}, n=60)
    client.force_login(user_with(Role.HR, town.units["City"]))
    text = client.get("/waves/", headers={"accept-language": "en"}).content.decode()
    assert "3.4" in text
    part = client.get(f"/waves/?unit={town.units['City/Care'].pk}").content.decode()
    assert "4.7" in part or "4,7" in part
    silent = client.get(f"/waves/?unit={town.units['City/Works'].pk}", headers={"accept-language": "en"})
    assert "Too few or too similar answers" in silent.content.decode()
    stranger = client.get(f"/waves/?unit={town.units['City/Care/North'].pk}").content.decode()
    assert "4.7" not in stranger
