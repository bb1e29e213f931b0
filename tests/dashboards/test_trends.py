"""One theme over the years: time, gaps, reorganisations, what happened meanwhile, and what is said of it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import pairwise
from math import sqrt
from typing import Any

import plotly.graph_objects as go
import pytest
from django.test import Client
from django.utils.translation import override

from dashboards.trends.big import ABOVE, BELOW, HEIGHT
from dashboards.trends.page import TrendPage, trend_page
from orgunits.access import scope_of
from orgunits.models import ChangeEvent, ImportRun, OrgUnit, Role, UnitLineage
from surveys.models import WaveQuestion
from tests.dashboards.towns import FIRST, WEEK, Town
from tests.factories import user_with

pytestmark = pytest.mark.django_db

OLD, NEW = "City/Care/Old", "City/Care/New"
CITY = ("City", "City/Care", OLD, NEW, "City/Works")


def seen(town: Town, path: str, *, role: Role = Role.DIRECTOR, by: str = "City") -> TrendPage:
    scope = scope_of(user_with(role, town.units[by]), on=FIRST.date() + 100 * WEEK)
    with override("en"):
        return trend_page(scope, town.units[path], "energy")


@pytest.fixture
def town() -> Town:
    """Three waves four and twelve weeks apart, in which Care went from 4.0 to 3.0."""
    built = Town(*CITY)
    for wave, mean in (
        (built.waves[0], 4.0),
        (built.wave(after=4 * WEEK), 3.6),
        (built.wave(after=12 * WEEK), 3.0),
    ):
        built.release_all(wave, {"City": 3.5, "City/Care": mean}, n=100)
    return built


def test_waves_stand_at_their_own_dates(town: Town) -> None:
    drawn = seen(town, "City/Care").trend
    assert drawn
    first, second, third = (point.x for point in drawn.points)
    assert third - second == pytest.approx(3 * (second - first), abs=1)


def test_the_chart_is_told_in_short_sentences(town: Town) -> None:
    assert seen(town, "City/Care").reading == ("Care fell from 4.0 in March 2026 to 3.0 now. City is at 3.5.")
    assert seen(town, "City").reading == "City is at 3.5 now, as in March 2026."


def test_a_small_difference_is_said_to_be_chance_perhaps() -> None:
    built = Town(*CITY)
    for wave, mean in ((built.waves[0], 3.5), (built.wave(after=4 * WEEK), 3.6)):
        built.release_all(wave, {"City": mean}, n=100)
    assert seen(built, "City").reading == (
        "City was at 3.5 in March 2026 and is at 3.6 now. That may be chance."
    )


def test_plotly_accepts_the_figure_once_its_colours_are_filled_in(town: Town) -> None:
    event(town, "City/Care", "Nieuw systeem", after=6 * WEEK)
    drawing = seen(town, "City/Care").drawing
    text = json.dumps(drawing)
    for token in {word for word in text.split('"') if word.startswith("--polsslag-")}:
        text = text.replace(f'"{token}"', '"#123456"')
    figure = go.Figure(json.loads(text))
    assert len(figure.data) == 4  # the band, the organisation, the unit, what happened
    assert [one.text for one in figure.layout.annotations] == ["3.0", "3.5"]


def test_figures_at_the_ends_of_lines_that_meet_do_not_lie_over_each_other() -> None:
    built = Town(*CITY)
    for wave in (*built.waves, built.wave(after=4 * WEEK)):
        built.release_all(wave, {"City": 3.5, "City/Care": 3.5, OLD: 3.6}, n=100)
    page = seen(built, OLD)
    drawing = page.drawing
    assert drawing
    within = drawing["layout"]["yaxis"]["range"]
    points = HEIGHT - ABOVE - BELOW
    heights = [
        points * (one["y"] - within[0]) / (within[1] - within[0]) + one["yshift"]
        for one in drawing["layout"]["annotations"]
    ]
    assert len(heights) == 3
    assert page.trend
    assert [one.label for one in page.trend.beside] == ["Care", "City"]
    assert {line["line"]["dash"] for line in drawing["data"] if "dash" in line.get("line", {})} == {
        "dot",
        "dash",
    }
    assert all(upper - lower > 17 for lower, upper in pairwise(heights))


def test_a_withheld_figure_interrupts_the_line_and_is_marked(town: Town) -> None:
    page = seen(town, "City/Works")
    assert page.instead == town.units["City"]
    built = Town(*CITY)
    built.release_all(built.waves[0], {"City": 3.5}, n=100)
    built.wave(after=4 * WEEK)
    built.release_all(built.wave(after=4 * WEEK), {"City": 3.5}, n=100)
    drawn = seen(built, "City").trend
    assert drawn
    assert len(drawn.withheld) == 1
    assert drawn.path.count("M") == 2


def test_a_wave_that_did_not_ask_the_theme_has_no_point_and_no_gap(town: Town) -> None:
    WaveQuestion.objects.filter(wave=town.waves[1]).delete()
    drawn = seen(town, "City/Care").trend
    assert drawn
    assert (len(drawn.points), drawn.withheld) == (2, [])


def event(town: Town, path: str, name: str, *, after: timedelta) -> ChangeEvent:
    return ChangeEvent.objects.create(
        organisation=town.units[path].organisation,
        name=name,
        kind="system",
        on=town.waves[0].closes_at.date() + after,
        unit=town.units[path],
    )


def test_changes_of_the_unit_and_of_those_above_and_below_stand_on_the_axis(town: Town) -> None:
    event(town, "City", "Move", after=8 * WEEK)
    event(town, OLD, "Leader", after=2 * WEEK)
    event(town, "City/Care", "<b>Plan</b>", after=8 * WEEK)
    event(town, "City/Works", "Elsewhere", after=3 * WEEK)
    event(town, "City/Care", "Long ago", after=-50 * WEEK)
    page = seen(town, "City/Care")
    assert [(mark.number, mark.name, mark.kind) for mark in page.marks] == [
        (1, "Leader", "new system"),
        (2, "<b>Plan</b>", "new system"),
        (3, "Move", "new system"),
    ]
    assert page.trend
    assert [mark.numbers for mark in page.trend.marks] == ["1", "2, 3"]
    assert page.drawing
    assert page.drawing["data"][-1]["hovertext"][-1] == (
        "&lt;b&gt;Plan&lt;/b&gt; (new system)<br>Move (new system)"
    )


# Reorganised units


def came(town: Town, from_unit: str, to_unit: str, *, people: int, on: date) -> None:
    organisation = town.units["City"].organisation
    run = ImportRun.objects.create(organisation=organisation, state="applied", uploaded_at=FIRST)
    UnitLineage.objects.create(
        organisation=organisation,
        run=run,
        from_unit=town.units[from_unit],
        to_unit=town.units[to_unit],
        people=people,
        weight=1,
        on=on,
    )


@pytest.fixture
def merged() -> Town:
    """New was made of 30 people of Old and 10 of Works before the second wave."""
    built = Town(*CITY)
    built.release_all(built.waves[0], {"City": 3.5, OLD: 4.0, "City/Works": 3.0}, n=40)
    second = built.wave(after=4 * WEEK)
    built.waves[0].units.filter(unit=built.units[NEW]).delete()
    built.release_all(second, {"City": 3.5, NEW: 3.5}, n=40)
    day = built.waves[0].closes_at.date() + WEEK
    came(built, OLD, NEW, people=30, on=day)
    came(built, "City/Works", NEW, people=10, on=day)
    OrgUnit.objects.filter(pk=built.units[OLD].pk).update(ended_on=day)
    return built


def estimate(page: TrendPage) -> tuple[float, float] | None:
    assert page.trend
    guess = page.trend.rows[-1].estimate
    return (round(guess.mean, 3), round(guess.margin, 3)) if guess else None


def test_a_merged_unit_has_the_weighted_history_of_its_parts_with_their_uncertainty(merged: Town) -> None:
    parts = [(0.75, 1.96 / sqrt(30)), (0.25, 1.96 / sqrt(10))]
    margin = sqrt(sum((weight * half) ** 2 for weight, half in parts))
    page = seen(merged, NEW)
    assert estimate(page) == (3.75, round(margin, 3))
    assert page.has_estimate
    dashed: list[dict[str, Any]] = [
        trace
        for trace in (page.drawing or {})["data"]
        if trace.get("line", {}).get("dash") == "dash" and trace["name"] == "estimate"
    ]
    assert [trace["y"] for trace in dashed] == [[3.75]]


def test_waves_from_before_there_was_anything_of_a_unit_are_no_gap(merged: Town) -> None:
    UnitLineage.objects.all().delete()
    third = merged.wave(after=4 * WEEK)
    merged.release_all(third, {"City": 3.5, NEW: 3.6}, n=40)
    page = seen(merged, NEW)
    assert page.trend
    assert len(page.trend.rows) == 2
    assert not page.trend.withheld


def test_later_waves_of_the_units_it_came_from_do_not_push_out_the_wave_on_the_page(
    merged: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    third = merged.wave(after=4 * WEEK)
    third.units.filter(unit=merged.units[NEW]).delete()
    merged.release_all(third, {"City": 3.5, "City/Works": 3.2}, n=40)
    monkeypatch.setattr("dashboards.trends.page.WAVES", 2)
    page = seen(merged, NEW)
    assert page.wave == merged.waves[1]
    assert page.trend
    assert [row.figure.is_shown for row in page.trend.rows] == [True, False]
    assert estimate(page)


def test_the_figures_of_a_unit_that_goes_on_elsewhere_do_not_come_along(merged: Town) -> None:
    """Its manager may not see Works, so only those who came from Old are known."""
    page = seen(merged, NEW, role=Role.MANAGER, by="City/Care")
    assert estimate(page) == (4.0, round(1.96 / sqrt(30), 3))


def test_too_little_known_history_is_no_history(merged: Town) -> None:
    UnitLineage.objects.filter(from_unit=merged.units["City/Works"]).update(people=60)
    merged.waves[0].units.filter(unit=merged.units["City/Works"]).delete()
    page = seen(merged, NEW)
    assert not page.has_estimate


def test_the_guide_and_the_theme_open_within_the_own_branch_only(town: Town, client: Client) -> None:
    client.force_login(user_with(Role.MANAGER, town.units["City/Care"]))
    for rest in ("", "guide/"):
        assert client.get(f"/units/{town.units['City/Care'].pk}/themes/energy/{rest}").status_code == 200
        assert client.get(f"/units/{town.units['City'].pk}/themes/energy/{rest}").status_code == 404
        assert client.get(f"/units/{town.units['City/Care'].pk}/themes/none/{rest}").status_code == 404


def test_a_small_team_talks_about_the_figures_of_the_unit_above(town: Town, client: Client) -> None:
    client.force_login(user_with(Role.MANAGER, town.units[OLD]))
    text = client.get(
        f"/units/{town.units[OLD].pk}/themes/energy/guide/", headers={"accept-language": "en"}
    ).content.decode()
    assert "Old has no figures of its own in this wave. These are of Care" in text
    assert "Which work gave you energy lately" in text


def test_units_below_are_side_by_side_in_the_order_of_the_tree_and_on_one_scale(
    town: Town, client: Client
) -> None:
    client.force_login(user_with(Role.DIRECTOR, town.units["City"]))
    text = client.get(f"/units/{town.units['City'].pk}/", headers={"accept-language": "en"}).content.decode()
    panels = text[text.index('id="side-by-side"') :]
    assert panels.index(">Care<") < panels.index(">Works<")
    assert "each on the same scale from 2.5 to 4.5" in " ".join(panels.split())
