"""Questions with their figures: a unit's page may have a hundred."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from dashboards.rounding import with_one_decimal
from dashboards.templatetags.figures import basis, change, favourable
from dashboards.unit.lines import QuestionLine
from results.figures import Withheld

register = template.Library()


class Stated(Protocol):
    @property
    def text(self) -> str: ...
    @property
    def reversed(self) -> bool: ...


@register.simple_tag
def statement(question: Stated) -> SafeString:
    """What was asked, and whether its figure was turned round."""
    if not question.reversed:
        return escape(question.text)
    words = escape(_("(turned round: higher is better)"))
    return mark_safe(f'{escape(question.text)} <span class="small soft">{words}</span>')  # noqa: S308  # escaped


@register.simple_tag
def question_rows(questions: Iterable[QuestionLine], above_name: str) -> SafeString:
    """Of the table in a theme; `above_name`: of the unit above, "" where there is none."""
    above = escape(above_name)
    rows = (f'<tr><th scope="row">{_asked(one)}</th>{_answered(one, above)}</tr>' for one in questions)
    return mark_safe("".join(rows))  # noqa: S308  # texts are escaped, the rest is our own


def _asked(question: QuestionLine) -> str:
    note = f'<p class="small soft">{escape(question.note)}</p>' if question.note else ""
    return statement(question) + note


def _answered(question: QuestionLine, above_name: str) -> str:
    figure = question.figure
    if isinstance(figure, Withheld):
        return f'<td colspan="4" class="withheld">{escape(figure.reason.sentence)}</td>'
    beside = ""
    if above_name:
        above = "–"
        if question.above and not isinstance(question.above, Withheld):
            above = with_one_decimal(question.above.mean)
        beside = _number(above_name, above)
    shares = escape(_("Unfavourable – neutral – favourable"))
    return (
        _number(escape(_("Figure")), f"<strong>{with_one_decimal(figure.mean)}</strong> {basis(figure)}")
        + _number(escape(_("Change")), change(question.change))
        + beside
        + f'<td data-label="{shares}">{favourable(figure.shares)}</td>'
    )


def _number(label: str, content: str) -> str:
    return f'<td class="table__number" data-label="{label}">{content}</td>'
