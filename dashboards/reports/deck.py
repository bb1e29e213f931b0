"""Slides that look alike: a sentence on top, where it is from below, and native charts and tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO
from itertools import chain
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_LEGEND_POSITION
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Length, Pt

from accounts.spreadsheets import printable
from dashboards.reports import reading
from dashboards.reports.content import Report
from dashboards.reports.shapes import INK, SOFT, centre, describe, place, say, stand_upright
from dashboards.reports.tables import Table

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
MARGIN, TOP, BOTTOM = Inches(0.6), Inches(1.55), Inches(6.85)
INNER = Emu(WIDTH - 2 * MARGIN)
FEW_COLUMNS, MANY_COLUMNS = 2, 8
LONG_OPENING, LONG_TITLE = 60, 90  # characters
SPELT_AS = {"nl": "nl-NL", "en": "en-GB"}  # as PowerPoint names languages
TITLE_SLIDE, TITLE_ONLY = 0, 5  # layouts of the library's template


class Deck:
    """The presentation, its slides without what they tell, and the parts that go on them."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.accent = RGBColor.from_string(report.accent.lstrip("#").upper())
        self.presentation = Presentation()
        self.presentation.slide_width, self.presentation.slide_height = WIDTH, HEIGHT
        self._colour_theme()
        about = self.presentation.core_properties
        about.title, about.author = printable(report.title), printable(report.organisation)
        about.language = language_name()

    def saved(self) -> bytes:
        self._name_language()
        file = BytesIO()
        self.presentation.save(file)
        return file.getvalue()

    def opening(self, title: str, lines: Sequence[str]) -> Any:
        slide = self.presentation.slides.add_slide(self.presentation.slide_layouts[TITLE_SLIDE])
        heading, under = slide.placeholders[0], slide.placeholders[1]
        place(heading, MARGIN, Inches(2.1), INNER, Inches(1.4))
        place(under, MARGIN, Inches(3.6), INNER, Inches(2))
        say(heading, [title], size=40 if len(title) <= LONG_OPENING else 24, bold=True)
        say(under, lines, size=20, colour=SOFT)
        self._stripe(slide, Inches(1.9))
        return slide

    def slide(self, title: str) -> Any:
        slide = self.presentation.slides.add_slide(self.presentation.slide_layouts[TITLE_ONLY])
        place(slide.shapes.title, MARGIN, Inches(0.45), INNER, Inches(0.95))
        say(slide.shapes.title, [title], size=26 if len(title) <= LONG_TITLE else 18, bold=True)
        self._stripe(slide, Inches(0.35))
        foot = slide.shapes.add_textbox(MARGIN, Inches(6.95), INNER, Inches(0.35))
        line = f"{self.report.organisation} · {self.report.shown} · {reading.of_wave(self.report)}"
        say(foot, [line], size=11, colour=SOFT)
        return slide

    def _stripe(self, slide: Any, top: Length) -> None:
        stripe = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, MARGIN, top, Inches(0.9), Inches(0.07))
        stripe.fill.solid()
        stripe.fill.fore_color.rgb = self.accent
        stripe.line.fill.background()

    def chart(self, slide: Any, kind: Any, data: CategoryChartData, width: Length, words: str) -> Any:
        frame = slide.shapes.add_chart(kind, MARGIN, TOP, width, Emu(BOTTOM - TOP), data)
        describe(frame, " ".join([words, _("The notes hold the figures.")]))
        chart = frame.chart
        chart.has_title = False
        chart.has_legend = len(data) > 1
        if chart.has_legend:
            chart.legend.position = XL_LEGEND_POSITION.BOTTOM
            chart.legend.include_in_layout = False
        chart.font.size, chart.font.color.rgb = Pt(12), INK
        chart.value_axis.major_gridlines.format.line.color.rgb = RGBColor(0xDF, 0xDA, 0xD0)
        chart.value_axis.format.line.fill.background()
        chart.value_axis.tick_labels.number_format = "0.0"
        chart.value_axis.tick_labels.number_format_is_linked = False
        return chart

    def text(self, slide: Any, lines: Sequence[str]) -> None:
        box = slide.shapes.add_textbox(MARGIN, TOP, INNER, Emu(BOTTOM - TOP))
        say(box, lines, size=18)

    def table(self, slide: Any, table: Table, left: Length, width: Length, *, under: str = "") -> None:
        rows, columns = len(table.rows) + 1, len(table.head)
        frame = slide.shapes.add_table(rows, columns, left, TOP, width, Emu(Inches(0.4) * rows))
        describe(frame, table.title)
        grid = frame.table
        is_broad = columns > MANY_COLUMNS
        for column, part in zip(grid.columns, _parts(table), strict=True):
            column.width = Emu(int(width * part))
        size = _size(table)
        if is_broad:
            stand_upright(grid)
        for number, row in enumerate([table.head, *table.texts]):
            for column, text in enumerate(row):
                cell = grid.cell(number, column)
                cell.vertical_anchor = MSO_ANCHOR.MIDDLE
                cell.margin_left = cell.margin_right = Inches(0.05)
                say(cell, [text], size=size, colour=None, bold=number == 0)
                if is_broad and number and column:
                    centre(cell)
        if under:
            box = slide.shapes.add_textbox(left, Emu(BOTTOM - Inches(0.6)), width, Inches(0.5))
            say(box, [under], size=14, colour=SOFT)

    def _colour_theme(self) -> None:
        """Tables, and what someone adds later, take the organisation's colour as the first of the theme."""
        theme = self.presentation.slide_masters[0].part.part_related_by(RELATIONSHIP_TYPE.THEME)
        colour = rb"\g<1>" + str(self.accent).encode()
        theme._blob = re.sub(rb'(<a:accent1><a:srgbClr val=")[0-9A-F]{6}', colour, theme.blob)

    def _name_language(self) -> None:
        """Of every piece of text, by which it is read out and checked."""
        code = language_name()
        for slide in self.presentation.slides:
            for run in chain(slide.element.iter(qn("a:rPr")), slide.notes_slide.element.iter(qn("a:rPr"))):
                run.set("lang", code)


def language_name() -> str:
    code = get_language() or "en"
    return SPELT_AS.get(code, code)


def _size(table: Table) -> int:
    """Of its letters, in points: the few words of a short table can be read from far."""
    columns = len(table.head)
    if table.widths:
        return 20 if columns <= FEW_COLUMNS else 14
    return 11 if 4 < columns <= MANY_COLUMNS else 12


def _parts(table: Table) -> list[float]:
    """How much of the whole each column takes."""
    columns = len(table.head)
    if table.widths:
        return [width / sum(table.widths) for width in table.widths]
    first = 0.28 if columns > MANY_COLUMNS else 0.36 if columns > 4 else 0.5
    return [first, *[(1 - first) / max(columns - 1, 1)] * (columns - 1)]
