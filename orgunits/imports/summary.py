"""What a preview says of a comparison: counts, things to look at, and a line for each change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from accounts.copying import copy_rows
from orgunits.imports.comparison import Comparison
from orgunits.imports.people import PeopleFile
from orgunits.imports.plan import AccessChange, Kind, PersonChange, Plan, UnitChange, shown
from orgunits.imports.reorganisation import Finding
from orgunits.models import ImportChange, ImportRun

WITHOUT_EMAIL = "people.without_email"

Line = tuple[str, str, str, dict[str, list[str]]]  # kind, subject, unit, values


def summary_of(comparison: Comparison) -> dict[str, Any]:
    """`counts`: kind, such as `people.moved` → how many. `findings`: the largest changes to units."""
    file, plan = comparison.file, comparison.plan
    areas = (("people", plan.people), ("units", plan.units), ("access", plan.access))
    return {
        "people": len(file.people),
        "units": len(plan.wanted),
        "without_email": sum(not person.email for person in file.people),
        "change_count": plan.change_count,
        "counts": Counter(f"{area}.{change.kind}" for area, changes in areas for change in changes),
        "findings": [as_json(finding) for finding in comparison.reorganisation.findings],
        "warnings": list(plan.warnings),
        "digest": plan.digest,
    }


def as_json(finding: Finding) -> dict[str, Any]:
    return {
        "unit": finding.unit_id,
        "path": shown(finding.path),
        "what": finding.what,
        "people": finding.people,
        "flows": [[shown(flow.to), flow.people] for flow in finding.flows[:10]],
        "becomes": shown(finding.becomes),
        "follows": finding.follows,
        "suggested": finding.suggested,
    }


def keep_lines(run: ImportRun, comparison: Comparison) -> None:
    copy_rows(
        ImportChange,
        ["organisation", "run", "kind", "subject", "unit", "values"],
        ((run.organisation_id, run.pk, *line) for line in lines_of(comparison.plan, comparison.file)),
    )


def lines_of(plan: Plan, file: PeopleFile) -> Iterator[Line]:
    yield from map(person_line, plan.people)
    yield from map(unit_line, plan.units)
    yield from map(access_line, plan.access)
    for person in file.people:
        if not person.email:
            yield WITHOUT_EMAIL, f"{person.name} ({person.employee_id})", shown(person.unit_path), {}


def person_line(change: PersonChange) -> Line:
    values = {one.field: [one.before, one.after] for one in change.fields}
    return f"people.{change.kind}", f"{change.name} ({change.employee_id})", change.unit, values


def unit_line(change: UnitChange) -> Line:
    return f"units.{change.kind}", shown(change.path), "", dict(unit_values(change))


def unit_values(change: UnitChange) -> Mapping[str, list[str]]:
    if change.before == change.after:
        return {}
    field = {Kind.RENAMED: "name", Kind.MOVED: "above"}.get(change.kind, "manager")
    return {field: [change.before, change.after]}


def access_line(change: AccessChange) -> Line:
    return f"access.{change.kind}", change.email, shown(change.path), {}
