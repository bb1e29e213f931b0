"""Figures by a trait, such as age, where they leave the page: to a program, and in a report."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from dashboards.reports.content import report_of
from dashboards.reports.document import document
from dashboards.reports.excel import workbook
from dashboards.reports.flat import flat
from dashboards.reports.slides import slides
from dashboards.reports.tables import trait_tables
from orgunits.access import scope_of
from orgunits.models import OrgUnit, Role
from results.filter_figures import filter_sheet
from tests.dashboards.api.test_api import program
from tests.factories import user_with
from tests.results.closing import AFTER
from tests.results.test_filters import closed
from tests.waves import OPENED, OpenWave

pytestmark = pytest.mark.django_db


@pytest.fixture
def built() -> OpenWave:
    return closed()


def test_a_program_reads_by_trait_what_the_page_tells_and_within_reach_only(built: OpenWave) -> None:
    city = built.units["City"]
    sheet = filter_sheet(built.wave, city.pk)
    bands = [(trait, one) for trait, found in sheet.traits.items() for one in found]
    told = [
        (one["trait"], tuple(one["values"]), one["n"], one["mean"])
        for one in program(built, Role.DIRECTOR, "City").rows(f"waves/{built.wave.pk}/filters")
    ]
    assert told == [(trait, one.values, one.n, one.themes[0].mean) for trait, one in bands]  # type: ignore[union-attr]
    below = program(built, Role.MANAGER, "City/Team 1")
    assert below.rows(f"waves/{built.wave.pk}/filters") == []
    below.get(f"waves/{built.wave.pk}/filters?unit={city.pk}", 404)


def test_a_report_holds_by_trait_what_the_page_of_its_unit_shows(built: OpenWave) -> None:
    city, team = (OrgUnit.objects.get(pk=built.units[name].pk) for name in ("City", "City/Team 1"))
    sheet = filter_sheet(built.wave, city.pk)
    scope = scope_of(user_with(Role.HR, city), on=OPENED.date())
    report = report_of(scope, city, built.wave, now=AFTER)
    assert report is not None
    assert report.by_trait == sheet
    assert [table.title for table in trait_tables(report)] == [f"By trait: {name}" for name in sheet.traits]
    rows = csv.DictReader(StringIO(flat(report).decode("utf-8-sig")))
    assert [row["text"] for row in rows if row["kind"] == "band"] == [
        f"{trait}: {', '.join(one.values)}" for trait, found in sheet.traits.items() for one in found
    ]
    for make in (workbook, document, slides):
        assert make(report)
    lower = report_of(scope, team, built.wave, now=AFTER)
    assert lower is not None
    assert not lower.by_trait.traits
