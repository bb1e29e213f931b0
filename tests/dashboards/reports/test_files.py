"""The files themselves, read back as those who open them do."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.utils.translation import override
from openpyxl import load_workbook
from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE

from accounts.colours import contrast
from dashboards.choices import ChoiceLine
from dashboards.reports.content import Report
from dashboards.reports.document import content_of, document
from dashboards.reports.excel import workbook
from dashboards.reports.flat import flat
from dashboards.reports.slides import slides
from orgunits.models import Role
from results.figures import Reason, Withheld
from tests.dashboards.reports.city import Rows

WITHHELD = "South"


@pytest.fixture
def report(rows: Rows) -> Report:
    return rows.report("City/Care")


def deck_of(report: Report, language: str = "en") -> Any:
    with override(language):
        return Presentation(BytesIO(slides(report)))


def charts_of(deck: Any) -> list[Any]:
    return [shape for slide in deck.slides for shape in slide.shapes if shape.has_chart]


def texts_of(deck: Any) -> list[str]:
    """All that can be read on the slides and in their notes."""
    found = []
    for slide in deck.slides:
        found += [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        found += [cell.text for shape in slide.shapes if shape.has_table for cell in shape.table.iter_cells()]
        found.append(slide.notes_slide.notes_text_frame.text)
    return found


def sheets_of(report: Report, language: str = "en") -> dict[str, list[list[Any]]]:
    with override(language):
        book = load_workbook(BytesIO(workbook(report)))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}


# Slides


def test_charts_on_slides_are_native_with_their_data_inside(report: Report) -> None:
    bars, *lines = charts_of(deck_of(report))
    series = {one.name: list(one.values) for one in bars.chart.plots[0].series}
    assert series == {"Care": [3.6, 4.1], "City": [3.5, 4.0]}
    assert [list(line.chart.plots[0].series[0].values) for line in lines] == [
        [3.4, None, 3.6],
        [3.9, None, 4.1],
    ]
    assert load_workbook(BytesIO(bars.chart.part.chart_workbook.xlsx_part.blob)).active


def test_a_name_is_no_formula_in_the_data_of_a_chart(report: Report) -> None:
    named = replace(report, unit="=HYPERLINK(1)", above="@SUM(1)")
    for shape in charts_of(deck_of(named)):
        data = load_workbook(BytesIO(shape.chart.part.chart_workbook.xlsx_part.blob)).active
        assert data
        assert not [cell for row in data.iter_rows() for cell in row if cell.data_type == "f"]


def test_each_slide_has_a_sentence_on_top_a_table_in_its_notes_and_words_for_its_charts(
    report: Report,
) -> None:
    deck = deck_of(report)
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert titles[:3] == [
        "How is Care doing?",
        "=Load is highest at 4.1, Energy lowest at 3.6",
        "Energy is at 3.6, about as in the wave before",
    ]
    assert all(slide.notes_slide.notes_text_frame.text for slide in deck.slides)
    assert "Energy\t3.6\t+0.2\tno\t10\t60\t3.5" in deck.slides[1].notes_slide.notes_text_frame.text
    described = [shape._element.nvGraphicFramePr.cNvPr.get("descr") for shape in charts_of(deck)]
    assert (
        "Energy over time: from 3.4 on 9 March 2026 to 3.6 on 4 May 2026. 1 wave has no figure."
        in described[1]
    )


def test_a_wave_without_a_figure_is_a_gap_in_the_line_and_dates_lie_in_time(report: Report) -> None:
    for shape in charts_of(deck_of(report))[1:]:
        xml = shape.chart.part.blob
        assert b'<c:dispBlanksAs val="gap"/>' in xml
        assert b"<c:dateAx>" in xml


def test_lines_on_slides_have_the_grid_of_the_page(report: Report) -> None:
    [axis] = {
        (axis.minimum_scale, axis.maximum_scale, axis.major_unit)
        for axis in (shape.chart.value_axis for shape in charts_of(deck_of(report))[1:])
    }
    grid = [line.label for line in report.trends["energy"].grid]
    assert axis == (grid[0], grid[-1], grid[1] - grid[0])


def test_the_theme_of_slides_has_the_organisations_colour(report: Report) -> None:
    master = deck_of(replace(report, accent="#7a1f5a")).slide_masters[0]
    theme = master.part.part_related_by(RELATIONSHIP_TYPE.THEME).blob
    assert b'<a:accent1><a:srgbClr val="7A1F5A"/>' in theme


def test_a_long_name_stays_within_the_title_of_the_first_slide(report: Report) -> None:
    def size(unit: str) -> float:
        title = deck_of(replace(report, unit=unit)).slides[0].shapes.title
        return float(title.text_frame.paragraphs[0].runs[0].font.size.pt)

    assert (size("Care"), size("Advice on " + "long and broad " * 5 + "care")) == (40, 24)


def test_nothing_lies_beside_a_slide(report: Report) -> None:
    deck = deck_of(report)
    for slide in deck.slides:
        for shape in slide.shapes:
            assert 0 <= shape.left <= shape.left + shape.width <= deck.slide_width
            assert 0 <= shape.top <= shape.top + shape.height <= deck.slide_height


def test_slides_are_in_the_language_of_the_reader(report: Report) -> None:
    deck = deck_of(report, "nl")
    assert deck.slides[0].shapes.title.text_frame.text == "Hoe gaat het met Care?"
    run = deck.slides[0].shapes.title.text_frame.paragraphs[0].runs[0]
    assert run._r.rPr.get("lang") == "nl-NL"


# Workbook


def test_numbers_in_a_workbook_are_numbers(report: Report) -> None:
    sheets = sheets_of(report)
    assert sheets["Themes"][1] == ["Energy", 3.6, 0.2, "no", 10, 60, 3.5]
    assert [row[:2] for row in sheets["Units"][1:]] == [["North", 88], ["South", "–"]]
    assert [row[1] for row in sheets["Energy"][1:]] == [3.4, None, 3.6]


def test_bars_in_a_workbook_begin_at_the_lowest_score(report: Report) -> None:
    """The axis of scores crosses that of themes at its end, which is turned round; not the other way."""
    themes = replace(report, themes=report.themes[:1])
    with override("en"), ZipFile(BytesIO(workbook(themes))) as packed:
        drawn = packed.read("xl/charts/chart1.xml").decode()
    names, scores = (drawn[drawn.index(f"<c:{axis}>") :] for axis in ("catAx", "valAx"))
    assert '<c:max val="5"/><c:min val="1"/>' in scores
    assert [re.findall(r'<c:crosses val="(\w+)"/>', axis)[0] for axis in (names, scores)] == [
        "autoZero",
        "max",
    ]


def test_no_text_in_a_workbook_is_a_formula(rows: Rows) -> None:
    report = replace(rows.report("City/Care"), unit="=1+1", organisation="+cmd", above="@SUM(1)")
    with override("en"):
        book = load_workbook(BytesIO(workbook(report)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert not [cell for cell in cells if str(cell.value).startswith(("=", "+", "@"))]


def test_no_title_of_a_chart_in_a_workbook_is_the_address_of_a_cell(report: Report) -> None:
    themes = [replace(theme, name="Themes!A1") for theme in report.themes]
    with override("en"), ZipFile(BytesIO(workbook(replace(report, themes=themes)))) as packed:
        charts = [packed.read(name).decode() for name in packed.namelist() if "charts/chart" in name]
    titles = [drawn[drawn.index("<c:title>") : drawn.index("</c:title>")] for drawn in charts]
    assert len(titles) == 3
    assert not [title for title in titles if "<c:f>" in title]


def test_words_in_a_workbook_stand_clear_of_the_number_before_them(report: Report) -> None:
    with override("en"):
        sheet = load_workbook(BytesIO(workbook(report)))["Themes"]
    number, words = sheet["C2"], sheet["D2"]
    assert (number.value, words.value) == (0.2, "no")
    assert (words.alignment.horizontal, words.alignment.indent) == ("left", 1)


def test_no_sheet_has_the_name_that_excel_keeps_for_itself(report: Report) -> None:
    named = replace(report, themes=[replace(report.themes[0], name="History")])
    assert "History 2" in sheets_of(named)


def test_sheets_of_themes_with_long_or_equal_names_are_kept_apart(report: Report) -> None:
    theme = replace(report.themes[0], code="other", name="[Load]: " + "y" * 40)
    choice = ChoiceLine(theme.name, "", Withheld(Reason.TOO_FEW), [])
    names = list(sheets_of(replace(report, themes=[theme], choices=[choice, choice])))
    assert len(names) == len(set(names))
    assert max(map(len, names)) <= 31


# List


@pytest.mark.parametrize(("language", "between", "number"), [("nl", ";", "3,6"), ("en", ",", "3.6")])
def test_a_list_opens_in_the_spreadsheet_of_the_language(
    report: Report, language: str, between: str, number: str
) -> None:
    with override(language):
        content = flat(report).decode("utf-8-sig")
    found = list(csv.DictReader(content.splitlines(), delimiter=between))
    themes = [row for row in found if row["kind"] == "theme" and row["wave_closed_on"] == "2026-05-04"]
    assert themes[0]["value"] == number
    assert themes[1]["theme"].startswith("'=")
    assert all(None not in row and None not in row.values() for row in found)
    assert {row["withheld"] for row in found if row["unit"] == "Care/South"} == {"too_few"}


# Document


def test_a_document_follows_pdf_ua(report: Report, caplog: pytest.LogCaptureFixture) -> None:
    with override("nl"):
        pdf = document(report)
    assert not caplog.text  # it says so when the strict standard refuses something
    for sign in (b"/StructTreeRoot", b"pdfuaid:part", b"/Lang", b"DisplayDocTitle"):
        assert sign in pdf, sign


def test_a_document_says_in_words_what_it_draws(report: Report) -> None:
    with override("en"):
        parts = content_of(report)["parts"]
    drawings = [part["picture"] for part in parts if part["picture"]]
    assert len(drawings) == 3
    assert drawings[0]["alt"].startswith("=Load is highest at 4.1, Energy lowest at 3.6.")
    assert all(part["table"]["head"] for part in parts if part["table"])


def test_the_colour_in_files_can_be_read_on_white(report: Report) -> None:
    assert contrast(report.accent, "#ffffff") >= 4.5


# What is in none of them


def test_a_figure_that_is_withheld_is_in_no_file(rows: Rows) -> None:
    """South had 1.9 and 2.4 once: they stand nowhere, and its row says that nothing is shown now."""
    report = rows.report("City/Care")
    for text in everything(report):
        assert not [figure for figure in ("1.9", "2.4") if figure in text]
    rows_of_south = [row for row in sheets_of(report)["Units"] if row[0] == WITHHELD]
    assert rows_of_south == [[WITHHELD, "–", "–", "–"]]


def test_what_a_manager_takes_along_names_no_other_team(rows: Rows) -> None:
    report = rows.report("City/Care/North", Role.MANAGER)
    for text in everything(report):
        assert "North" in text
        assert "South" not in text
        assert "Works" not in text
        assert not [figure for figure in ("4.3", "4.8") if figure in text]  # of Works


def everything(report: Report) -> list[str]:
    with override("en"):
        return [
            "\n".join(texts_of(deck_of(report))),
            str(sheets_of(report)),
            flat(report).decode(),
            str(content_of(report)),
        ]
