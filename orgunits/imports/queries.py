"""A previewed or applied import in the words of its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from orgunits.models import ImportRun

NUMBERS = {
    "people.new": _("New people"),
    "people.returned": _("Back again"),
    "people.moved": _("To another unit"),
    "people.changed": _("Changed otherwise"),
    "people.left": _("People who leave"),
    "units.new": _("New units"),
    "units.returned": _("Units that are back"),
    "units.renamed": _("Units with another name"),
    "units.manager": _("Units with another manager"),
    "units.ended": _("Units that end"),
    "access.new": _("Managers who get access"),
    "access.ended": _("Managers who lose access"),
}
ALWAYS_SHOWN = ("people.new", "people.moved", "people.changed", "people.left")
FIELDS = {
    "unit_path": _("unit"),
    "email": _("e-mail address"),
    "first_name": _("first name"),
    "last_name": _("last name"),
    "manager": _("manager"),
    "language": _("language"),
    "joined_on": _("in service since"),
}


@dataclass(frozen=True, slots=True)
class Number:
    label: str | Promise
    count: int


@dataclass(frozen=True, slots=True)
class Line:
    """One change: who or what it is about, where, and which values change."""

    subject: str
    unit: str
    changes: list[tuple[str | Promise, str, str]]


@dataclass(frozen=True, slots=True)
class ChangeList:
    label: str | Promise
    count: int
    lines: list[Line]

    @property
    def more(self) -> int:
        return self.count - len(self.lines)

    @property
    def names_units(self) -> bool:
        return any(line.unit for line in self.lines)

    @property
    def names_changes(self) -> bool:
        return any(line.changes for line in self.lines)


def earlier_runs(organisation: Organisation) -> list[ImportRun]:
    """The last fifty, newest first, without what they hold of people."""
    runs = ImportRun.objects.filter(organisation=organisation).order_by("-uploaded_at", "-pk")
    return list(runs.select_related("uploaded_by").defer("content", "errors", "summary")[:50])


def numbers_of(run: ImportRun) -> list[Number]:
    counts = run.summary.get("counts", {})
    shown = [kind for kind in NUMBERS if kind in ALWAYS_SHOWN or counts.get(kind)]
    return [Number(NUMBERS[kind], counts.get(kind, 0)) for kind in shown]


def change_lists_of(run: ImportRun) -> list[ChangeList]:
    """Empty once a newer file has been uploaded."""
    counts, listed = run.summary.get("counts", {}), run.summary.get("changes", {})
    return [
        ChangeList(label, counts[kind], [line_of(change) for change in listed[kind]])
        for kind, label in NUMBERS.items()
        if listed.get(kind)
    ]


def line_of(change: dict[str, Any]) -> Line:
    if "email" in change:
        return Line(change["email"], change["unit"], [])
    if "employee_id" not in change:
        return Line(change["unit"], "", manager_change(change))
    fields = [(FIELDS.get(f["field"], f["field"]), f["before"], f["after"]) for f in change["fields"]]
    return Line(f"{change['name']} ({change['employee_id']})", change["unit"], fields)


def manager_change(change: dict[str, Any]) -> list[tuple[str | Promise, str, str]]:
    if change["before"] == change["after"]:
        return []
    label = _("name") if change["kind"] == "renamed" else _("manager")
    return [(label, change["before"], change["after"])]
