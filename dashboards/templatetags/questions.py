"""Questions with their figures: a unit's page may have a hundred."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

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


class Labels(NamedTuple):
    """What stands above the columns of such a table, escaped; `above` is "" where there is no unit above."""

    figure: str
    change: str
    above: str
    shares: str

    @classmethod
    def of(cls, above_name: str) -> Labels:
        shares = _("Unfavourable – neutral – favourable")
        return cls(*map(escape, (_("Figure"), _("Change"), above_name, shares)))


def rows_of(questions: Iterable[QuestionLine], labels: Labels) -> str:
    return "".join(
        f'<tr><th scope="row">{_asked(one)}</th>{_answered(one, labels)}</tr>' for one in questions
    )


def _asked(question: QuestionLine) -> str:
    note = f'<p class="small soft">{escape(question.note)}</p>' if question.note else ""
    return statement(question) + note


def _answered(question: QuestionLine, labels: Labels) -> str:
    figure = question.figure
    if isinstance(figure, Withheld):
        columns = 4 if labels.above else 3
        return f'<td colspan="{columns}" class="withheld">{escape(figure.reason.sentence)}</td>'
    beside = ""
    if labels.above:
        above = "–"
        if question.above and not isinstance(question.above, Withheld):
            above = with_one_decimal(question.above.mean)
        beside = _number(labels.above, above)
    return (
        _number(
            labels.figure, f"<strong>{with_one_decimal(figure.mean)}</strong> {basis(figure, labels.above)}"
        )
        + _number(labels.change, change(question.change))
        + beside
        + f'<td data-label="{labels.shares}">{favourable(figure.shares)}</td>'
    )


def _number(label: str, content: str) -> str:
    return f'<td class="table__number" data-label="{label}">{content}</td>'
