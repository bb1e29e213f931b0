"""The questions of a theme to tick, as HTML: a template takes some tens of times as long for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join
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
CHECKED = mark_safe(" checked")


def question_ticks(questions: Iterable[QuestionChoice]) -> SafeString:
    return mark_safe("".join(map(_line, questions)))  # noqa: S308  # texts are escaped


def _line(question: QuestionChoice) -> str:
    options = '<br><span class="small soft">{} {}</span>'
    return format_html(
        LINE,
        pk=question.pk,
        checked=CHECKED if question.checked else "",
        text=question.text,
        marks=format_html_join("", ' <span class="{}">{}</span>', _marks(question)),
        language=question.translation_language,
        translation=question.translation,
        options=format_html(options, _("Options:"), question.options) if question.options else "",
    )


def _marks(question: QuestionChoice) -> Iterator[tuple[str, str]]:
    if question.kind == "open":
        yield "small soft", _("(open question)")
    if question.is_own:
        yield "badge", _("our own")
    if question.is_old:
        yield "badge badge--warning", _("older version")
