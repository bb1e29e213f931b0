"""An import in the words of its page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.languages import language_choices
from accounts.models import Organisation
from orgunits.imports.columns import MEANINGS
from orgunits.imports.progress import progress_of
from orgunits.imports.reorganisation import Fate, What
from orgunits.imports.summary import WITHOUT_EMAIL
from orgunits.models import Employee, EmployeeQuerySet, ImportChange, ImportColumn, ImportRun

NUMBERS = {
    "people.new": _("New people"),
    "people.returned": _("Back again"),
    "people.moved": _("To another unit"),
    "people.changed": _("Changed otherwise"),
    "people.left": _("People who leave"),
    "units.new": _("New units"),
    "units.returned": _("Units that are back"),
    "units.renamed": _("Units with another name"),
    "units.moved": _("Units in another place"),
    "units.manager": _("Units with another manager"),
    "units.ended": _("Units that end"),
    "access.new": _("Managers who get access"),
    "access.ended": _("Managers who lose access"),
    WITHOUT_EMAIL: _("People without an e-mail address"),
}
NAMES = ("first_name", "last_name")
DAYS = ("joined_on", "leaves_on")
ALWAYS_SHOWN = ("people.new", "people.moved", "people.changed", "people.left")
FIELDS = {
    "unit_path": _("unit"),
    "email": _("e-mail address"),
    "first_name": _("first name"),
    "last_name": _("last name"),
    "manager": _("manager"),
    "language": _("language"),
    "joined_on": _("in service since"),
    "leaves_on": _("last day of work"),
    "name": _("name"),
    "above": _("part of"),
}
WHATS = {
    What.RENAMED: _("Another name"),
    What.MOVED: _("Another place"),
    What.MERGED: _("Goes up in another unit"),
    What.SPLIT: _("Split"),
    What.PARTLY: _("A part leaves"),
}
FATES = {
    Fate.SAME: _("The same unit: it keeps its history"),
    Fate.LINKED: _("Another unit that goes on with these people"),
    Fate.SEPARATE: _("They have nothing to do with each other"),
}
LINES_A_PAGE = 50
ASKED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Number:
    kind: str
    label: str | Promise
    count: int


@dataclass(frozen=True, slots=True)
class Line:
    """One change: who or what it is about, where, and which values change."""

    kind: str | Promise
    subject: str
    unit: str
    changes: list[tuple[str | Promise, str, str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A unit to ask about. `flows`: where its people went, how many, and which share of them in percent."""

    unit: int
    path: str
    what: str | Promise
    people: int
    flows: list[tuple[str, int, int]]
    becomes: str
    follows: int
    choices: list[tuple[str, str | Promise]]
    chosen: str


def earlier_runs(organisation: Organisation) -> list[ImportRun]:
    """The last fifty, newest first, without what they hold of people."""
    runs = ImportRun.objects.filter(organisation=organisation).order_by("-uploaded_at", "-pk")
    return list(runs.select_related("uploaded_by").defer("content", "errors", "lineage")[:50])


def numbers_of(run: ImportRun) -> list[Number]:
    counts = dict(run.summary.get("counts", {}))
    counts[WITHOUT_EMAIL] = run.summary.get("without_email", 0)
    shown = [kind for kind in NUMBERS if kind in ALWAYS_SHOWN or counts.get(kind)]
    return [Number(kind, NUMBERS[kind], counts.get(kind, 0)) for kind in shown]


def lines_of(run: ImportRun, *, kind: str, words: str, page: str | None) -> Page[ImportChange]:
    """One page of changes; none once a newer file has been uploaded. `words`: in a name, number or unit."""
    changes = ImportChange.objects.filter(run=run)
    changes = changes.filter(kind=kind) if kind else changes.exclude(kind=WITHOUT_EMAIL)
    for word in words.split()[:5]:
        changes = changes.filter(Q(subject__icontains=word) | Q(unit__icontains=word))
    return Paginator(changes.order_by("pk"), LINES_A_PAGE).get_page(page)


def shown_lines(page: Page[ImportChange]) -> list[Line]:
    return [
        Line(
            NUMBERS.get(change.kind, change.kind),
            change.subject,
            change.unit,
            list(shown_values(change)),
        )
        for change in page
    ]


def shown_values(change: ImportChange) -> Iterator[tuple[str | Promise, str, str]]:
    """In the order of a file, groups last; of someone new without the name, which stands above it."""
    left_out = NAMES if change.kind == "people.new" else ()
    known = [name for name in FIELDS if name in change.values and name not in left_out]
    for name in (*known, *sorted(change.values.keys() - FIELDS.keys())):
        before, after = (in_words(name, value) for value in change.values[name])
        yield FIELDS.get(name, name), before, after


def in_words(name: str, value: str) -> str:
    if name in DAYS and value:
        return date_format(date.fromisoformat(value), gettext("j F Y"))
    return dict(language_choices()).get(value, value) if name == "language" else value


def asked_units(run: ImportRun) -> list[Asked]:
    """The largest ones; for the others what is suggested is done."""
    return [asked_unit(finding, run.lineage) for finding in run.summary.get("findings", [])[:ASKED_AT_ONCE]]


def asked_unit(finding: dict[str, Any], said: dict[str, str]) -> Asked:
    people = finding["people"] or 1
    fates = [fate for fate in Fate if fate is not Fate.SAME or finding["becomes"]]
    return Asked(
        unit=finding["unit"],
        path=finding["path"],
        what=WHATS[What(finding["what"])],
        people=finding["people"],
        flows=[(to, count, round(100 * count / people)) for to, count in finding["flows"]],
        becomes=finding["becomes"],
        follows=finding["follows"],
        choices=[(fate.value, FATES[fate]) for fate in fates],
        chosen=said.get(str(finding["unit"]), finding["suggested"]),
    )


def progress_on(run: ImportRun) -> dict[str, int]:
    """`done` and `total`; empty while it cannot be said."""
    found = progress_of(run.pk)
    return {"done": found[0], "total": found[1]} if found and found[1] else {}


def remembered_columns(organisation: Organisation) -> list[tuple[str, str | Promise]]:
    columns = ImportColumn.objects.filter(organisation=organisation).order_by("pk")
    return [(column.name, MEANINGS.get(column.meaning, column.meaning)) for column in columns]


def without_email(organisation: Organisation) -> EmployeeQuerySet:
    people = Employee.objects.employed().filter(organisation=organisation, email="")
    return people.select_related("unit").order_by("unit__path", "last_name", "employee_id")
