"""The rows of the list as HTML, without a template for each."""

from __future__ import annotations

from collections.abc import Sequence

from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from actions.models import Action
from dashboards.actions.pages import ActionLine

ROW = (
    '<tr><th scope="row"><a href="{url}">{title}</a>{notes}</th>'
    '<td data-label="{unit_label}">{unit}</td>'
    '<td data-label="{owner_label}">{owner}</td>'
    '<td data-label="{due_label}">{due}</td>'
    '<td data-label="{state_label}">{state}</td></tr>'
)
NOTE = '<span class="table__note">{}</span>'


def written_rows(lines: Sequence[ActionLine]) -> SafeString:
    labels = {
        "unit_label": _("Unit"),
        "owner_label": _("Who sees to it"),
        "due_label": _("Ready by"),
        "state_label": _("State"),
    }
    day_format = _("j F Y")
    states = {
        state: render_to_string("dashboards/actions_state.html", {"state": state})
        for state in {line.state for line in lines}
    }
    rows = (
        format_html(
            ROW,
            **labels,
            url=line.url,
            title=line.action.title,
            notes=_notes(line.action),
            unit=line.action.unit.name,
            owner=line.action.seen_to_by or "–",
            due=date_format(line.action.due_on, day_format),
            state=states[line.state],
        )
        for line in lines
    )
    return format_html_join("\n", "{}", ((row,) for row in rows))


def _notes(action: Action) -> SafeString:
    """Its theme, and once it is closed what came of it."""
    told = (action.theme and action.theme.name, action.outcome and action.what_came_of_it)
    return format_html_join("", NOTE, ((one,) for one in told if one))
