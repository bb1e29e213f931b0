"""The tables of what is done about figures: signals, actions, and whether those helped."""

from __future__ import annotations

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dashboards.effect import ThemeLine
from dashboards.reports.content import Report
from dashboards.reports.follow_up.rows import ActionRow
from dashboards.reports.follow_up.telling import (
    HUNDREDTHS,
    between,
    how_figures_moved,
    of_cautions,
    titled,
    what_came_of,
    why,
)
from dashboards.reports.tables import NONE, Row, Signed, Table
from dashboards.rounding import rounded


def signals_table(report: Report) -> Table:
    rows: list[Row] = [[signal.title, capfirst(signal.state)] for signal in report.signals]
    return Table(_("Signals"), [_("Signal"), _("State")], rows, widths=(4, 1))


def own_actions_table(report: Report) -> Table:
    head = [_("Action"), _("Who sees to it"), _("First day"), _("Ready by"), _("State")]
    rows: list[Row] = [
        [
            titled(row),
            row.action.seen_to_by or NONE,
            row.action.starts_on,
            row.action.due_on,
            capfirst(str(row.state.label)),
        ]
        for row in report.own_actions
    ]
    return Table(_("Actions"), head, rows, widths=(4, 2, 1.2, 1.2, 1.2))


def all_actions_table(report: Report) -> Table:
    """With what is agreed on in the units below, and all that is told of each."""
    head = [
        *(_("Action"), _("Unit"), _("Theme"), _("Who sees to it"), _("First day"), _("Ready by")),
        *(_("State"), pgettext("an action was", "Closed on"), _("Why, and how?"), _("What came of it")),
        _("Did it help?"),
    ]
    rows = [_all_of(report, row) for row in report.actions]
    return Table(_("Actions"), head, rows, widths=(3, 1.6, 1.6, 1.5, 1.2, 1.2, 1.2, 1.2, 3.4, 3, 2.6))


def _all_of(report: Report, row: ActionRow) -> Row:
    action = row.action
    return [
        titled(row),
        " › ".join(row.path) or report.unit,
        action.theme.name if action.theme else None,
        action.seen_to_by or None,
        action.starts_on,
        action.due_on,
        capfirst(str(row.state.label)),
        timezone.localdate(action.closed_at) if action.closed_at else None,
        "\n".join(why(row)) or None,
        what_came_of(row) or None,
        how_figures_moved(row) or None,
    ]


def helped_table(report: Report) -> Table:
    """As on the page of each action, of the theme that it is meant for."""
    head = [
        *(_("Action"), _("Theme"), _("Change here"), _("To be expected"), _("Difference")),
        *(_("9 times in 10 between"), _("What it says"), _("Why it may mislead")),
    ]
    rows = [_helped(row, row.helped) for row in report.own_actions if row.helped]
    return Table(_("Did it help?"), head, rows, widths=(3, 1.6, 1, 1, 1, 1.4, 2.6, 4))


def _helped(row: ActionRow, line: ThemeLine) -> Row:
    sizes = (line.effect.affected_change, line.effect.expected, line.effect.size)
    return [
        row.action.title,
        line.theme.name,
        *map(_signed, sizes),
        between(line),
        line.sentence,
        of_cautions(line),
    ]


def _signed(size: float) -> Signed:
    return Signed(float(rounded(size, HUNDREDTHS)), HUNDREDTHS)
