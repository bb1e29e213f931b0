"""What the heatmap shows, to whom, and how much of it at once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from dashboards.heatmap import Heatmap, Metric, View, heatmap
from dashboards.heatmap import branch as branches
from dashboards.heatmap import view as views
from dashboards.heatmap.rows import More
from orgunits.access import scope_of
from orgunits.models import Role
from surveys.models import Wave
from tests.dashboards.towns import FIRST, Town
from tests.factories import user_with
from tests.signals import make_signal

pytestmark = pytest.mark.django_db

CITY = ("City", "City/Care", "City/Care/North", "City/Care/South", "City/Works", "City/Works/Roads")


@pytest.fixture
def town() -> Town:
    """Two waves: all fell clearly from 4.0 to 3.6 but Works, that stayed at 3.0."""
    built = Town(*CITY)
    built.release_all(built.waves[0], {"City": 4.0, "City/Care": 4.0, "City/Works": 3.0}, n=200)
    built.release_all(
        built.wave(after=timedelta(weeks=4)), {"City": 3.6, "City/Care": 3.6, "City/Works": 3.0}, n=200
    )
    return built


def seen(town: Town, *, role: Role = Role.DIRECTOR, unit: str = "City", **view: object) -> Heatmap:
    scope = scope_of(user_with(role, town.units[unit]), on=FIRST.date() + timedelta(weeks=100))
    with override("en"):
        return heatmap(scope, View(**view))  # type: ignore[arg-type]


def names(page: Heatmap) -> list[str]:
    return [row.name for row in page.units]


def texts(page: Heatmap) -> dict[str, str]:
    return {row.name: row.cells[0].text for row in page.units}


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        (Metric.MEAN, {"City": "3.6", "Care": "3.6", "Works": "3.0"}),
        (Metric.CHANGE, {"City": "−0.4", "Care": "−0.4", "Works": "0.0"}),
        (Metric.GAP, {"City": "", "Care": "0.0", "Works": "−0.6"}),
        (Metric.FAVOURABLE, {"City": "60%", "Care": "60%", "Works": "60%"}),
    ],
)
def test_a_cell_shows_the_metric_that_was_chosen(
    town: Town, metric: Metric, expected: dict[str, str]
) -> None:
    assert texts(seen(town, metric=metric)) == expected


def test_a_difference_that_may_be_chance_has_no_colour() -> None:
    town = Town(*CITY)
    town.release_all(town.waves[0], {"City": 3.6, "City/Care": 3.6}, n=9)
    town.release_all(town.wave(after=timedelta(weeks=4)), {"City": 3.4, "City/Care": 2.0}, n=9)
    rows = {row.name: row.cells[0] for row in seen(town, metric=Metric.CHANGE).units}
    assert (rows["City"].text, rows["City"].step) == ("−0.2", 4)
    assert (rows["Care"].text, rows["Care"].step) == ("−1.6", 1)


def test_a_theme_sorts_each_layer_both_ways(town: Town) -> None:
    assert names(seen(town, sort="energy")) == ["City", "Care", "Works"]
    lowest_first = seen(town, sort="-energy")
    assert names(lowest_first) == ["City", "Works", "Care"]
    assert [theme.sorted for theme in lowest_first.themes] == ["ascending"]


def test_who_leads_a_team_cannot_rank_teams(town: Town) -> None:
    page = seen(town, role=Role.MANAGER, sort="-energy")
    assert names(page) == ["City", "Care", "Works"]
    assert [theme.sort_url for theme in page.themes] == [""]


def test_one_directorate_can_be_looked_at_by_itself(town: Town) -> None:
    page = seen(town, within=town.units["City/Works"].pk)
    assert names(page) == ["Works", "Roads"]
    assert [part.name for part in page.parts] == ["Care", "Works"]


def test_a_part_out_of_reach_is_not_looked_at(town: Town) -> None:
    page = seen(town, unit="City/Care", within=town.units["City/Works"].pk)
    assert names(page) == ["Care", "North", "South"]


def test_against_the_organisation_works_for_who_may_not_see_its_row(town: Town) -> None:
    assert texts(seen(town, unit="City/Works", metric=Metric.GAP))["Works"] == "−0.6"


def test_a_branch_comes_by_itself_with_its_units_folded(town: Town, client: Client) -> None:
    client.force_login(user_with(Role.DIRECTOR, town.units["City/Care"]))
    answer = client.get(f"/heatmap/units/{town.units['City/Care'].pk}/")
    assert re.findall(r'class="card__link"[^>]*>([^<]+)<', answer.content.decode()) == ["North", "South"]
    assert b"<html" not in answer.content
    assert client.get(f"/heatmap/units/{town.units['City'].pk}/").status_code == 404
    assert client.get(f"/heatmap/units/{town.units['City/Works'].pk}/").status_code == 404


def test_of_a_broad_branch_some_units_come_at_a_time(
    town: Town, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("dashboards.heatmap.view", "dashboards.heatmap.page"):
        monkeypatch.setattr(f"{module}.SIBLINGS", 1)
    page = seen(town, siblings=1)
    assert names(page) == ["City", "Care"]
    (more,) = [row for row in page.rows if isinstance(row, More)]
    assert (more.left, more.after) == (1, 1)
    client.force_login(user_with(Role.DIRECTOR, town.units["City"]))
    rest = client.get(f"/heatmap/units/{town.units['City'].pk}/?after=1").content.decode()
    assert "Works" in rest
    assert "Care" not in rest
    assert views.SIBLINGS == 1


def test_opening_all_stops_where_the_page_would_become_too_long(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert names(seen(town, everything=True)) == ["City", "Care", "North", "South", "Works", "Roads"]
    monkeypatch.setattr(branches, "MOST_ROWS", 4)
    assert names(seen(town, everything=True)) == ["City", "Care", "Works", "Roads"]


def test_the_heatmap_is_told_in_words_per_theme(town: Town) -> None:
    (theme,) = seen(town).words
    assert theme.text == "City: 3.6. Below it from 3.0 to 3.6, in 2 units with a figure. 2 units went down."


def test_a_signal_is_marked_in_its_cell_and_leads_to_it(town: Town, client: Client) -> None:
    signal = make_signal(town.units["City/Works"], town.waves[-1])
    client.force_login(user_with(Role.DIRECTOR, town.units["City"]))
    text = client.get("/heatmap/", headers={"accept-language": "en"}).content.decode()
    assert re.findall(r'class="heat__mark" href="([^"]+)"', text) == [f"/signals/{signal.pk}/"]


def test_the_heatmap_takes_at_most_ten_queries_and_knows_of_every_wave(town: Town, client: Client) -> None:
    client.force_login(user_with(Role.DIRECTOR, town.units["City"]))
    for query in ("", "?open=all", "?metric=gap&sort=-energy", f"?wave={town.waves[0].pk}"):
        client.get(f"/heatmap/{query}")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/heatmap/{query}").status_code == 200
        assert len(queries) == 10
    assert Wave.objects.count() == 2
