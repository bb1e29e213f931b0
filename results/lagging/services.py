from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, OuterRef, Q

from accounts import audit
from accounts.models import Organisation, User
from orgunits.imports.problems import ImportRefusedError
from orgunits.models import OrgUnitQuerySet
from orgunits.tree import ids_by_path
from results.lagging.comparing import Comparison, compare
from results.lagging.models import Indicator, IndicatorValue, LeadLag
from results.lagging.reading import Monthly, read_monthly
from results.lagging.series import monthly_themes, panel
from results.verdicts import audited_after
from surveys.models import Theme

AT_ONCE = 5000
MOST_UNITS = 400  # compared, from the top of the tree down: lower ones have few answers each


@transaction.atomic
def take_over(
    organisation: Organisation,
    *,
    file_name: str,
    content: bytes,
    units: OrgUnitQuerySet,
    by: User,
    now: datetime,
) -> int:
    """Take over a file's figures for some of these units; the number of them. The newest file counts.

    Raises ImportRefusedError with all that is wrong; nothing is taken over then.
    """
    today = now.astimezone(organisation.zone).date()
    rows, problems = read_monthly(file_name, content, ids_by_path(units), today=today)
    if problems:
        raise ImportRefusedError.because_of(problems)
    indicators = _indicators(organisation, rows, now)
    IndicatorValue.objects.bulk_create(
        (
            IndicatorValue(
                organisation=organisation,
                indicator=indicators[row.indicator],
                unit_id=row.unit_id,
                month=row.month,
                value=row.value,
            )
            for row in rows
        ),
        batch_size=AT_ONCE,
        update_conflicts=True,
        unique_fields=["indicator", "unit", "month"],
        update_fields=["value"],
    )
    audit.record(
        organisation,
        "indicators.taken_over",
        by=by,
        now=now,
        file=file_name,
        values=len(rows),
        indicators=sorted(indicators),
    )
    return len(rows)


def _indicators(organisation: Organisation, rows: Sequence[Monthly], now: datetime) -> dict[str, Indicator]:
    measures = {row.indicator: row.measured_in for row in rows}
    Indicator.objects.bulk_create(
        [
            Indicator(organisation=organisation, name=name, unit_of_measure=measure, changed_at=now)
            for name, measure in measures.items()
        ],
        update_conflicts=True,
        unique_fields=["organisation", "name"],
        update_fields=["unit_of_measure", "changed_at"],
    )
    found = Indicator.objects.filter(organisation=organisation, name__in=measures)
    return {indicator.name: indicator for indicator in found}


@transaction.atomic
def remove(indicator: Indicator, *, by: User, now: datetime) -> None:
    audit.record(indicator.organisation, "indicator.removed", by=by, now=now, name=indicator.name)
    indicator.delete()


def indicators_to_compare() -> list[int]:
    """With figures, or released waves, that came after they were last compared."""
    newer = Q(compared_at=None) | Q(changed_at__gt=F("compared_at"))
    newer |= Q(audited_after(OuterRef("organisation"), OuterRef("compared_at")))
    return list(Indicator.objects.filter(newer).order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def compare_with_themes(indicator_id: int, *, now: datetime) -> int:
    """Lay one indicator beside every theme; the number of themes. Safe to run twice."""
    locked = Indicator.objects.filter(pk=indicator_id).select_for_update(skip_locked=True, of=("self",))
    indicator = locked.select_related("organisation").first()
    if indicator is None:
        return 0
    values = panel(indicator, most=MOST_UNITS)
    found = {
        theme: comparison
        for theme, series in monthly_themes(indicator.organisation, values.unit_ids, values.months)
        if (comparison := compare(series, values.values)) is not None
    }
    indicator.comparisons.all().delete()
    LeadLag.objects.bulk_create(_row(indicator, theme, one) for theme, one in found.items())
    indicator.compared_at = now
    indicator.save(update_fields=["compared_at"])
    return len(found)


def _row(indicator: Indicator, theme: Theme, found: Comparison) -> LeadLag:
    return LeadLag(
        organisation_id=indicator.organisation_id,
        indicator=indicator,
        theme=theme,
        months=found.months,
        earliest=found.earliest,
        latest=found.latest,
        correlation=found.correlation,
        lowest=found.lowest,
        highest=found.highest,
        chance=found.chance,
        pairs=found.pairs,
        units=found.units,
    )
