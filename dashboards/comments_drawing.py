"""Comments as HTML, without a template for each: a page has thirty, each with a form to hide it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import escape, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from dashboards.comments import Said
from results.comments.reasons import HideReason

COMMENT = (
    '<li class="comment{style}" id="comment-{pk}">{hidden}'
    '<div class="comment__text" dir="auto">{text}</div>{form}</li>'
)
HIDDEN = '<p class="small"><span class="badge badge--warning">{words}</span> {reason}</p>'
FORM = (
    '<form method="post" action="{url}?{query}" hx-post="{url}" hx-target="closest li" hx-swap="outerHTML">'
    '<input type="hidden" name="csrfmiddlewaretoken" value="{token}">{inside}</form>'
)
HIDE = (
    '<details class="comment__hide"><summary>{summary}</summary>'
    "<fieldset><legend>{why}</legend>{reasons}</fieldset>"
    '<button type="submit" class="button button--small">{hide}</button></details>'
)
REASON = (
    '<div class="tick"><input type="radio" name="reason" value="{value}" id="{value}-{pk}" required> '
    '<label for="{value}-{pk}">{label}</label></div>'
)
SHOW = '<button type="submit" class="button button--secondary button--small">{}</button>'


def drawn(comments: Iterable[Said], *, token: str, query: str) -> SafeString:
    """`token`: of the form that hides one; `query`: of the page to which one comes back without script."""
    words = {"summary": _("Hide from leaders"), "why": _("Why?"), "hide": _("Hide")}
    reasons = [(value, escape(str(label))) for value, label in HideReason.choices]

    def form(said: Said) -> str:
        if not said.url:
            return ""
        if said.voice.hidden_for:
            inside = SHOW.format(_("Show to leaders again"))
        else:
            pk = said.voice.pk
            choices = (REASON.format(value=value, label=label, pk=pk) for value, label in reasons)
            inside = HIDE.format(**words, reasons="".join(choices))
        return FORM.format(url=escape(said.url), query=escape(query), token=escape(token), inside=inside)

    written = "\n".join(_comment(said, form(said)) for said in comments)
    return mark_safe(written)  # noqa: S308  # what people wrote is escaped


def _comment(said: Said, form: str) -> str:
    voice, hidden = said.voice, ""
    if voice.hidden_for:
        hidden = HIDDEN.format(words=_("hidden from leaders"), reason=escape(voice.hidden_for.label))
    return COMMENT.format(
        style=" comment--hidden" if hidden else "",
        pk=voice.pk,
        hidden=hidden,
        text=linebreaks(voice.text, autoescape=True),
        form=form,
    )
