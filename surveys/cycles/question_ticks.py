"""The questions of a theme to tick, as HTML: a template takes some tens of times as long for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from surveys.cycles.queries import QuestionChoice

LINE = (
    '<li class="tick">'
    '<input type="checkbox" name="questions" value="{pk}" id="question-{pk}"{checked}>'
    '<label for="question-{pk}">{text}{marks}<br>'
    '<span class="small soft" lang="{language}">{translation}</span>{options}</label></li>'
)
MARK = ' <span class="{}">{}</span>'
OPTIONS = '<br><span class="small soft">{} {}</span>'


def question_ticks(questions: Iterable[QuestionChoice]) -> SafeString:
    return mark_safe("".join(map(_line, questions)))  # noqa: S308  # texts are escaped


def _line(question: QuestionChoice) -> str:
    options = OPTIONS.format(escape(_("Options:")), escape(question.options)) if question.options else ""
    return LINE.format(
        pk=question.pk,
        checked=" checked" if question.checked else "",
        text=escape(question.text),
        marks="".join(MARK.format(look, escape(text)) for look, text in _marks(question)),
        language=escape(question.translation_language),
        translation=escape(question.translation),
        options=options,
    )


def _marks(question: QuestionChoice) -> Iterator[tuple[str, str]]:
    """How each looks, and its text."""
    if question.kind == "open":
        yield "small soft", _("(open question)")
    if question.is_own:
        yield "badge", _("our own")
    if question.is_old:
        yield "badge badge--warning", _("older version")
