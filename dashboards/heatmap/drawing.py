"""The cells of a row as HTML, without a template for each: a page may have thousands."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from dashboards.heatmap.cells import Cell

ARROWS = {"up": "▲", "down": "▼"}


def drawn(cells: Iterable[Cell]) -> SafeString:
    return mark_safe("".join(map(_cell, cells)))  # noqa: S308  # addresses are escaped, the rest is our own


def _cell(cell: Cell) -> str:
    if not cell.text:
        sign, words = ("·", _("not shown")) if cell.hidden else ("–", _("nothing to show"))
        return f'<td class="heat heat--withheld">{_sign(sign, words)}</td>'
    return f'<td class="heat heat--{cell.step}">{cell.text}{_arrow(cell)}{_mark(cell)}</td>'


def _arrow(cell: Cell) -> str:
    if not cell.arrow:
        return ""
    words = _("up") if cell.arrow == "up" else _("down")
    return _sign(ARROWS[cell.arrow], words, ' class="heat__change"')


def _mark(cell: Cell) -> str:
    if not cell.mark:
        return ""
    words = _("Signal")
    return f'<a class="heat__mark" href="{escape(cell.mark)}" aria-label="{words}"></a>'


def _sign(sign: str, words: str, attributes: str = "") -> str:
    return f'<span{attributes} aria-hidden="true">{sign}</span><span class="visually-hidden">{words}</span>'
