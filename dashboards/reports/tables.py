"""A report's tables: the same rows for slides, documents and workbooks. A number stays a number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from textwrap import wrap
from typing import TypeAlias

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from dashboards.change import Change
from dashboards.choices import ChoiceLine
from dashboards.filters import band_label
from dashboards.reports.content import Report, UnitRow
from dashboards.reports.reading import USUAL
from dashboards.rounding import as_shown, as_whole, with_minus
from dashboards.unit import QuestionLine, ThemeLine
from results.figures import Chosen, Figure, Shown

NONE = "–"
FIRST_BESIDE = 6  # the column from which on figures of other units stand


@dataclass(frozen=True, slots=True)
class Signed:
    """A change, written with its sign."""

    size: float
    decimals: int = 1


Cell: TypeAlias = str | int | float | date | Signed | None
Row: TypeAlias = list[Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """The first cell of a row names it; None: there is nothing to say, "–": a figure that is not shown.

    `widths`: of the columns beside each other, in a table of words; () in one of figures.
    """

    title: str
    head: list[str]
    rows: list[Row]
    widths: tuple[float, ...] = ()

    @property
    def texts(self) -> list[list[str]]:
        return [[as_text(cell) for cell in row] for row in self.rows]


def as_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Signed):
        return f"{'+' if cell.size > 0 else ''}{with_minus(cell.size, cell.decimals)}"
    if isinstance(cell, date):
        return date_format(cell, _("j M Y"))
    return number_format(cell, 1) if isinstance(cell, float) else number_format(cell, force_grouping=True)


def lines_of(texts: Sequence[str], widths: Sequence[float]) -> int:
    """Of the highest cell in a row, with so many characters across."""
    cells = zip(texts, widths, strict=False)
    return max(sum(len(wrap(part, int(width))) or 1 for part in text.split("\n")) for text, width in cells)


def themes_table(report: Report) -> Table:
    head = [_("Theme"), *_own_columns(), *_beside(report.above, report.whole)]
    rows = []
    for theme in report.themes:
        row: Row = [_with_scale(theme.name, theme.figure), *_own(theme.figure, theme.change)]
        row += [_mean(theme.above)] if report.above else []
        row += [_mean(theme.whole)] if report.whole else []
        rows.append(row)
    return Table(_("Themes"), head, rows)


def questions_table(report: Report, theme: ThemeLine) -> Table:
    head = [_("Question"), *_own_columns(), *_beside(report.above)]
    return Table(theme.name, head, [_question_row(report, question) for question in theme.questions])


def _question_row(report: Report, question: QuestionLine) -> Row:
    row: Row = [_with_scale(statement(question), question.figure), *_own(question.figure, question.change)]
    return [*row, _mean(question.above)] if report.above else row


def statement(question: QuestionLine) -> str:
    turned = [_("(turned round: higher is better)")] if question.reversed else []
    return " ".join([question.text, *turned])


def course_table(report: Report, theme: ThemeLine) -> Table:
    trend = report.trends.get(theme.code)
    beside = [other.label for other in trend.beside] if trend else []
    rows: list[Row] = [
        [row.day, _mean(row.figure), _answers(row.figure), *map(_mean, row.beside)]
        for row in report.course(theme)
    ]
    head = [_("Wave closed on"), report.shown, _("Answers"), *beside]
    return Table(_("%(theme)s over time") % {"theme": theme.name}, head, rows)


def units_table(report: Report, units: Iterable[UnitRow]) -> Table:
    """In the order of the tree: units are not ranked."""
    head = [_("Unit"), _("Took part (%)"), *(_with_scale_of(theme) for theme in report.themes)]
    rows: list[Row] = [
        [" › ".join(unit.path), _percentage(unit), *map(_mean, unit.figures)] for unit in units
    ]
    return Table(_("Units in %(unit)s") % {"unit": report.unit}, head, rows)


def trait_tables(report: Report) -> Iterator[Table]:
    """Themes down, bands across, as on the page."""
    for trait, bands in report.by_trait.traits.items():
        heads = [f"{band_label(one.values)} ({number_format(one.n, force_grouping=True)})" for one in bands]
        rows: list[Row] = [
            [theme.name, *(_mean(band.themes[place]) for band in bands)]
            for place, theme in enumerate(report.by_trait.themes)
        ]
        yield Table(_("By trait: %(trait)s") % {"trait": trait}, [_("Theme"), *heads], rows)


def choice_table(report: Report, choice: ChoiceLine) -> Table:
    head = [_("Option"), f"{report.shown} (%)", *([f"{report.above} (%)"] if report.above else [])]
    rows: list[Row] = [
        [one.label, as_whole(one.percentage), *([_part(one.above)] if report.above else [])]
        for one in choice.options
    ]
    if not isinstance(choice.figure, Chosen):
        rows = [[str(choice.figure.reason.sentence), NONE, *([NONE] if report.above else [])]]
    return Table(choice.text, head, rows)


def _own_columns() -> list[str]:
    return [_("Figure"), _("Change"), _("More than chance"), _("Answers"), _("Favourable (%)")]


def _own(figure: Figure, change: Change | None) -> Row:
    if not isinstance(figure, Shown):
        return [NONE, None, None, None, None]
    favourable = as_whole(figure.shares.favourable) if figure.shares else None
    if change is None:
        return [as_shown(figure.mean), None, None, figure.n, favourable]
    size = Signed(-change.size if change.direction == "down" else change.size)
    return [as_shown(figure.mean), size, _("yes") if change.clear else _("no"), figure.n, favourable]


def _beside(*names: str) -> list[str]:
    return [name for name in names if name]


def _mean(figure: Figure | None) -> Cell:
    return as_shown(figure.mean) if isinstance(figure, Shown) else NONE


def _answers(figure: Figure) -> Cell:
    return figure.n if isinstance(figure, Shown) else None


def _percentage(unit: UnitRow) -> Cell:
    return as_whole(unit.taking.percentage) if unit.taking else NONE


def _part(percentage: float | None) -> Cell:
    return NONE if percentage is None else as_whole(percentage)


def _with_scale(name: str, figure: Figure) -> str:
    if not isinstance(figure, Shown) or (figure.lowest, figure.highest) == USUAL:
        return name
    return f"{name} ({figure.lowest}–{figure.highest})"


def _with_scale_of(theme: ThemeLine) -> str:
    return _with_scale(theme.name, theme.figure)
