from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from orgunits.errors import OrgUnitError
from orgunits.models import OrgUnit
from orgunits.tree import DEEPEST, lock_tree


@transaction.atomic
def rename_unit(unit: OrgUnit, name: str, *, by: User | None, now: datetime) -> OrgUnit:
    lock_tree(unit.organisation)
    unit.refresh_from_db()
    name = " ".join(name.split())
    if not name or "/" in name:
        raise OrgUnitError(_("Give a name without ‘/’: that sign parts the levels in an import."))
    if name == unit.name:
        return unit
    refuse_namesake(unit, name, OrgUnit.objects.get_parent(unit))
    before, unit.name = unit.name, name
    unit.save(update_fields=["name"])
    audit.record(unit.organisation, "unit.renamed", by=by, now=now, target=unit, before=before, after=name)
    return unit


@transaction.atomic
def move_unit(unit: OrgUnit, new_parent: OrgUnit, *, by: User | None, now: datetime) -> OrgUnit:
    """Moves the unit with everything below it."""
    lock_tree(unit.organisation)
    unit.refresh_from_db()
    new_parent.refresh_from_db()
    refuse_impossible_move(unit, new_parent)
    before = OrgUnit.objects.get_parent(unit)
    if before == new_parent:
        return unit
    refuse_namesake(unit, unit.name, new_parent)
    OrgUnit.objects.move(unit, new_parent, "last-child")
    audit.record(
        unit.organisation,
        "unit.moved",
        by=by,
        now=now,
        target=unit,
        name=unit.name,
        before=before.name,
        after=new_parent.name,
    )
    return unit


def refuse_impossible_move(unit: OrgUnit, new_parent: OrgUnit) -> None:
    if unit.organisation_id != new_parent.organisation_id:
        raise OrgUnitError(_("The units belong to different organisations."))
    if unit.depth == 1:
        raise OrgUnitError(_("The organisation itself cannot be moved."))
    if new_parent.path.startswith(unit.path):
        raise OrgUnitError(_("A unit cannot move under itself."))
    if unit.ended_on or new_parent.ended_on:
        raise OrgUnitError(_("A unit that has ended cannot be part of a move."))
    deepest = max(OrgUnit.objects.filter(path__startswith=unit.path).values_list("depth", flat=True))
    if new_parent.depth + 1 + deepest - unit.depth > DEEPEST:
        raise OrgUnitError(_("At most %(deepest)s levels fit.") % {"deepest": DEEPEST})


def refuse_namesake(unit: OrgUnit, name: str, parent: OrgUnit | None) -> None:
    """Names are how an import tells units apart."""
    if parent is None:
        return
    if OrgUnit.objects.get_children(parent).current().exclude(pk=unit.pk).filter(name=name).exists():
        raise OrgUnitError(
            _("‘%(parent)s’ already has a unit called ‘%(name)s’.") % {"parent": parent, "name": name}
        )
