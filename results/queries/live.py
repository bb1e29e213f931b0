"""Figures of a wave that is still open."""

from __future__ import annotations

from collections import defaultdict

from results.disclosure.cells import LIVE_FROM
from results.figures import Figure, Reason, Withheld, index
from results.models import Release
from results.queries.sheet import RELEASE_FIELDS, Scale, figure_of
from results.queries.waves import questions
from surveys.models import Theme, Wave
from surveys.waves.queries import people_at_or_below


def live_figures(wave: Wave, unit_id: int) -> list[tuple[Theme, Figure]] | None:
    """A unit's figure so far per theme of an open wave; None where too few were asked to show any."""
    if wave.is_journey or people_at_or_below(wave, unit_id) < LIVE_FROM:
        return None
    asked = questions(wave)
    scales = {one.question_id: Scale.of(one) for one in asked}
    releases = Release.objects.filter(wave=wave, unit=unit_id, step__gt=Release.FINAL)
    newest = releases.order_by("question_id", "-step").distinct("question_id").values_list(*RELEASE_FIELDS)
    shown = {question: figure_of(scales[question], *values) for _wave, _unit, question, *values in newest}
    by_theme: defaultdict[Theme, list[Figure]] = defaultdict(list)
    for one in asked:
        by_theme[one.theme].append(shown.get(one.question_id, Withheld(Reason.TOO_FEW)))
    order = sorted(by_theme, key=lambda theme: (theme.position, theme.code))
    return [(theme, index(by_theme[theme])) for theme in order]
