"""The heatmap in words: one sentence on top, and a summary per theme for who cannot see colours."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.heatmap.branch import Branch, Place
from dashboards.heatmap.cells import Cell, Cells
from dashboards.rounding import with_one_decimal
from results.figures import Shown

HEADLINE_LAYERS = 2  # whose changes the sentence on top may name


@dataclass(frozen=True, slots=True)
class ThemeInWords:
    name: str
    text: str


def headline(cells: Cells, branch: Branch) -> str:
    return " ".join(filter(None, (_largest_change(cells, branch), _ends(cells, branch))))


def _largest_change(cells: Cells, branch: Branch) -> str:
    since = cells.year_before or cells.before
    units = {place.unit_id: place.name for place in branch.rows() if place.layer <= HEADLINE_LAYERS}
    move = since and cells.largest_move(since, list(units))
    if not move:
        return ""
    sentence = (
        _("Largest change in a year: %(theme)s in %(unit)s, from %(before)s to %(now)s.")
        if cells.year_before
        else _("Largest change since the wave before: %(theme)s in %(unit)s, from %(before)s to %(now)s.")
    )
    return sentence % {
        "theme": move.theme.name,
        "unit": units[move.unit_id],
        "before": with_one_decimal(move.before),
        "now": with_one_decimal(move.now),
    }


def _ends(cells: Cells, branch: Branch) -> str:
    """The highest and the lowest theme of the top unit."""
    tops = branch.tops[:1]
    figures = [
        (theme, cells.figure(cells.wave, top.unit_id, theme)) for top in tops for theme in cells.themes
    ]
    shown = [
        (figure.position, theme.name, with_one_decimal(figure.mean))
        for theme, figure in figures
        if isinstance(figure, Shown) and theme.pk not in cells.scales
    ]
    if len(shown) < 2:
        return ""
    (_high, best, most), (_low, worst, least) = max(shown), min(shown)
    return _("Highest: %(best)s (%(most)s). Lowest: %(worst)s (%(least)s).") % {
        "best": best,
        "most": most,
        "worst": worst,
        "least": least,
    }


def in_words(cells: Cells, branch: Branch) -> list[ThemeInWords]:
    """Per theme: the top unit, the range among the units just below it, and how many clearly changed."""
    if not branch.tops:
        return []
    top = branch.tops[0]
    below = branch.first_below(top) if top.unit_id in branch.opened else []
    found = []
    for theme in cells.themes:
        own = cells.cell(top.unit_id, theme)
        lower = [(place, cells.cell(place.unit_id, theme)) for place in below]
        sentences = (_own(top, own), _range(lower), _moves([own, *(cell for _place, cell in lower)]))
        found.append(ThemeInWords(theme.name, " ".join(filter(None, sentences))))
    return found


def _own(top: Place, cell: Cell) -> str:
    if cell.value is None:
        return ""
    return _("%(unit)s: %(figure)s.") % {"unit": top.name, "figure": cell.text}


def _range(lower: list[tuple[Place, Cell]]) -> str:
    values = [(cell.value, cell.text) for _place, cell in lower if cell.value is not None]
    if len(values) < 2:
        return ""
    return ngettext(
        "Below it from %(low)s to %(high)s, in %(n)s unit with a figure.",
        "Below it from %(low)s to %(high)s, in %(n)s units with a figure.",
        len(values),
    ) % {"low": min(values)[1], "high": max(values)[1], "n": len(values)}


def _moves(cells: list[Cell]) -> str:
    rose, fell = (sum(cell.arrow == arrow for cell in cells) for arrow in ("up", "down"))
    texts = []
    if rose:
        texts.append(ngettext("%(n)s unit went up.", "%(n)s units went up.", rose) % {"n": rose})
    if fell:
        texts.append(ngettext("%(n)s unit went down.", "%(n)s units went down.", fell) % {"n": fell})
    return " ".join(texts)
