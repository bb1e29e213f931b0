"""A report as slides with charts that stay charts: who gets them can edit numbers, colours and words."""

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
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Length, Pt

from accounts.spreadsheets import harmless
from dashboards.reports import reading
from dashboards.reports.content import Report
from dashboards.reports.shapes import (
    INK,
    SOFT,
    centre,
    describe,
    draw_line,
    label,
    mark_months,
    note,
    place,
    say,
    set_range,
    stand_upright,
)
from dashboards.reports.tables import (
    FIRST_BESIDE,
    Table,
    choice_table,
    course_table,
    questions_table,
    themes_table,
    trait_tables,
    units_table,
)
from dashboards.rounding import as_shown
from dashboards.unit import ThemeLine
from results.figures import Figure, Shown

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
MARGIN, TOP, BOTTOM = Inches(0.6), Inches(1.55), Inches(6.85)
INNER = Emu(WIDTH - 2 * MARGIN)
BESIDE, WHOLE = RGBColor.from_string("857D70"), RGBColor.from_string("C4BBAC")
ROWS_A_SLIDE, MANY_COLUMNS = 9, 8
LONG_TITLE = 90  # characters
SPELT_AS = {"nl": "nl-NL", "en": "en-GB"}  # as PowerPoint names languages
LABELLED = 8  # up to this many themes every bar has its number, else only the unit's own
TITLE_SLIDE, TITLE_ONLY = 0, 5  # layouts of the library's template


def slides(report: Report) -> bytes:
    deck = Deck(report)
    deck.write()
    file = BytesIO()
    deck.presentation.save(file)
    return file.getvalue()


