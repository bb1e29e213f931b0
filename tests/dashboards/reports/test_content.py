"""What a report may hold: what its reader sees on the page of the unit, and no more."""

from __future__ import annotations

import pytest

from dashboards.reports.content import report_of
from orgunits.access import scope_of
from orgunits.models import Role
from results.figures import Shown
from surveys.models import Wave
from tests.dashboards.reports.city import NOW, Rows
from tests.factories import user_with


def test_it_holds_the_unit_its_references_and_the_units_below(rows: Rows) -> None:
    report = rows.report("City/Care")
    assert (report.unit, report.shown, report.above) == ("Care", "Care", "City")
    assert report.taking
    assert (report.taking.answered, report.taking.invited) == (10, 12)
    first = report.themes[0]
    assert isinstance(first.figure, Shown)
    assert round(first.figure.mean, 1) == 3.6
    assert [unit.path for unit in report.units] == [("North",), ("South",)]


def test_a_unit_without_figures_gets_those_above_and_its_own_name(rows: Rows) -> None:
    report = rows.report("City/Care/South", Role.MANAGER)
    assert (report.unit, report.shown) == ("South", "Care")
    assert report.taking is None


def test_a_wave_without_a_figure_is_a_gap(rows: Rows) -> None:
    report = rows.report("City/Care")
    shown = [row.figure.is_shown for row in report.course(report.themes[0])]
    assert shown == [True, False, True]


def test_a_manager_gets_no_unit_beside_the_own_one(rows: Rows) -> None:
    report = rows.report("City/Care", Role.MANAGER)
    assert {unit.path[-1] for unit in report.units} == {"North", "South"}
    assert "Works" not in repr(report)


def test_of_units_that_left_the_branch_since_nothing_is_told(rows: Rows) -> None:
    rows.unit("City/Care/North").move(rows.unit("City/Works"), pos="last-child")
    report = rows.report("City/Care", Role.MANAGER)
    assert [unit.path for unit in report.units] == [("South",)]


def test_there_is_none_of_a_wave_that_is_not_shown(rows: Rows) -> None:
    Wave.objects.filter(pk=rows.waves[-1].pk).update(state=Wave.State.CLOSING)
    scope = scope_of(user_with(Role.HR, rows.unit("City")), on=NOW.date())
    assert report_of(scope, rows.unit("City"), rows.waves[-1], now=NOW) is None


def test_the_same_queries_for_few_units_and_questions_as_for_many(
    rows: Rows, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    scope = scope_of(user_with(Role.HR, rows.unit("City")), on=NOW.date())
    for path in ("City/Care/North", "City"):
        with django_assert_max_num_queries(40):  # type: ignore[operator]
            report_of(scope, rows.unit(path), rows.waves[-1], now=NOW)
