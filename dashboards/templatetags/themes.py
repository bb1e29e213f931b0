"""The themes of a unit as HTML, without a template for each: a page has a dozen, with their questions."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape  # Django's first looks whether a text is lazy: only reasons are here

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from dashboards.rounding import with_one_decimal
from dashboards.templatetags.figures import change, interval, mean, sparkline
from dashboards.templatetags.questions import Labels, rows_of
from dashboards.unit.lines import ThemeLine
from dashboards.unit.page import Step, UnitPage
from results.figures import Shown

register = template.Library()
THEME = (
    '<details class="theme" id="theme-{code}"><summary class="theme__summary">'
    '<span class="theme__name">{icon} <strong>{name}</strong></span> {figures}</summary>'
    '<div class="theme__body">{description}<p class="theme__links screen-only">{links}</p>{note}'
    '<div class="table-scroll"><table class="table table--stacked"><thead>{head}</thead>'
    "<tbody>{rows}</tbody></table></div></div></details>"
)
FIGURES = (
    '<span class="theme__figure">{figure}</span> <span class="theme__change">{change}</span> '
    '<span class="theme__interval">{interval}</span> <span class="theme__line">{line}</span> '
    '<span class="theme__compare small soft">{beside}</span>'
)
WITHHELD = '<span class="theme__withheld withheld">{}</span>'
HEAD = (
    '<tr><th scope="col">{question}</th><th scope="col" class="table__number">{figure}</th>'
    '<th scope="col" class="table__number">{change}</th>{above}<th scope="col">{shares}</th></tr>'
)
HEAD_ABOVE = '<th scope="col" class="table__number">{}</th>'


@register.simple_tag
def unit_themes(page: UnitPage) -> SafeString:
    """Each to unfold, with where to read more about it and its questions."""
    icon = render_to_string("components/icon.html", {"name": "chevron-right"})
    labels = Labels.of(page.above_name)
    head = _head(labels)
    others = escape(page.above_name), escape(_("Organisation")) if page.whole_name else ""
    written = [
        THEME.format(
            code=escape(theme.code),
            icon=icon,
            name=escape(theme.name),
            figures=_figures(theme, others),
            description=f'<p class="soft">{escape(theme.description)}</p>' if theme.description else "",
            links=_links(links),
            note=f'<p class="small">{escape(theme.note)}</p>' if theme.note else "",
            head=head,
            rows=rows_of(theme.questions, labels),
        )
        for theme, links in page.themes_with_links
    ]
    return mark_safe("\n".join(written))  # noqa: S308  # names and texts are escaped, the rest is our own


def _head(labels: Labels) -> str:
    return HEAD.format(
        question=escape(_("Question")),
        figure=labels.figure,
        change=labels.change,
        above=HEAD_ABOVE.format(labels.above) if labels.above else "",
        shares=labels.shares,
    )


def _figures(theme: ThemeLine, others: tuple[str, str]) -> str:
    """`others`: the names of the unit above and of the organisation, "" for none."""
    figure = theme.figure
    if not isinstance(figure, Shown):
        return WITHHELD.format(escape(str(figure.reason.sentence)))
    beside = [
        f"<span>{name} {with_one_decimal(other.mean)}</span>"
        for name, other in zip(others, (theme.above, theme.whole), strict=True)
        if name and isinstance(other, Shown)
    ]
    return FIGURES.format(
        figure=mean(figure),
        change=change(theme.change),
        interval=interval(theme.interval),
        line=sparkline(theme.line),
        beside=" ".join(beside),
    )


def _links(links: Iterable[Step]) -> str:
    return " ".join(f'<a href="{escape(link.url)}">{escape(link.label)}</a>' for link in links)
