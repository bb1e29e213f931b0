"""The rows of the list as HTML, without a template for each."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape  # Django's first looks whether a text is lazy: none is here

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from actions.models import Action
from dashboards.actions.pages import ActionLine
from dashboards.days import in_words
from results.effects.effect import Moved

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
        "unit_label": escape(_("Unit")),
        "owner_label": escape(_("Who sees to it")),
        "due_label": escape(_("Ready by")),
        "state_label": escape(_("State")),
    }
    states = {
        state: render_to_string("dashboards/actions_state.html", {"state": state})
        for state in {line.state for line in lines}
    }
    rows = [
        ROW.format(
            **labels,
            url=escape(line.url),
            title=escape(line.action.title),
            notes=_notes(line.action),
            unit=escape(line.action.unit.name),
            owner=escape(line.action.seen_to_by or "–"),
            due=escape(in_words(line.action.due_on)),
            state=states[line.state],
        )
        for line in lines
    ]
    return mark_safe("\n".join(rows))  # noqa: S308  # names and words are escaped, the rest is our own


def _notes(action: Action) -> str:
    """Its theme with what figures did since, and once it is closed what came of it."""
    notes = []
    if action.theme:
        notes.append(escape(action.theme.name) + _movement(action.moved))
    if action.outcome and action.what_came_of_it:
        notes.append(escape(action.what_came_of_it))
    return "".join(map(NOTE.format, notes))


def _movement(moved: str) -> str:
    if not moved:
        return ""
    told = escape(str(Moved(moved).label))
    return f" – {told}" if moved == Moved.UNCLEAR else f" – <strong>{told}</strong>"
