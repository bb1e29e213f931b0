"""Themes with their questions to tick, as HTML: a template takes some tens of times as long for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from surveys.cycles.queries import QuestionChoice, ThemeChoice

THEME = (
    '<details class="theme"><summary class="theme__summary theme__summary--plain">'
    '<span class="theme__name">{icon} <strong>{name}</strong></span>'
    '<span class="small soft">{chosen}</span></summary>'
    '<div class="theme__body">{description}{turns}<ul class="plain-list">{questions}</ul></div></details>'
)
DESCRIPTION = '<p class="soft">{}</p>'
TURNS = (
    '<p class="tick">'
    '<input type="checkbox" name="rotating" value="{pk}" id="rotating-{pk}"{checked}>'
    '<label for="rotating-{pk}">{words}</label></p>'
)
LINE = (
    '<li class="tick">'
    '<input type="checkbox" name="questions" value="{pk}" id="question-{pk}"{checked}>'
    '<label for="question-{pk}">{text}{marks}<br>'
    '<span class="small soft" lang="{language}">{translation}</span>{options}</label></li>'
)
MARK = ' <span class="{}">{}</span>'
OPTIONS = '<br><span class="small soft">{} {}</span>'


def theme_ticks(themes: Iterable[ThemeChoice], *, may_rotate: bool) -> SafeString:
    """`may_rotate`: themes can take turns, of which a journey has none."""
    icon = render_to_string("components/icon.html", {"name": "chevron-right"})
    written = (_theme(theme, icon, may_rotate=may_rotate) for theme in themes)
    return mark_safe("".join(written))  # noqa: S308  # texts are escaped


def _theme(theme: ThemeChoice, icon: str, *, may_rotate: bool) -> str:
    return THEME.format(
        icon=icon,
        name=escape(theme.name),
        chosen=escape(_chosen(theme)),
        description=DESCRIPTION.format(escape(theme.description)) if theme.description else "",
        turns=_turns(theme) if may_rotate else "",
        questions="".join(map(_line, theme.questions)),
    )


def _chosen(theme: ThemeChoice) -> str:
    numbers = {"chosen": theme.chosen, "all": len(theme.questions)}
    chosen, in_turn = _("%(chosen)s of %(all)s chosen") % numbers, _("in turn")
    return f"{chosen}, {in_turn}" if theme.rotating else chosen


def _turns(theme: ThemeChoice) -> str:
    words = escape(_("Takes turns with other themes"))
    return TURNS.format(pk=theme.pk, checked=" checked" if theme.rotating else "", words=words)


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
