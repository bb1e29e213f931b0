"""Units side by side as HTML, without a template for each: a page has up to two dozen."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape  # Django's first looks whether a text is lazy: none is here

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from dashboards.charts.small import SmallLine
from dashboards.templatetags.figures import mean
from dashboards.unit.children import Panel
from results.figures import Shown

register = template.Library()
PANEL = (
    '<li class="panel"><h3 class="panel__name"><a class="card__link" href="{url}">{name}</a></h3>'
    '<p class="panel__figure">{figure}</p>{line}</li>'
)
LINE = (
    '<svg class="small-line" viewBox="0 0 240 84" aria-hidden="true">'
    '<path class="trend__grid" d="M4 6 H232 M4 78 H232" />'
    '<path class="trend__line trend__line--reference" d="{reference}" />'
    '<path class="trend__band" d="{band}" /><path class="trend__line" d="{path}" />'
    '<circle class="trend__point" cx="{end_x}" cy="{end_y}" r="4" /></svg>'
)


@register.simple_tag
def unit_panels(panels: Iterable[Panel], reference: str) -> SafeString:
    """`reference`: the path of what all of them are compared with."""
    not_shown = escape(_("not shown"))
    withheld = f'<span class="withheld">{not_shown}</span>'
    written = [
        PANEL.format(
            url=escape(panel.url),
            name=escape(panel.name),
            figure=mean(panel.figure) if isinstance(panel.figure, Shown) else withheld,
            line=_line(panel.line, reference) if panel.line else "",
        )
        for panel in panels
    ]
    return mark_safe("\n".join(written))  # noqa: S308  # names are escaped, the rest is our own


def _line(line: SmallLine, reference: str) -> str:
    return LINE.format(
        reference=reference, band=line.band, path=line.path, end_x=line.end_x, end_y=line.end_y
    )
