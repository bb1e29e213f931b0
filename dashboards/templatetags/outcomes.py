"""What the page of a cycle, which knows of no results, says about each of its waves."""

from __future__ import annotations

from collections.abc import Sequence

from django import template

from results import outcomes
from surveys.cycles.queries import WaveRow

register = template.Library()


@register.simple_tag
def with_outcomes(waves: Sequence[WaveRow]) -> list[tuple[WaveRow, outcomes.Outcome | None]]:
    """Each with how far it is on the way to its figures; None while it is open."""
    found = outcomes.outcomes(wave.pk for wave in waves)
    return [(wave, found.get(wave.pk)) for wave in waves]
