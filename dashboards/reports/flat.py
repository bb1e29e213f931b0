"""A report as a list: one row for each figure, signal and action, for whoever counts on."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from functools import partial
from io import StringIO

from django.utils import timezone
from django.utils.formats import get_format
from django.utils.translation import gettext as _

from accounts.spreadsheets import harmless
from dashboards.filters import band_label
from dashboards.reports.content import Report
from dashboards.reports.follow_up.rows import ActionRow
from dashboards.reports.follow_up.telling import how_figures_moved, what_came_of, why
from dashboards.rounding import as_shown, as_whole
from results.figures import Chosen, Figure, Shown, Taking

COLUMNS = [
    *("unit", "wave_closed_on", "kind", "theme", "text", "value", "lowest", "highest", "answers"),
    *("percentage_favourable", "percentage_unfavourable", "withheld"),
    *("state", "seen_to_by", "first_day", "ready_by", "closed_on"),
    *("why", "what_came_of_it", "moved", "shared"),
]
NO_FIGURE = (None,) * 7  # from value to withheld
Values = tuple[float | int | str | None, ...]


def flat(report: Report) -> bytes:
    """As a spreadsheet in the reader's language opens it: where decimals have a comma, cells are kept apart
    by a semicolon.

    A byte order mark tells Excel that it is UTF-8.
    """
    comma = get_format("DECIMAL_SEPARATOR")
    text = StringIO()
    writer = csv.writer(text, delimiter=";" if comma == "," else ",")
    writer.writerow(COLUMNS)
    for row in _rows(report):
        blank = [None] * (len(COLUMNS) - len(row))
        writer.writerow([_cell(value, comma) for value in (*row, *blank)])
    return text.getvalue().encode("utf-8-sig")


def _cell(value: object, comma: str) -> str:
    if isinstance(value, float):
        return str(value).replace(".", comma)
    return "" if value is None else harmless(str(value))


def _rows(report: Report) -> Iterator[Values]:
    day = report.closed_on
    yield from _participation(report.unit, day, report.taking)
    yield from _own_rows(report, day)
    yield from _band_rows(report, day)
    for unit in report.units:
        path = "/".join((report.unit, *unit.path))
        yield from _participation(path, day, unit.taking)
        for theme, figure in zip(report.themes, unit.figures, strict=True):
            yield path, day.isoformat(), "theme", theme.name, "", *_values(figure)
    for signal in report.signals:
        yield report.unit, None, "signal", None, signal.title, *NO_FIGURE, signal.state
    yield from map(partial(_action, report.unit), report.actions)


def _action(unit: str, row: ActionRow) -> Values:
    """Of the day on which the list is made, so of no wave."""
    one = row.action
    closed_on = timezone.localdate(one.closed_at).isoformat() if one.closed_at else None
    told = one.seen_to_by, one.starts_on.isoformat(), one.due_on.isoformat(), closed_on
    theme = one.theme.name if one.theme else None
    about = "/".join((unit, *row.path)), None, "action", theme, one.title, *NO_FIGURE, str(row.state.label)
    became = "\n".join(why(row)), what_came_of(row), how_figures_moved(row)
    return *about, *told, *became, _("yes") if one.is_shared else _("no")


def _participation(unit: str, day: date, taking: Taking | None) -> Iterator[Values]:
    if taking:
        yield unit, day.isoformat(), "participation", "", "", *_share(taking.percentage, taking.answered)


def _own_rows(report: Report, day: date) -> Iterator[Values]:
    shown = report.shown
    for theme in report.themes:
        for row in report.course(theme)[:-1]:
            yield shown, row.day.isoformat(), "theme", theme.name, "", *_values(row.figure)
        yield shown, day.isoformat(), "theme", theme.name, "", *_values(theme.figure)
        for question in theme.questions:
            yield shown, day.isoformat(), "question", theme.name, question.text, *_values(question.figure)
    for choice in report.choices:
        here = shown, day.isoformat(), "option", choice.theme
        if not isinstance(choice.figure, Chosen):
            yield *here, choice.text, *_none(choice.figure.reason.value)
            continue
        for option in choice.options:
            yield *here, f"{choice.text}: {option.label}", *_share(option.percentage, choice.figure.n)


def _band_rows(report: Report, day: date) -> Iterator[Values]:
    for trait, bands in report.by_trait.traits.items():
        for band in bands:
            for theme, figure in zip(report.by_trait.themes, band.themes, strict=True):
                text = f"{trait}: {band_label(band.values)}"
                yield report.unit, day.isoformat(), "band", theme.name, text, *_values(figure)


def _share(percentage: float, answers: int) -> Values:
    return as_whole(percentage), 0, 100, answers, None, None, ""


def _values(figure: Figure) -> Values:
    if not isinstance(figure, Shown):
        return _none(figure.reason.value)
    shares = figure.shares
    return (
        as_shown(figure.mean),
        figure.lowest,
        figure.highest,
        figure.n,
        as_whole(shares.favourable) if shares else None,
        as_whole(shares.unfavourable) if shares else None,
        "",
    )


def _none(reason: str) -> Values:
    return (None,) * 6 + (reason,)
