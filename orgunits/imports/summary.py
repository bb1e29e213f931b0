"""What a preview says of a plan: counts, the first changes of each kind, and things to look at."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict
from typing import Any

from orgunits.imports.people import PeopleFile
from orgunits.imports.plan import Plan, shown

LISTED = 50


def summary_of(plan: Plan, file: PeopleFile) -> dict[str, Any]:
    """`changes`: kind, such as `people.moved`, → the first 50; `counts`: kind → how many."""
    counts: Counter[str] = Counter()
    listed: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for area, changes in (("people", plan.people), ("units", plan.units), ("access", plan.access)):
        for change in changes:
            kind = f"{area}.{change.kind}"
            counts[kind] += 1
            if len(listed[kind]) < LISTED:
                listed[kind].append(as_json(asdict(change)))
    return {
        "people": len(file.people),
        "units": len(plan.wanted),
        "without_email": sum(not person.email for person in file.people),
        "change_count": plan.change_count,
        "counts": counts,
        "changes": listed,
        "warnings": list(plan.warnings),
        "digest": plan.digest,
    }


def as_json(change: dict[str, Any]) -> dict[str, Any]:
    if "path" in change:
        change["unit"] = shown(change.pop("path"))
    return change
