"""Indicators and themes on one calendar of months. Themes come from released figures only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from accounts.models import Organisation
from results import queries
from results.figures import Shown
from results.lagging.models import Indicator, IndicatorValue
from surveys.models import Theme

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Panel:
    """`values`: units × months, NaN where there is none."""

    unit_ids: list[int]
    months: list[date]
    values: Array


def panel(indicator: Indicator, *, most: int) -> Panel:
    rows = list(
        IndicatorValue.objects.filter(indicator=indicator)
        .order_by("unit__depth", "unit__path")
        .values_list("unit_id", "month", "value")
    )
    unit_ids = list(dict.fromkeys(unit_id for unit_id, _month, _value in rows))[:most]
    months = calendar([month for _unit, month, _value in rows])
    row_of, column_of = _places(unit_ids), _places(months)
    values = np.full((len(unit_ids), len(months)), np.nan)
    for unit_id, month, value in rows:
        if unit_id in row_of:
            values[row_of[unit_id], column_of[month]] = value
    return Panel(unit_ids, months, values)


def calendar(months: Sequence[date]) -> list[date]:
    """All months from the first to the last."""
    if not months:
        return []
    first, last = (month.year * 12 + month.month - 1 for month in (min(months), max(months)))
    return [date(number // 12, number % 12 + 1, 1) for number in range(first, last + 1)]


def monthly_themes(
    organisation: Organisation, unit_ids: Sequence[int], months: Sequence[date]
) -> Iterator[tuple[Theme, Array]]:
    """Per theme units × months, by the month in which a wave closed; of two in a month their mean."""
    waves = [wave for wave in queries.closed_waves(organisation) if not wave.is_journey]
    sheet = queries.sheet(waves, unit_ids)
    column_of = _places(months)
    for theme in queries.themes(waves):
        total, count = np.zeros((2, len(unit_ids), len(months)))
        for wave in waves:
            column = column_of.get(wave.closes_at.astimezone(organisation.zone).date().replace(day=1))
            if column is None:
                continue
            for row, unit_id in enumerate(unit_ids):
                figure = sheet.index(wave, unit_id, theme.pk)
                if isinstance(figure, Shown):
                    total[row, column] += figure.mean
                    count[row, column] += 1
        with np.errstate(invalid="ignore"):
            yield theme, np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _places(keys: Sequence[object]) -> dict[object, int]:
    return {key: place for place, key in enumerate(keys)}
