"""What a signal's page has by the dozen as HTML, without a template for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape  # Django's first looks whether a text is lazy: none is here

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from dashboards.days import in_words
from dashboards.rounding import in_thousands, with_minus
from dashboards.signals.drawing import Dot, Row

DOT = '<circle class="trend__point" cx="{}" cy="{}" r="2" />'
NAMED_DOT = (
    '<circle class="trend__point" cx="{x}" cy="{y}" r="4" />'
    '<text class="trend__label trend__label--value" x="{x}" y="{y}" dy="-0.9em" text-anchor="middle">{value}'
    "</text>"
)
ROW = (
    '<tr><th scope="row" class="table__unbroken">{}</th><td class="table__number">{}</td>'
    '<td class="table__number">{} – {}</td><td class="table__number">{}</td></tr>'
)
PART = '<li><a href="{}">{}<span class="visually-hidden">: {}</span></a></li>'
WITHHELD_ROW = (
    '<tr><th scope="row" class="table__unbroken">{}</th><td colspan="3" class="withheld">{}</td></tr>'
)


def written_dots(dots: Iterable[Dot]) -> SafeString:
    return mark_safe("".join(map(_dot, dots)))  # noqa: S308  # numbers only


def _dot(dot: Dot) -> str:
    if dot.named:
        return NAMED_DOT.format(x=dot.x, y=dot.y, value=with_minus(dot.value, 1))
    return DOT.format(dot.x, dot.y)


def written_rows(rows: Iterable[Row]) -> SafeString:
    return mark_safe("\n".join(_rows(rows)))  # noqa: S308  # words are escaped, the rest is numbers


def _rows(rows: Iterable[Row]) -> Iterator[str]:
    withheld = escape(_("no figure"))
    for row in rows:
        day = escape(in_words(row.day))
        if row.value is None or row.low is None or row.high is None or row.n is None:
            yield WITHHELD_ROW.format(day, withheld)
        else:
            value, low, high = (with_minus(one, 1) for one in (row.value, row.low, row.high))
            yield ROW.format(day, value, low, high, in_thousands(row.n))


def written_parts(parts: Iterable[tuple[str, str, str]]) -> SafeString:
    """Of each its address, the name of its unit, and its title."""
    written = [PART.format(url, escape(unit), escape(title)) for url, unit, title in parts]
    return mark_safe("\n".join(written))  # noqa: S308  # names and titles are escaped, the rest is our own
