"""The questions of a theme in the list of the bank, as HTML: a template takes several times as long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from surveys.bank.queries import QuestionRow

LINE = '<li><a href="{url}">{text}</a> <p class="bank__facts">{facts}</p></li>'
FACT = "<span{}>{}</span>"
PLAIN = ""
BADGE = ' class="badge badge--active"'
WARNING = ' class="badge badge--warning"'


def question_lines(rows: Iterable[QuestionRow]) -> SafeString:
    return mark_safe("".join(map(_line, rows)))  # noqa: S308  # texts are escaped


def _line(row: QuestionRow) -> str:
    return LINE.format(
        url=reverse("questions:question", args=[row.question.pk]),
        text=escape(row.question.text),
        facts=" ".join(FACT.format(look, escape(text)) for look, text in _facts(row)),
    )


def _facts(row: QuestionRow) -> Iterator[tuple[str, str]]:
    """How each looks, and its text."""
    if row.is_own:
        yield BADGE, _("our own")
    yield PLAIN, row.kind
    if row.question.reversed:
        yield PLAIN, _("turned round")
    if row.question.version > 1:
        yield PLAIN, _("version %(version)s") % {"version": row.question.version}
    if row.cycles:
        yield PLAIN, _("in %(cycles)s") % {"cycles": ", ".join(row.cycles)}
    if row.waves:
        asked = ngettext("asked in %(count)s wave", "asked in %(count)s waves", row.waves)
        yield PLAIN, asked % {"count": row.waves}
    if row.hinted:
        yield WARNING, _("hint")
