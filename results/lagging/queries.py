from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import cast

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Organisation
from orgunits.models import OrgUnitQuerySet
from results.lagging.models import Indicator, IndicatorValue, LeadLag


def indicators_of(organisation: Organisation) -> QuerySet[Indicator]:
    return Indicator.objects.filter(organisation=organisation)


def monthly_values(
    organisation: Organisation, unit_ids: Collection[int]
) -> dict[tuple[int, int], dict[date, float]]:
    """By indicator and unit, the values by month; for units in the viewer's reach. One query."""
    found: dict[tuple[int, int], dict[date, float]] = {}
    rows = IndicatorValue.objects.filter(organisation=organisation, unit__in=unit_ids).order_by("month")
    for indicator_id, unit_id, month, value in rows.values_list("indicator_id", "unit_id", "month", "value"):
        found.setdefault((indicator_id, unit_id), {})[month] = value
    return found


def comparisons(organisation: Organisation) -> list[LeadLag]:
    """The clearest first: those that chance shows least often, then those that moved together most."""
    rows = LeadLag.objects.filter(organisation=organisation).select_related("theme")
    return sorted(rows, key=lambda one: (one.chance is None, one.chance or 0, -abs(one.correlation)))


def units_with_values(units: OrgUnitQuerySet) -> OrgUnitQuerySet:
    """Of these units, in the order of the tree."""
    with_values = units.filter(Exists(IndicatorValue.objects.filter(unit=OuterRef("pk"))))
    return cast(OrgUnitQuerySet, with_values.order_by("path"))
