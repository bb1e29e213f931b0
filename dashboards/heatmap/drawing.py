"""The rows as HTML, without a template for each: a page may have thousands of cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape  # Django's first looks whether a text is lazy: none is here

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.heatmap.cells import Cell
from dashboards.heatmap.rows import More, Row
from dashboards.rounding import in_thousands
from results.figures import Shown

ARROWS = {"up": "▲", "down": "▼"}
ROW = (
    '<tr id="unit-{pk}" class="heatmap__row--{layer}" data-level="{layer}" data-unit="{pk}">'
    '<th scope="row"><span class="heatmap__unit indent indent--{layer}">{fold} '
    '<a class="card__link" href="{url}">{name}</a></span></th>{cells}{people}</tr>'
)
FOLD = (
    '<a class="heatmap__fold" href="{url}#unit-{pk}" aria-expanded="{expanded}" aria-label="{label}">'
    "{icon}</a>"
)
NO_FOLD = '<span class="heatmap__fold"></span>'
PEOPLE = '<td class="heatmap__people">{}</td><td class="heatmap__people">{}</td>'
MORE = (
    '<tr data-level="{layer}" data-more="{pk}" data-after="{after}"><th scope="row" colspan="{columns}">'
    '<a class="heatmap__more indent indent--{layer}" href="{url}">{text}</a></th></tr>'
)


def drawn(rows: Iterable[Row | More]) -> SafeString:
    icon = render_to_string("components/icon.html", {"name": "chevron-right"})
    folds = {"open": _("Fold %(unit)s"), "closed": _("Unfold %(unit)s")}
    written = [_more(row) if isinstance(row, More) else _row(row, icon, folds) for row in rows]
    return mark_safe("".join(written))  # noqa: S308  # names and addresses are escaped, the rest is our own


def drawn_cells(cells: Iterable[Cell]) -> SafeString:
    return mark_safe("".join(map(_cell, cells)))  # noqa: S308  # addresses are escaped, the rest is our own


def drawn_with_reasons(cells: Iterable[Cell]) -> SafeString:
    """Of figures without a metric of their own: what is not shown says why."""
    written = [
        _cell(cell) if isinstance(cell.figure, Shown) else _withheld("·", str(cell.figure.reason.sentence))
        for cell in cells
    ]
    return mark_safe("".join(written))  # noqa: S308  # reasons are escaped, the rest is our own


def _row(row: Row, icon: str, folds: Mapping[str, str]) -> str:
    return ROW.format(
        pk=row.unit_id,
        layer=row.layer,
        fold=_fold(row, icon, folds[row.fold]) if row.fold else NO_FOLD,
        url=escape(row.url),
        name=escape(row.name),
        cells=drawn_cells(row.cells),
        people=_people(row),
    )


def _fold(row: Row, icon: str, words: str) -> str:
    return FOLD.format(
        url=escape(row.fold_url),
        pk=row.unit_id,
        expanded="true" if row.fold == "open" else "false",
        label=escape(words % {"unit": row.name}),
        icon=icon,
    )


def _people(row: Row) -> str:
    """Of the figure with the most answers. Coverage is rounded down: 100 means everyone."""
    fullest = row.fullest
    if fullest is None:
        return PEOPLE.format("·", "·")
    return PEOPLE.format(in_thousands(fullest.n), f"{int(100 * fullest.coverage)}%")


def _more(row: More) -> str:
    text = ngettext("%(left)s more unit", "%(left)s more units", row.left) % {"left": row.left}
    return MORE.format(
        layer=row.layer,
        pk=row.unit_id,
        after=row.after,
        columns=row.columns,
        url=escape(row.url),
        text=escape(text),
    )


def _cell(cell: Cell) -> str:
    if not cell.text:
        sign, words = ("·", _("not shown")) if cell.hidden else ("–", _("nothing to show"))
        return _withheld(sign, words)
    return f'<td class="heat heat--{cell.step}">{cell.text}{_arrow(cell)}{_mark(cell)}</td>'


def _withheld(sign: str, words: str) -> str:
    return f'<td class="heat heat--withheld">{_sign(sign, escape(words))}</td>'


def _arrow(cell: Cell) -> str:
    arrow = cell.arrow
    if not arrow:
        return ""
    words = _("up") if arrow == "up" else _("down")
    return "&#8239;" + _sign(ARROWS[arrow], words, ' class="heat__change"')


def _mark(cell: Cell) -> str:
    if not cell.mark:
        return ""
    words = _("Signal")
    return f'<a class="heat__mark" href="{escape(cell.mark)}" aria-label="{words}"></a>'


def _sign(sign: str, words: str, attributes: str = "") -> str:
    return f'<span{attributes} aria-hidden="true">{sign}</span><span class="visually-hidden">{words}</span>'
