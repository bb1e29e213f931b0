"""In whose name an answer is sealed: the own unit, or one above it with which there are enough people.

Own groups of fewer than `k` invited people are put together when a wave closes (docs/privacy.md). Who is
asked is known when it opens, so their answers lie together from the start: the unit of one person is a name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from surveys.models import Wave, WaveUnit


def sealed_in(wave: Wave) -> Mapping[int, int]:
    """By own unit. Nothing is put together in a journey, in which people are added while it is open."""
    return {} if wave.is_journey else homes(wave.pk, wave.minimum_group)


@lru_cache(maxsize=512)
def homes(wave_id: int, minimum: int) -> Mapping[int, int]:
    """Kept in memory: it never changes once the wave is open."""
    rows = WaveUnit.objects.filter(wave=wave_id).order_by("position")
    return put_together(list(rows.values_list("unit_id", "parent_position", "invited")), minimum)


def put_together(units: Sequence[tuple[int, int | None, int]], minimum: int) -> dict[int, int]:
    """`units` in preorder: id, position of the parent, people asked. Of too few in all, the one on top."""
    people = [invited for _, _, invited in units]
    for position, (_, above, _) in reversed(list(enumerate(units))):
        if above is not None and people[position] < minimum:
            people[above] += people[position]
    found: list[int] = []
    for position, (_, above, _) in enumerate(units):
        found.append(position if above is None or people[position] >= minimum else found[above])
    return {unit: units[home][0] for (unit, _, _), home in zip(units, found, strict=True)}
