"""What each layer of an organisation answers by itself: its own people, without those in the layers below.

The figures of a layer minus those of the layer below leave the blocks formed in it. Like every difference of
figures these hold at least the promised number of people (docs/privacy.md), or nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from results.figures import Figure, Reason, Shown, Withheld, index
from results.models import Release
from results.queries import questions
from surveys.models import Wave, WaveQuestion, WaveUnit


@dataclass(frozen=True, slots=True)
class LayerSheet:
    """Figures of the layers of one wave, from the top layer down, by question."""

    layers: int
    by_question: Mapping[tuple[int, int], Shown]
    of_theme: Mapping[int, Sequence[int]]

    def index(self, layer: int, theme_id: int) -> Figure:
        asked = self.of_theme.get(theme_id)
        if not asked:
            return Withheld(Reason.NOT_ASKED)
        return index(self.by_question.get((layer, one), Withheld(Reason.TOO_FEW)) for one in asked)


def layer_sheet(wave: Wave, tops: Sequence[int]) -> LayerSheet:
    """Two queries. `tops`: ids of the units from which layers are counted, the first layer."""
    layers = _layers(wave, set(tops))
    sums = _sums(wave, layers)
    asked = questions(wave)
    shown: dict[tuple[int, int], Shown] = {}
    for layer in range(len(layers)):
        for question in asked:
            figure = _own(
                wave, question, sums[layer, question.question_id], sums[layer + 1, question.question_id]
            )
            if figure:
                shown[layer, question.question_id] = figure
    of_theme: defaultdict[int, list[int]] = defaultdict(list)
    for question in asked:
        of_theme[question.theme_id].append(question.question_id)
    return LayerSheet(len(layers), shown, of_theme)


def _layers(wave: Wave, tops: set[int]) -> list[list[int]]:
    """Ids of the units of each layer, as the tree was in the wave."""
    depths: dict[int, int] = {}
    layers: defaultdict[int, list[int]] = defaultdict(list)
    rows = WaveUnit.objects.filter(wave=wave).order_by("position")
    for unit_id, position, above in rows.values_list("unit_id", "position", "parent_position"):
        if above in depths:  # also a top that has become one since: counted once
            depths[position] = depths[above] + 1
        elif unit_id in tops:
            depths[position] = 0
        else:
            continue
        layers[depths[position]].append(unit_id)
    return [layers[depth] for depth in range(len(layers))]


Sums = Mapping[tuple[int, int], tuple[int, float]]

SUMS = """
    SELECT layer, question_id, sum(n), sum(n * mean)
    FROM results_release JOIN unnest(%s::bigint[], %s::smallint[]) AS placed (unit_id, layer) USING (unit_id)
    WHERE wave_id = %s AND step = %s AND mean IS NOT NULL
    GROUP BY layer, question_id
"""


def _sums(wave: Wave, layers: Sequence[Sequence[int]]) -> Sums:
    """By layer and question: answers, and the sum of their scores.

    Two arrays and no CASE: thousands of units as parameters of their own took longer than the sums.
    """
    placed = [(unit_id, layer) for layer, ids in enumerate(layers) for unit_id in ids]
    found: defaultdict[tuple[int, int], tuple[int, float]] = defaultdict(lambda: (0, 0.0))
    with connection.cursor() as cursor:
        cursor.execute(
            SUMS,
            [[unit for unit, _layer in placed], [layer for _unit, layer in placed], wave.pk, Release.FINAL],
        )
        for layer, question_id, answers, scores in cursor:
            found[layer, question_id] = int(answers), scores
    return found


def _own(
    wave: Wave, question: WaveQuestion, here: tuple[int, float], below: tuple[int, float]
) -> Shown | None:
    n, scores = here[0] - below[0], here[1] - below[1]
    if n < wave.minimum_group:
        return None
    mean = scores / n
    if question.reversed:
        mean = question.lowest + question.highest - mean
    return Shown(mean, n, question.lowest, question.highest, None, None, covered=n, invited=n)