class Deck:
    """Each slide has a sentence as its title, and its table in the notes."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.accent = RGBColor.from_string(report.accent.lstrip("#").upper())
        self.presentation = Presentation()
        self.presentation.slide_width, self.presentation.slide_height = WIDTH, HEIGHT
        self._colour_theme()
        about = self.presentation.core_properties
        about.title, about.author = report.title, report.organisation
        about.language = language_name()

    def write(self) -> None:
        self._opening()
        for themes in reading.by_scale(self.report.themes):
            self._themes(themes)
        for theme in self.report.themes:
            self._theme(theme)
        for choice in self.report.choices:
            title = _("What people chose: %(question)s") % {"question": choice.text}
            self._tables(title, [choice_table(self.report, choice)])
        for table in trait_tables(self.report):
            self._tables(table.title, [table])
        below = [unit for unit in self.report.units if unit.is_just_below]
        if below:
            title = _("The units in %(unit)s, in the order of the organisation") % {"unit": self.report.unit}
            self._tables(title, _pages(units_table(self.report, below)))
        self._closing()
        self._name_language()

    # Slides

    def _opening(self) -> None:
        slide = self.presentation.slides.add_slide(self.presentation.slide_layouts[TITLE_SLIDE])
        title, under = slide.placeholders[0], slide.placeholders[1]
        place(title, MARGIN, Inches(2.1), INNER, Inches(1.4))
        place(under, MARGIN, Inches(3.6), INNER, Inches(2))
        say(title, [_("How is %(unit)s doing?") % {"unit": self.report.unit}], size=40, bold=True)
        lines = [
            self.report.organisation,
            reading.of_wave(self.report),
            reading.of_taking(self.report.taking),
        ]
        say(under, [*lines, *filter(None, [reading.of_instead(self.report)])], size=20, colour=SOFT)
        self._stripe(slide, Inches(1.9))
        note(slide, [" ".join(lines)])

    def _themes(self, themes: list[ThemeLine]) -> None:
        words = reading.of_themes(themes)
        slide = self._slide(words)
        chart = CategoryChartData(number_format="0.0")
        chart.categories = [harmless(theme.name) for theme in themes]
        chart.add_series(harmless(self.report.shown), [_mean(theme.figure) for theme in themes])
        if self.report.above:
            chart.add_series(harmless(self.report.above), [_mean(theme.above) for theme in themes])
        if self.report.whole:
            chart.add_series(harmless(self.report.whole), [_mean(theme.whole) for theme in themes])
        drawn = self._chart(slide, XL_CHART_TYPE.BAR_CLUSTERED, chart, INNER, words)
        drawn.category_axis.reverse_order = True
        drawn.value_axis.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
        shown = next(theme.figure for theme in themes if isinstance(theme.figure, Shown))
        set_range(drawn, shown.lowest, shown.highest)
        drawn.plots[0].gap_width = 60
        every = list(drawn.plots[0].series)
        for series in every if len(themes) <= LABELLED else every[:1]:
            label(series, XL_LABEL_POSITION.OUTSIDE_END)
        for series, colour in zip(every, (self.accent, BESIDE, WHOLE), strict=False):
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = colour
        note(slide, _lines(themes_table(self.report)))

    def _theme(self, theme: ThemeLine) -> None:
        questions = questions_table(self.report, theme)
        if not self.report.course(theme):
            self._tables(reading.of_theme(theme), _pages(questions))
            return
        slide = self._slide(reading.of_theme(theme))
        half = Emu((INNER - Inches(0.4)) // 2)
        self._course(slide, theme, half)
        self._table(slide, _pages(_short(questions))[0], Emu(MARGIN + half + Inches(0.4)), half)
        told = [*_lines(course_table(self.report, theme)), "", *_lines(questions)]
        note(slide, [*told, *filter(None, [theme.note])])

    def _course(self, slide: Any, theme: ThemeLine, width: Length) -> None:
        rows, trend = self.report.course(theme), self.report.trends[theme.code]
        chart = CategoryChartData(number_format="0.0")
        chart.categories = [row.day for row in rows]
        chart.add_series(harmless(trend.label), [_mean(row.figure) for row in rows])
        if trend.reference:
            chart.add_series(harmless(trend.reference.label), [_mean(row.reference) for row in rows])
        words = reading.of_course(self.report, theme)
        drawn = self._chart(slide, XL_CHART_TYPE.LINE_MARKERS, chart, width, words)
        set_range(drawn, trend.grid[0].label, trend.grid[-1].label)
        mark_months(drawn.category_axis, [row.day for row in rows], get_language() or "en")
        own, *others = drawn.plots[0].series
        draw_line(own, self.accent, is_own=True)
        for series in others:
            draw_line(series, BESIDE, is_own=False)

    def _tables(self, title: str, tables: Sequence[Table]) -> None:
        for table in tables:
            slide = self._slide(title)
            self._table(slide, table, MARGIN, INNER)
            note(slide, _lines(table))

    def _closing(self) -> None:
        slide = self._slide(_("How to read these figures"))
        box = slide.shapes.add_textbox(MARGIN, TOP, INNER, Emu(BOTTOM - TOP))
        say(box, reading.how_to_read(), size=18)
        note(slide, reading.how_to_read())

    # Parts of a slide

    def _slide(self, title: str) -> Any:
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

    def _chart(self, slide: Any, kind: Any, data: CategoryChartData, width: Length, words: str) -> Any:
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

    def _table(self, slide: Any, table: Table, left: Length, width: Length) -> None:
        rows, columns = len(table.rows) + 1, len(table.head)
        frame = slide.shapes.add_table(rows, columns, left, TOP, width, Emu(Inches(0.4) * rows))
        describe(frame, table.title)
        grid = frame.table
        is_broad = columns > MANY_COLUMNS
        part, size = (0.28, 12) if is_broad else (0.36, 11) if columns > 4 else (0.5, 12)
        first = Emu(int(width * part))
        for column in range(columns):
            grid.columns[column].width = first if column == 0 else Emu((width - first) // max(columns - 1, 1))
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

    # The whole

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


def _pages(table: Table) -> list[Table]:
    parts = [table.rows[start : start + ROWS_A_SLIDE] for start in range(0, len(table.rows), ROWS_A_SLIDE)]
    return [Table(table.title, table.head, part) for part in parts]


def _short(questions: Table) -> Table:
    """Question, figure and what it stands beside: what fits next to a chart."""
    kept = [0, 1, *range(FIRST_BESIDE, len(questions.head))]
    rows = [[row[column] for column in kept] for row in questions.rows]
    return Table(questions.title, [questions.head[column] for column in kept], rows)


def _mean(figure: Figure | None) -> float | None:
    """None is a gap."""
    return as_shown(figure.mean) if isinstance(figure, Shown) else None


def _lines(table: Table) -> list[str]:
    return ["\t".join(row) for row in (table.head, *table.texts)]
