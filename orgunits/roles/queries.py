from __future__ import annotations

from datetime import date

from django.db.models import BooleanField, Case, F, Value, When

from accounts.models import Organisation
from orgunits.models import RoleGrant, RoleGrantQuerySet


def granted_by_hand(organisation: Organisation, *, on: date) -> RoleGrantQuerySet:
    """Roles that hold or will hold, those for the whole organisation first.

    `signed_in`: whether the person has ever; until then the page shows the address alone.
    """
    grants = RoleGrant.objects.not_ended_before(on).filter(organisation=organisation, from_import=False)
    own = When(user__organisation=F("organisation"), user__last_login__isnull=False, then=Value(True))
    signed_in = Case(own, default=Value(False), output_field=BooleanField())
    listed = grants.select_related("user", "unit").annotate(signed_in=signed_in)
    return listed.order_by("unit__path", "role", "user__email")


def manager_count(organisation: Organisation, *, on: date) -> int:
    grants = RoleGrant.objects.valid_on(on).filter(organisation=organisation, from_import=True)
    return grants.values("user").distinct().count()
