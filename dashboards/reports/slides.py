"""A report as slides with charts that stay charts: who gets them can edit numbers, colours and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_TICK_LABEL_POSITION
from pptx.util import Emu, Inches, Length

from accounts.spreadsheets import harmless
from dashboards.reports import reading
from dashboards.reports.content import Report
from dashboards.reports.deck import INNER, MARGIN, Deck
from dashboards.reports.follow_up import telling
from dashboards.reports.follow_up.rows import ActionRow
from dashboards.reports.follow_up.tables import helped_table, own_actions_table, signals_table
from dashboards.reports.shapes import draw_line, label, mark_months, note, set_range
from dashboards.reports.tables import (
    FIRST_BESIDE,
    Row,
    Table,
    choice_table,
    course_table,
    lines_of,
    questions_table,
    themes_table,
    trait_tables,
    units_table,
)
from dashboards.rounding import as_shown
from dashboards.unit import ThemeLine
from results.figures import Figure, Shown

BESIDE, WHOLE = RGBColor.from_string("857D70"), RGBColor.from_string("C4BBAC")
ROWS_A_SLIDE = 9
ACROSS, LINES = 125, 17  # characters and lines of a table of words
BETWEEN = 0.7  # lines between two of its rows
HELP_ON_A_SLIDE = (0, 1, 4, 5, 6)  # columns: what made the difference, and how sure that is
LABELLED = 8  # up to this many themes every bar has its number, else only the unit's own


def slides(report: Report) -> bytes:
    story = Story(report)
    story.write()
    return story.deck.saved()


class Story:
    """What the slides tell. Each has a sentence as its title, and its table in the notes."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.deck = Deck(report)

    def write(self) -> None:
        self._opening()
        if self.report.signals:
            title = _("Signals in %(unit)s, the weightiest first") % {"unit": self.report.unit}
            self._tables(title, [signals_table(self.report)], under=telling.about_signals())
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
        self._actions()
        self._closing()

    def _opening(self) -> None:
        lines = [
            self.report.organisation,
            reading.of_wave(self.report),
            reading.of_taking(self.report.taking),
        ]
        under = [*lines, *filter(None, [reading.of_instead(self.report)])]
        slide = self.deck.opening(_("How is %(unit)s doing?") % {"unit": self.report.unit}, under)
        note(slide, [" ".join(lines)])

    def _themes(self, themes: list[ThemeLine]) -> None:
        words = reading.of_themes(themes)
        slide = self.deck.slide(words)
        chart = CategoryChartData(number_format="0.0")
        chart.categories = [harmless(theme.name) for theme in themes]
        chart.add_series(harmless(self.report.shown), [_mean(theme.figure) for theme in themes])
        if self.report.above:
            chart.add_series(harmless(self.report.above), [_mean(theme.above) for theme in themes])
        if self.report.whole:
            chart.add_series(harmless(self.report.whole), [_mean(theme.whole) for theme in themes])
        drawn = self.deck.chart(slide, XL_CHART_TYPE.BAR_CLUSTERED, chart, INNER, words)
        drawn.category_axis.reverse_order = True
        drawn.value_axis.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
        shown = next(theme.figure for theme in themes if isinstance(theme.figure, Shown))
        set_range(drawn, shown.lowest, shown.highest)
        drawn.plots[0].gap_width = 60
        every = list(drawn.plots[0].series)
        for series in every if len(themes) <= LABELLED else every[:1]:
            label(series, XL_LABEL_POSITION.OUTSIDE_END)
        for series, colour in zip(every, (self.deck.accent, BESIDE, WHOLE), strict=False):
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = colour
        note(slide, _lines(themes_table(self.report)))

    def _theme(self, theme: ThemeLine) -> None:
        questions = questions_table(self.report, theme)
        if not self.report.course(theme):
            self._tables(reading.of_theme(theme), _pages(questions))
            return
        slide = self.deck.slide(reading.of_theme(theme))
        half = Emu((INNER - Inches(0.4)) // 2)
        self._course(slide, theme, half)
        self.deck.table(slide, _pages(_short(questions))[0], Emu(MARGIN + half + Inches(0.4)), half)
        told = [*_lines(course_table(self.report, theme)), "", *_lines(questions)]
        note(slide, [*told, *filter(None, [theme.note])])

    def _course(self, slide: Any, theme: ThemeLine, width: Length) -> None:
        rows, trend = self.report.course(theme), self.report.trends[theme.code]
        chart = CategoryChartData(number_format="0.0")
        chart.categories = [row.day for row in rows]
        chart.add_series(harmless(trend.label), [_mean(row.figure) for row in rows])
        for place, other in enumerate(trend.beside):
            chart.add_series(harmless(other.label), [_mean(row.beside[place]) for row in rows])
        words = reading.of_course(self.report, theme)
        drawn = self.deck.chart(slide, XL_CHART_TYPE.LINE_MARKERS, chart, width, words)
        marks = [mark.label for mark in trend.grid]
        set_range(drawn, marks[0], marks[-1], marks[1] - marks[0])
        mark_months(drawn.category_axis, [row.day for row in rows], get_language() or "en")
        own, *others = drawn.plots[0].series
        draw_line(own, self.deck.accent, is_own=True)
        for series in others:
            draw_line(series, BESIDE, is_own=False)

    def _tables(self, title: str, tables: Sequence[Table], *, under: str = "") -> None:
        for table in tables:
            slide = self.deck.slide(title)
            self.deck.table(slide, table, MARGIN, INNER, under=under)
            note(slide, [*_lines(table), *filter(None, [under])])

    def _actions(self) -> None:
        """Also without any: then what the page says of agreeing on one."""
        title, below = telling.of_actions(self.report), telling.of_actions_below(self.report)
        if not self.report.own_actions:
            slide = self.deck.slide(title)
            lines = [*filter(None, [below]), telling.of_agreeing()]
            self.deck.text(slide, lines)
            note(slide, lines)
        told = [line for row in self.report.own_actions for line in _told(row)]
        for table in _pages_of_words(own_actions_table(self.report)):
            slide = self.deck.slide(title)
            self.deck.table(slide, table, MARGIN, INNER, under=below)
            note(slide, [*_lines(table), "", *told])
        helped = helped_table(self.report)
        for table in _pages_of_words(_columns(helped, HELP_ON_A_SLIDE)):
            slide = self.deck.slide(helped.title)
            self.deck.table(slide, table, MARGIN, INNER, under=telling.about_helping()[-1])
            note(slide, [*_lines(helped), "", *telling.about_helping()])

    def _closing(self) -> None:
        slide = self.deck.slide(_("How to read these figures"))
        self.deck.text(slide, reading.how_to_read())
        note(slide, reading.how_to_read())


def _pages(table: Table) -> list[Table]:
    parts = [table.rows[start : start + ROWS_A_SLIDE] for start in range(0, len(table.rows), ROWS_A_SLIDE)]
    return [replace(table, rows=part) for part in parts]


def _pages_of_words(table: Table) -> list[Table]:
    """With as many rows on each as its lines leave room for."""
    widths = [ACROSS * width / sum(table.widths) for width in table.widths]
    parts: list[list[Row]] = []
    room = 0.0
    for row, texts in zip(table.rows, table.texts, strict=True):
        height = lines_of(texts, widths) + BETWEEN
        if height > room:
            parts.append([])
            room = LINES
        parts[-1].append(row)
        room -= height
    return [replace(table, rows=part) for part in parts]


def _short(questions: Table) -> Table:
    """Question, figure and what it stands beside: what fits next to a chart."""
    return _columns(questions, [0, 1, *range(FIRST_BESIDE, len(questions.head))])


def _columns(table: Table, kept: Sequence[int]) -> Table:
    return Table(
        table.title,
        [table.head[column] for column in kept],
        [[row[column] for column in kept] for row in table.rows],
        tuple(table.widths[column] for column in kept) if table.widths else (),
    )


def _told(row: ActionRow) -> list[str]:
    """What there is to tell of an action beside its table."""
    return [row.action.title, *telling.why(row), *map(": ".join, telling.of_action(row)), ""]


def _mean(figure: Figure | None) -> float | None:
    """None is a gap."""
    return as_shown(figure.mean) if isinstance(figure, Shown) else None


def _lines(table: Table) -> list[str]:
    return ["\t".join(row) for row in (table.head, *table.texts)]
