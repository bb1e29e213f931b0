"""The tree of units to choose from, as HTML.

Written here and not in a template: a large organisation has thousands of lines, and a template takes some
hundreds of times as long for each.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgunits.access import Scope
from surveys.cycles.queries import Headcount, units_of

LINE = (
    '<li><div class="unit-tree__unit">'
    '<input type="checkbox" name="units" value="{pk}" id="units-{pk}"{checked}>'
    '<label for="units-{pk}">{name}</label> <span class="unit-tree__people">{people}</span> '
    '<span class="audience__except">'
    '<input type="checkbox" name="excluded_units" value="{pk}" id="except-{pk}"{excluded}>'
    '<label for="except-{pk}">{leave_out}<span class="visually-hidden"> {name}</span></label>'
    "</span></div>"
)
BRANCH = '<details{opened}><summary>{icon}{below}<span class="visually-hidden"> {name}</span></summary><ul>'
BRANCH_END = "</ul></details></li>"


@dataclass(slots=True)
class Line:
    """A unit in preorder. `below`: direct sub-units; `closes`: branches that end after it."""

    pk: int
    name: str
    people: int
    checked: bool
    excluded: bool
    below: int = 0
    closes: int = 0
    opened: bool = False


def audience_tree(
    scope: Scope, chosen: Collection[str], excluded: Collection[str], *, heads: Headcount
) -> SafeString:
    """Fields `units` and `excluded_units`; units are chosen by number. It is open down to the chosen ones.

    Below a ticked unit one ticks whom to leave out; the style sheet shows which of the two counts.
    """
    return mark_safe("".join(_html(tree_lines(scope, chosen, excluded, heads=heads))))  # noqa: S308  # names are escaped


def tree_lines(
    scope: Scope, chosen: Collection[str], excluded: Collection[str], *, heads: Headcount
) -> list[Line]:
    lines: list[Line] = []
    branch: list[tuple[str, Line]] = []
    for pk, name, path in units_of(scope).order_by("path").values_list("pk", "name", "path"):
        line = Line(pk, name, heads.people[path], str(pk) in chosen, str(pk) in excluded)
        while branch and not path.startswith(branch[-1][0]):
            lines[-1].closes += bool(branch.pop()[1].below)
        if branch:
            branch[-1][1].below += 1
        for _path, above in branch if line.checked or line.excluded else ():
            above.opened = True
        branch.append((path, line))
        lines.append(line)
    if lines:
        lines[-1].closes += sum(bool(line.below) for _path, line in branch)
        lines[0].opened = True
    return lines


def _html(lines: list[Line]) -> Iterator[str]:
    leave_out = escape(_("leave out"))
    icon = render_to_string("components/icon.html", {"name": "chevron-right"})
    yield '<ul class="unit-tree audience">'
    for line in lines:
        name = escape(line.name)
        yield LINE.format(
            pk=line.pk,
            name=name,
            people=number_format(line.people, force_grouping=True) if line.people > 999 else line.people,
            checked=" checked" if line.checked else "",
            excluded=" checked" if line.excluded else "",
            leave_out=leave_out,
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
