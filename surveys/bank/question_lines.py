"""Themes with their questions in the list of the bank, as HTML: a template takes several times as long."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from html import escape
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from surveys.bank.queries import QuestionRow, ThemeRows

Address = Callable[[int], str]

THEME = (
    '<details class="theme"{opened}><summary class="theme__summary theme__summary--plain">'
    '<span class="theme__name">{icon} <strong>{name}</strong></span>'
    '<span class="small soft">{own} {count}</span></summary>'
    '<div class="theme__body">{description}{change}{questions}</div></details>'
)
OWN = '<span class="badge">{}</span>'
DESCRIPTION = '<p class="soft">{}</p>'
CHANGE = '<p><a href="{url}">{words}<span class="visually-hidden">: {name}</span></a></p>'
QUESTIONS = '<ul class="plain-list bank__questions">{}</ul>'
NONE_YET = '<p class="soft">{words} {add}</p>'
ADD = '<a href="{url}?theme={pk}">{words}</a>'
LINE = '<li><a href="{url}">{text}</a> <p class="bank__facts">{facts}</p></li>'
FACT = "<span{}>{}</span>"
PLAIN = ""
BADGE = ' class="badge badge--active"'
WARNING = ' class="badge badge--warning"'


def theme_lines(themes: Iterable[ThemeRows], *, may_change: bool) -> SafeString:
    icon = render_to_string("components/icon.html", {"name": "chevron-right"})
    address = _addresses_of_questions()
    written = (_theme(theme, icon, address, may_change=may_change) for theme in themes)
    return mark_safe("".join(written))  # noqa: S308  # texts are escaped


def _addresses_of_questions() -> Address:
    """Looked up once for all of them."""
    before, after = reverse("questions:question", args=[0]).rsplit("0", 1)
    return lambda pk: f"{before}{pk}{after}"


def _theme(theme: ThemeRows, icon: str, address: Address, *, may_change: bool) -> str:
    lines = "".join(_line(row, address) for row in theme.rows)
    return THEME.format(
        opened=" open" if theme.opened else "",
        icon=icon,
        name=escape(theme.theme.name),
        own=OWN.format(escape(_("our own"))) if theme.is_own else "",
        count=escape(_count(theme)),
        description=DESCRIPTION.format(escape(theme.theme.description)) if theme.theme.description else "",
        change=_change(theme) if theme.is_own and may_change else "",
        questions=QUESTIONS.format(lines) if lines else _none_yet(theme, may_change=may_change),
    )


def _count(theme: ThemeRows) -> str:
    count = len(theme.rows)
    words = ngettext("%(count)s question, %(used)s used", "%(count)s questions, %(used)s used", count)
    return words % {"count": count, "used": theme.used}


def _change(theme: ThemeRows) -> str:
    url = reverse("questions:theme_edit", args=[theme.theme.pk])
    return CHANGE.format(url=url, words=escape(_("Change this theme")), name=escape(theme.theme.name))


def _none_yet(theme: ThemeRows, *, may_change: bool) -> str:
    add = ""
    if may_change:
        words = escape(_("Add the first one"))
        add = ADD.format(url=reverse("questions:new"), pk=theme.theme.pk, words=words)
    return NONE_YET.format(words=escape(_("No questions yet.")), add=add)


def _line(row: QuestionRow, address: Address) -> str:
    return LINE.format(
        url=address(row.question.pk),
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
