from __future__ import annotations

from datetime import date

from accounts.models import Organisation
from orgunits.models import RoleGrant, RoleGrantQuerySet


def granted_by_hand(organisation: Organisation, *, on: date) -> RoleGrantQuerySet:
    """Roles that hold or will hold, those for the whole organisation first."""
    grants = RoleGrant.objects.not_ended_before(on).filter(organisation=organisation, from_import=False)
    return grants.select_related("user", "unit").order_by("unit__path", "role", "user__email")


def manager_count(organisation: Organisation, *, on: date) -> int:
    grants = RoleGrant.objects.valid_on(on).filter(organisation=organisation, from_import=True)
    return grants.values("user").distinct().count()
