from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts import audit
from accounts.models import Organisation, User
from orgunits.changes.reading import read_changes
from orgunits.models import ChangeEvent, OrgUnit


@transaction.atomic
def add_change(
    unit: OrgUnit, *, name: str, kind: str, on: date, by: User | None, now: datetime
) -> ChangeEvent:
    change = ChangeEvent.objects.create(
        organisation_id=unit.organisation_id, unit=unit, name=" ".join(name.split()), kind=kind, on=on
    )
    audit.record(unit.organisation, "change.added", by=by, now=now, target=change, name=change.name)
    return change


@transaction.atomic
def remove_change(change: ChangeEvent, *, by: User | None, now: datetime) -> None:
    audit.record(change.organisation, "change.removed", by=by, now=now, target=change, name=change.name)
    change.delete()


@transaction.atomic
def import_changes(organisation: Organisation, *, content: bytes, by: User | None, now: datetime) -> int:
    """All rows or none; those that are there already are left as they are. Raises OrgUnitError."""
    found = read_changes(organisation, content)
    known = set(
        ChangeEvent.objects.filter(organisation=organisation).values_list("name", "kind", "on", "unit_id")
    )
    once = {(one.name, one.kind, one.on, one.unit_id): one for one in found}
    new = [one for key, one in once.items() if key not in known]
    ChangeEvent.objects.bulk_create(new)
    audit.record(organisation, "changes.imported", by=by, now=now, rows=len(new))
    return len(new)
