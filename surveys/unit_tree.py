"""A tree of units to tick in, as HTML.

Written here and not in a template: a large organisation has thousands of lines, and a template takes some
hundreds of times as long for each. Of a large tree only the open branches are written. A closed one is
fetched when it is unfolded; without script a button of the form does that.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

WRITTEN_WHOLE = 200  # lines; of a larger tree closed branches are left out
LINE = (
    '<li><div class="unit-tree__unit">'
    '<input type="checkbox" name="units" value="{pk}" id="units-{pk}"{checked}>'
    '<label for="units-{pk}">{name}</label> '
    '<span class="unit-tree__people">{people}<span class="visually-hidden"> {people_word}</span></span>'
    "{more}</div>"
)
LEAVE_OUT = (
    ' <span class="audience__except">'
    '<input type="checkbox" name="excluded_units" value="{pk}" id="except-{pk}"{excluded}>'
    '<label for="except-{pk}">{leave_out}<span class="visually-hidden"> {name}</span></label>'
    "</span>"
)
BRANCH = '<details{state}><summary>{icon}{below}<span class="visually-hidden"> {name}</span></summary><ul>'
BRANCH_END = "</ul></details></li>"
FETCHED = (
    ' hx-get="{url}" hx-trigger="toggle once" hx-target="find ul" hx-swap="innerHTML" hx-sync="this:drop"'
)
SHOW = (
    '<li><button type="submit" class="button button--quiet button--small" name="unfold" value="{pk}">'
    '{show}<span class="visually-hidden"> {name}</span></button></li>'
)
BranchUrl = Callable[[int], str]


class Unit(NamedTuple):
    """One of a tree in preorder; `people` counts all below it. Of a closed branch units may be `left_out`."""

    pk: int
    name: str
    depth: int
    people: int
    left_out: int = 0  # direct sub-units that are not given


@dataclass(slots=True)
class Line:
    """`below`: direct sub-units; `left_out`: these are not written yet."""

    unit: Unit
    checked: bool
    excluded: bool
    opened: bool
    below: int = 0
    left_out: bool = False


def unit_tree(
    units: Iterable[Unit],
    chosen: Collection[str],
    excluded: Collection[str] | None = None,
    *,
    unfolded: int = 0,
    branch_url: BranchUrl | None = None,
) -> SafeString:
    """The field `units`, chosen by number; it is open down to the chosen ones and at the unit `unfolded`.

    With `excluded` also a field `excluded_units`: below a ticked unit one ticks whom to leave out, and the
    style sheet shows which of the two counts. `branch_url` gives the address at which a unit's `branch` is.
    """
    lines = tree_lines(units, chosen, excluded or (), unfolded=unfolded)
    if lines:
        lines[0].opened = True
    if branch_url and len(lines) > WRITTEN_WHOLE:
        lines = without_closed(lines)
    kind = "unit-tree" if excluded is None else "unit-tree audience"
    written = _html(lines, with_exceptions=excluded is not None, branch_url=branch_url)
    return mark_safe(f'<ul class="{kind}">{"".join(written)}</ul>')  # noqa: S308  # names are escaped


def branch(
    units: Iterable[Unit],
    chosen: Collection[str],
    excluded: Collection[str] | None = None,
    *,
    branch_url: BranchUrl,
) -> SafeString:
    """What was left out of a tree: the lines of the units below one."""
    lines = without_closed(tree_lines(units, chosen, excluded or ()))
    written = _html(lines, with_exceptions=excluded is not None, branch_url=branch_url)
    return mark_safe("".join(written))  # noqa: S308  # names are escaped


def tree_lines(
    units: Iterable[Unit], chosen: Collection[str], excluded: Collection[str], *, unfolded: int = 0
) -> list[Line]:
    lines: list[Line] = []
    above: list[Line] = []
    for unit in units:
        key = str(unit.pk)
        line = Line(
            unit,
            checked=key in chosen,
            excluded=key in excluded,
            opened=unit.pk == unfolded,
            below=unit.left_out,
            left_out=unit.left_out > 0,
        )
        while above and above[-1].unit.depth >= unit.depth:
            above.pop()
        if above:
            above[-1].below += 1
        if line.checked or line.excluded or line.opened:
            for one in above:
                one.opened = True
        above.append(line)
        lines.append(line)
    return lines


def without_closed(lines: Iterable[Line]) -> list[Line]:
    """Those in sight. What lies in a closed branch is not chosen, or it would be open."""
    kept: list[Line] = []
    for line in lines:
        if kept and kept[-1].left_out and line.unit.depth > kept[-1].unit.depth:
            continue
        line.left_out = bool(line.below) and not line.opened
        kept.append(line)
    return kept


def _html(lines: list[Line], *, with_exceptions: bool, branch_url: BranchUrl | None) -> Iterator[str]:
    icon = render_to_string("components/icon.html", {"name": "chevron-right"})
    leave_out = escape(_("leave out")) if with_exceptions else ""
    depths: list[int] = []  # of the branches that have begun
    for line in lines:
        while depths and depths[-1] >= line.unit.depth:
            depths.pop()
            yield BRANCH_END
        yield _unit_html(line, leave_out)
        if not line.below:
            yield "</li>"
            continue
        depths.append(line.unit.depth)
        below = ngettext("%(number)d unit", "%(number)d units", line.below) % {"number": line.below}
        yield BRANCH.format(
            state=_branch_state(line, branch_url),
            icon=icon,
            below=escape(below),
            name=escape(line.unit.name),
        )
        if line.left_out:
            yield SHOW.format(pk=line.unit.pk, show=escape(_("Show the units")), name=escape(line.unit.name))
    yield BRANCH_END * len(depths)


def _unit_html(line: Line, leave_out: str) -> str:
    unit, name, more = line.unit, escape(line.unit.name), ""
    if leave_out:
        excluded = " checked" if line.excluded else ""
        more = LEAVE_OUT.format(pk=unit.pk, name=name, excluded=excluded, leave_out=leave_out)
    return LINE.format(
        pk=unit.pk,
        name=name,
        people=number_format(unit.people, force_grouping=True) if unit.people > 999 else unit.people,
        people_word=escape(ngettext("person", "people", unit.people)),
        checked=" checked" if line.checked else "",
        more=more,
    )


def _branch_state(line: Line, branch_url: BranchUrl | None) -> str:
    if line.left_out and branch_url:
        return FETCHED.format(url=branch_url(line.unit.pk))
    return " open" if line.opened else ""
