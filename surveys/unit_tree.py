"""A tree of units to tick in, as HTML.

Written here and not in a template: a large organisation has thousands of lines, and a template takes some
hundreds of times as long for each.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
BRANCH = '<details{opened}><summary>{icon}{below}<span class="visually-hidden"> {name}</span></summary><ul>'
BRANCH_END = "</ul></details></li>"


@dataclass(frozen=True, slots=True)
class Unit:
    """One of a tree in preorder; `people` counts all below it."""

    pk: int
    name: str
    depth: int
    people: int


@dataclass(slots=True)
class Line:
    """`below`: direct sub-units; `closes`: branches that end after it."""

    unit: Unit
    checked: bool
    excluded: bool
    below: int = 0
    closes: int = 0
    opened: bool = False


def unit_tree(
    units: Iterable[Unit], chosen: Collection[str], excluded: Collection[str] | None = None
) -> SafeString:
    """The field `units`, chosen by number; it is open down to the chosen ones.

    With `excluded` also a field `excluded_units`: below a ticked unit one ticks whom to leave out, and the
    style sheet shows which of the two counts.
    """
    lines = tree_lines(units, chosen, excluded or ())
    return mark_safe("".join(_html(lines, with_exceptions=excluded is not None)))  # noqa: S308  # names are escaped


def tree_lines(units: Iterable[Unit], chosen: Collection[str], excluded: Collection[str]) -> list[Line]:
    lines: list[Line] = []
    branch: list[Line] = []
    for unit in units:
        line = Line(unit, str(unit.pk) in chosen, str(unit.pk) in excluded)
        while branch and branch[-1].unit.depth >= unit.depth:
            lines[-1].closes += bool(branch.pop().below)
        if branch:
            branch[-1].below += 1
        for above in branch if line.checked or line.excluded else ():
            above.opened = True
        branch.append(line)
        lines.append(line)
    if lines:
        lines[-1].closes += sum(bool(line.below) for line in branch)
        lines[0].opened = True
    return lines


def _html(lines: list[Line], *, with_exceptions: bool) -> Iterator[str]:
    leave_out = escape(_("leave out"))
    icon = render_to_string("components/icon.html", {"name": "chevron-right"})
    yield f'<ul class="unit-tree{" audience" if with_exceptions else ""}">'
    for line in lines:
        unit, name = line.unit, escape(line.unit.name)
        yield LINE.format(
            pk=unit.pk,
            name=name,
            people=number_format(unit.people, force_grouping=True) if unit.people > 999 else unit.people,
            people_word=escape(ngettext("person", "people", unit.people)),
            checked=" checked" if line.checked else "",
            more=LEAVE_OUT.format(
                pk=unit.pk,
                name=name,
                excluded=" checked" if line.excluded else "",
                leave_out=leave_out,
            )
            if with_exceptions
            else "",
        )
        if line.below:
            below = ngettext("%(number)d unit", "%(number)d units", line.below) % {"number": line.below}
            yield BRANCH.format(
                opened=" open" if line.opened else "", icon=icon, below=escape(below), name=name
            )
        else:
            yield "</li>"
        yield BRANCH_END * line.closes
    yield "</ul>"
