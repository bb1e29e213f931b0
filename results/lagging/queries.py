from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import cast

import numpy as np
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Organisation
from orgunits.models import OrgUnitQuerySet
from results.lagging.models import Indicator, IndicatorValue, LeadLag
from results.signals.false_discovery import confirmed


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


def clear_links(organisation: Organisation) -> dict[int, list[LeadLag]]:
    """By indicator the themes that clearly moved with it; the clearest first.

    Chance grows with the number of themes that are looked at, and is held against all of them together.
    """
    rows = LeadLag.objects.filter(organisation=organisation).exclude(chance=None).select_related("theme")
    found: dict[int, list[LeadLag]] = {}
    for one in rows.order_by("chance", "pk"):
        found.setdefault(one.indicator_id, []).append(one)
    return {indicator: clear for indicator, compared in found.items() if (clear := _clear(compared))}


def _clear(compared: list[LeadLag]) -> list[LeadLag]:
    sure = confirmed(np.array([one.chance for one in compared]))
    clear = [one for one, is_sure in zip(compared, sure, strict=True) if is_sure]
    return sorted(clear, key=lambda one: (one.chance or 0, -abs(one.correlation)))


def units_with_values(units: OrgUnitQuerySet) -> OrgUnitQuerySet:
    """Of these units, in the order of the tree."""
    with_values = units.filter(Exists(IndicatorValue.objects.filter(unit=OuterRef("pk"))))
    return cast(OrgUnitQuerySet, with_values.order_by("path"))
