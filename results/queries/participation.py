"""Who was asked and who took part, per unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet

from results.disclosure.pooling import Counts, enough_people, pool
from results.figures import Taking
from results.models import Participation
from results.tallies import WaveFrame, invitation_counts
from surveys.models import Wave, WaveUnit


class UnitsAsked(NamedTuple):
    number: int
    with_figures: int


def units_asked(waves: Sequence[Wave], units: QuerySet[Any]) -> dict[int, UnitsAsked]:
    """Per wave, how many of the units took part and have figures; without a wave that asked none of them."""
    asked = WaveUnit.objects.filter(wave__in=waves, unit__in=units).values_list("wave_id").order_by()
    counted = asked.annotate(number=Count("*"), with_figures=Count("unit", filter=Q(has_figures=True)))
    return {wave_id: UnitsAsked(*numbers) for wave_id, *numbers in counted}


def participation(waves: Sequence[Wave], unit_ids: Collection[int]) -> dict[tuple[int, int], Taking]:
    """By wave and unit, for units in which enough people were invited; of closed waves only."""
    rows = Participation.objects.filter(wave__in=waves, unit__in=unit_ids)
    return {
        (wave_id, unit_id): Taking(answered, invited)
        for wave_id, unit_id, answered, invited in rows.values_list(
            "wave_id", "unit_id", "answered", "invited"
        )
    }


def participation_so_far(wave: Wave, *, now: datetime) -> dict[int, Taking]:
    """By unit, while the wave is open; small groups are left out of the units above them in the same way.

    Answers of today do not count yet, so that watching the number, or answering with the letter of someone
    else, shows nothing at once.
    Nothing of a journey: its people are asked one by one, so two looks at it would tell about one of them.
    """
    if wave.is_journey:
        return {}
    frame = WaveFrame(wave)
    people = pool(_counted_until_yesterday(wave, frame, now), frame.tree, enough_people(wave.minimum_group))
    sums = frame.tree.totals(people.counts)[:, 0].tolist()
    return {
        unit_id: Taking(answered, answered + silent)
        for unit_id, (answered, silent) in zip(frame.unit_ids, sums, strict=True)
        if answered + silent
    }


def _counted_until_yesterday(wave: Wave, frame: WaveFrame, now: datetime) -> Counts:
    return invitation_counts(wave, frame, before=now.astimezone(wave.organisation.zone).date())


def unit_paths(wave: Wave) -> dict[int, str]:
    """Names from the root joined with `/`, as they were when the wave opened."""
    paths: dict[int, str] = {}
    by_position: defaultdict[int | None, str] = defaultdict(str)
    units = WaveUnit.objects.filter(wave=wave).order_by("position")
    for unit_id, position, parent, name in units.values_list(
        "unit_id", "position", "parent_position", "name"
    ):
        above = by_position[parent]
        by_position[position] = paths[unit_id] = f"{above}/{name}" if above else name
    return paths
