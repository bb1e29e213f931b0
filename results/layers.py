"""What each layer of an organisation answers by itself: its own people, without those in the layers below.

The figures of a layer minus those of the layer below leave the blocks formed in it. Like every difference of
figures these hold at least the promised number of people (docs/privacy.md), or nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from results.figures import Figure, Reason, Shown, Withheld, index
from results.models import Release
from results.queries import questions
from surveys.models import Wave, WaveQuestion


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

    def figures(self, theme_id: int) -> list[Figure]:
        """A theme's, layer by layer."""
        return [self.index(layer, theme_id) for layer in range(self.layers)]


def layer_sheet(wave: Wave, tops: Sequence[int], *, theme_ids: Collection[int] | None = None) -> LayerSheet:
    """One query. `tops`: ids of the units from which layers are counted, the first layer.

    `theme_ids`: the only ones that are wanted.
    """
    asked = [one for one in questions(wave) if theme_ids is None or one.theme_id in theme_ids]
    sums, layers = _sums(wave, tops, None if theme_ids is None else [one.question_id for one in asked])
    shown: dict[tuple[int, int], Shown] = {}
    of_theme: defaultdict[int, list[int]] = defaultdict(list)
    for question in asked:
        question_id = question.question_id
        of_theme[question.theme_id].append(question_id)
        for layer in range(layers):
            if figure := _own(wave, question, sums[layer, question_id], sums[layer + 1, question_id]):
                shown[layer, question_id] = figure
    return LayerSheet(layers, shown, of_theme)


Sums = Mapping[tuple[int, int], tuple[int, float]]

# Layers are counted from the highest top on each way down: a top that has come to lie below another counts
# once. Raw, as the ORM has no recursion; with layers made in Python, thousands of ids went back as arrays.
SUMS = """
    WITH RECURSIVE placed AS (
        SELECT unit_id, position, CASE WHEN unit_id = ANY(%(tops)s) THEN 0 END AS layer
        FROM surveys_waveunit WHERE wave_id = %(wave)s AND parent_position IS NULL
        UNION ALL
        SELECT below.unit_id, below.position,
            coalesce(above.layer + 1, CASE WHEN below.unit_id = ANY(%(tops)s) THEN 0 END)
        FROM placed AS above JOIN surveys_waveunit AS below
            ON below.wave_id = %(wave)s AND below.parent_position = above.position
    )
    SELECT layer, question_id, sum(n), sum(n * mean)
    FROM placed LEFT JOIN results_release AS release
        ON release.unit_id = placed.unit_id AND release.wave_id = %(wave)s AND step = %(step)s
        AND mean IS NOT NULL
        AND (%(questions)s::bigint[] IS NULL OR question_id = ANY(%(questions)s::bigint[]))
    WHERE layer IS NOT NULL
    GROUP BY layer, question_id
"""


def _sums(wave: Wave, tops: Sequence[int], question_ids: list[int] | None) -> tuple[Sums, int]:
    """By layer and question: answers, and the sum of their scores. And the number of layers.

    `question_ids`: None for all. Naming all of a wave takes PostgreSQL longer than reading the wave.
    """
    found: defaultdict[tuple[int, int], tuple[int, float]] = defaultdict(lambda: (0, 0.0))
    layers = 0
    with connection.cursor() as cursor:
        cursor.execute(
            SUMS,
            {"tops": list(tops), "wave": wave.pk, "step": Release.FINAL, "questions": question_ids},
        )
        for layer, question_id, answers, scores in cursor:
            layers = max(layers, layer + 1)
            if question_id is not None:
                found[layer, question_id] = int(answers), scores
    return found, layers


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
