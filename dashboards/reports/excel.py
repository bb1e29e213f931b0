"""A report as a workbook: each table a sheet, numbers as numbers, and charts that Excel draws itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from accounts.spreadsheets import harmless, printable
from dashboards.reports import reading
from dashboards.reports.content import Report
from dashboards.reports.follow_up import telling
from dashboards.reports.follow_up.tables import all_actions_table, helped_table, signals_table
from dashboards.reports.tables import (
    FIRST_BESIDE,
    NONE,
    Cell,
    Signed,
    Table,
    choice_table,
    course_table,
    lines_of,
    questions_table,
    themes_table,
    trait_tables,
    units_table,
)
from dashboards.unit import ThemeLine
from results.figures import Shown

A4 = 9  # as Excel numbers paper
BESIDE = ("#857d70", "#c4bbac")
NARROWEST, WIDEST = 14, 60  # characters; in less than a day takes, Excel writes signs in place of it
READ_FIRST = 100  # characters of a line
LINE, HIGHEST = 15, 409  # points, of a line and of the highest row that Excel has
ALL_WORDS = 190  # characters across in a table of words, which can still be read on paper
LONGEST_NAME = 31  # of a sheet
NOT_IN_A_NAME = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
BEFORE_A_CELL = re.compile(r"!(?=\$?[A-Z])")
INDENTED = {"align": "left", "indent": 1}  # without the first, the second does nothing
FORMATS = {
    "head": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, **INDENTED},
    "head of numbers": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "align": "right"},
    "title": {"bold": True, "font_size": 14, **INDENTED},
    "text": {"text_wrap": True, "valign": "top", **INDENTED},
    "mean": {"num_format": "0.0", "valign": "top"},
    "whole": {"num_format": "#,##0", "valign": "top"},
    "change": {"num_format": '+0.0;"−"0.0;0.0', "valign": "top"},
    "effect": {"num_format": '+0.00;"−"0.00;0.00', "valign": "top"},
    "day": {"num_format": "d mmm yyyy", "valign": "top", **INDENTED},
}


def workbook(report: Report) -> bytes:
    file = BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": printable(report.title), "author": printable(report.organisation)})
    Sheets(book, report).write()
    book.close()
    return file.getvalue()


class Sheets:
    def __init__(self, book: Any, report: Report) -> None:
        self.book = book
        self.report = report
        self.formats = {name: book.add_format(look) for name, look in FORMATS.items()}
        self.names = {"history"}  # which Excel keeps for itself

    def write(self) -> None:
        self._read_first()
        themes = themes_table(self.report)
        sheet = self._table(themes)
        if themes.rows:
            self._themes_chart(sheet, themes)
        for table in self._tables():
            self._table(table)
        if self.report.units:
            self._table(units_table(self.report, self.report.units), name=_("Units"))
        for table in self._follow_up():
            self._table(table)
        for theme in self.report.themes:
            if self.report.course(theme):
                table = course_table(self.report, theme)
                self._course_chart(self._table(table, name=theme.name, gaps=True), table, theme)

    def _tables(self) -> Iterator[Table]:
        every = [questions_table(self.report, theme) for theme in self.report.themes]
        rows = [[theme.title, *row] for theme in every for row in theme.rows]
        if rows:
            yield Table(_("Questions"), [_("Theme"), *every[0].head], rows)
        for choice in self.report.choices:
            yield choice_table(self.report, choice)
        yield from trait_tables(self.report)

    def _follow_up(self) -> Iterator[Table]:
        if self.report.signals:
            yield signals_table(self.report)
        if self.report.actions:
            yield all_actions_table(self.report)
        if any(row.helped for row in self.report.actions):
            yield helped_table(self.report)

    def _read_first(self) -> None:
        sheet = self._sheet(_("Read first"))
        sheet.set_column(0, 0, READ_FIRST)
        sheet.write_string(0, 0, harmless(self.report.unit), self.formats["title"])
        lines = [
            self.report.organisation,
            reading.of_wave(self.report),
            reading.of_taking(self.report.taking),
            reading.of_instead(self.report),
            telling.of_actions(self.report),
            telling.of_actions_below(self.report),
            *reading.how_to_read(),
            *(telling.about_helping() if any(row.helped for row in self.report.actions) else []),
        ]
        for row, line in enumerate(filter(None, lines), start=1):
            sheet.set_row(row, LINE * lines_of([line], [READ_FIRST]))
            sheet.write_string(row, 0, harmless(line), self.formats["text"])

    def _table(self, table: Table, *, name: str = "", gaps: bool = False) -> Any:
        """With `gaps` a figure that is not shown is an empty cell: a line would draw a text as nought."""
        sheet = self._sheet(name or table.title)
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)
        for column, head in enumerate(table.head):
            is_number = any(isinstance(row[column], int | float | Signed) for row in table.rows)
            look = self.formats["head of numbers" if is_number else "head"]
            sheet.write_string(0, column, harmless(head), look)
        widths = [_width(table, column) for column in range(len(table.head))]
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        # Excel would find heights by itself; other programs cut off what goes on below the first line.
        for number, texts in enumerate([table.head, *table.texts]):
            sheet.set_row(number, min(LINE * lines_of(texts, widths), HIGHEST))
        for number, row in enumerate(table.rows, start=1):
            for column, cell in enumerate(row):
                self._cell(sheet, number, column, None if gaps and cell == NONE else cell)
        return sheet

    def _cell(self, sheet: Any, row: int, column: int, cell: Cell) -> None:
        if isinstance(cell, str):
            sheet.write_string(row, column, harmless(cell), self.formats["text"])
        elif isinstance(cell, date):
            sheet.write_datetime(row, column, datetime.combine(cell, time()), self.formats["day"])
        elif isinstance(cell, Signed):
            look = "change" if cell.decimals == 1 else "effect"
            sheet.write_number(row, column, cell.size, self.formats[look])
        elif cell is not None:
            look = "mean" if isinstance(cell, float) else "whole"
            sheet.write_number(row, column, cell, self.formats[look])

    def _sheet(self, title: str) -> Any:
        """Under a name of its own, as Excel allows it."""
        base = " ".join(printable(title).translate(NOT_IN_A_NAME).split())[:LONGEST_NAME] or "–"
        name, number = base, 1
        while name.lower() in self.names:
            number += 1
            name = f"{base[: LONGEST_NAME - len(str(number)) - 1]} {number}"
        self.names.add(name.lower())
        sheet = self.book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        return sheet

    def _themes_chart(self, sheet: Any, table: Table) -> None:
        chart = self._chart("bar", sheet, table, [1, *range(FIRST_BESIDE, len(table.head))])
        chart.set_y_axis({"reverse": True, "crossing": "max"})
        scales = {(one.lowest, one.highest) for one in self._shown()}
        ends = scales.pop() if len(scales) == 1 else (None, None)
        chart.set_x_axis({"num_format": "0.0", "min": ends[0], "max": ends[1]})
        self._insert(sheet, chart, table, reading.of_themes(self.report.themes))

    def _shown(self) -> list[Shown]:
        return [theme.figure for theme in self.report.themes if isinstance(theme.figure, Shown)]

    def _course_chart(self, sheet: Any, table: Table, theme: ThemeLine) -> None:
        marks = [mark.label for mark in self.report.trends[theme.code].grid]
        chart = self._chart("line", sheet, table, [1, *range(3, len(table.head))])
        chart.set_x_axis({"date_axis": True, "num_format": "d mmm yyyy"})
        step = marks[1] - marks[0]
        chart.set_y_axis({"num_format": "0.0", "min": marks[0], "max": marks[-1], "major_unit": step})
        self._insert(sheet, chart, table, reading.of_course(self.report, theme))

    def _chart(self, kind: str, sheet: Any, table: Table, columns: list[int]) -> Any:
        chart = self.book.add_chart({"type": kind})
        last = len(table.rows)
        for place, column in enumerate(columns):
            line = {"color": (self.report.accent, *BESIDE)[min(place, len(BESIDE))]}
            chart.add_series(
                {
                    "name": _no_address(self.report.shown) if place == 0 else [sheet.name, 0, column],
                    "categories": [sheet.name, 1, 0, last, 0],
                    "values": [sheet.name, 1, column, last, column],
                    **({"fill": line} if kind == "bar" else {"line": line, "marker": {"type": "circle"}}),
                }
            )
        chart.set_legend({"position": "bottom"})
        return chart

    def _insert(self, sheet: Any, chart: Any, table: Table, words: str) -> None:
        chart.set_title({"name": _no_address(words), "name_font": {"size": 11}})
        chart.set_size({"width": 760, "height": 120 + 40 * min(len(table.rows), 14)})
        place = {"description": printable(" ".join([words, _("The table beside it holds the figures.")]))}
        sheet.insert_chart(1, len(table.head) + 1, chart, place)


def _no_address(text: str) -> str:
    """The library takes a name such as “Hurray!A1” for the address of a cell."""
    return BEFORE_A_CELL.sub("! ", harmless(text))


def _width(table: Table, column: int) -> float:
    widest = ALL_WORDS * table.widths[column] / sum(table.widths) if table.widths else WIDEST
    return max(NARROWEST, min(widest, max([len(row[column]) + 2 for row in table.texts], default=0)))
