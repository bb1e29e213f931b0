"""What a signal's page has by the dozen as HTML, without a template for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.template.defaultfilters import floatformat
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from dashboards.signals.drawing import Dot, Row
from orgunits.models import OrgUnit

DOT = '<circle class="trend__point" cx="{}" cy="{}" r="2" />'
NAMED_DOT = (
    '<circle class="trend__point" cx="{x}" cy="{y}" r="4" />'
    '<text class="trend__label trend__label--value" x="{x}" y="{y}" dy="-0.9em" text-anchor="middle">{value}'
    "</text>"
)
ROW = (
    '<tr><th scope="row">{}</th><td class="table__number">{}</td>'
    '<td class="table__number">{} – {}</td><td class="table__number">{}</td></tr>'
)
PART = '<li><a href="{}">{}<span class="visually-hidden">: {}</span></a></li>'
WITHHELD_ROW = '<tr><th scope="row">{}</th><td colspan="3" class="withheld">{}</td></tr>'


def written_dots(dots: Iterable[Dot]) -> SafeString:
    return format_html_join("", "{}", ((_dot(dot),) for dot in dots))


def _dot(dot: Dot) -> SafeString:
    if dot.named:
        return format_html(NAMED_DOT, x=dot.x, y=dot.y, value=floatformat(dot.value, 1))
    return format_html(DOT, dot.x, dot.y)


def written_rows(rows: Iterable[Row]) -> SafeString:
    return format_html_join("\n", "{}", ((row,) for row in _rows(rows)))


def _rows(rows: Iterable[Row]) -> Iterator[SafeString]:
    day_format, withheld = _("j F Y"), _("no figure")
    for row in rows:
        day = date_format(row.day, day_format)
        if row.value is None:
            yield format_html(WITHHELD_ROW, day, withheld)
        else:
            range_and_value = (floatformat(value, 1) for value in (row.value, row.low, row.high))
            yield format_html(ROW, day, *range_and_value, floatformat(row.n, "0g"))


def written_parts(parts: Iterable[tuple[str, OrgUnit, str]]) -> SafeString:
    """Of each its address, unit and title."""
    return format_html_join("\n", PART, parts)
