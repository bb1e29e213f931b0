"""Released figures of themes, for pages that show no questions: of many units, or of many waves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from results.figures import Figure, Reason, Shown, Withheld, index
from results.models import Release
from results.queries import questions
from results.queries.sheet import Scale, figure_of
from surveys.models import Theme, Wave, WaveQuestion, WaveUnit

FIELDS = "wave_id unit_id question_id n mean low middle high covered invited".split()  # noqa: SIM905
Key = tuple[int, int, int]
NOT_ASKED, TOO_FEW = Withheld(Reason.NOT_ASKED), Withheld(Reason.TOO_FEW)


@dataclass(frozen=True, slots=True)
class ThemeSheet:
    """As `results.queries.Sheet`, with each theme's figure made once. `asked`: waves and themes.

    `units`: waves and units; None where no unit was looked up, and what is not shown counts as too few.
    """

    asked: Collection[tuple[int, int]]
    shown: Mapping[Key, Figure] = field(repr=False)
    units: Collection[tuple[int, int]] | None = field(repr=False, default=None)

    def index(self, wave: Wave, unit_id: int, theme_id: int) -> Figure:
        if figure := self.shown.get((wave.id, unit_id, theme_id)):
            return figure
        is_asked = (wave.id, theme_id) in self.asked
        if is_asked and (self.units is None or (wave.id, unit_id) in self.units):
            return TOO_FEW
        return NOT_ASKED


def theme_sheet(
    waves: Sequence[Wave],
    unit_ids: Collection[int],
    *,
    earlier: tuple[Wave, Collection[int]] | None = None,
    all_asked: bool = False,
    theme: Theme | None = None,
) -> ThemeSheet:
    """Two queries; one with `all_asked`. `waves`: with their questions.

    `earlier`: one wave more, and the only units whose figures in it are wanted. `theme`: the only one.
    """
    wanted = Q(wave__in=[wave.id for wave in waves], unit__in=unit_ids)
    if earlier:
        waves = [*waves, earlier[0]]
        wanted |= Q(wave=earlier[0], unit__in=earlier[1])
    asked: defaultdict[tuple[int, int], list[WaveQuestion]] = defaultdict(list)
    for wave in waves:
        for one in questions(wave):
            if theme is None or one.theme_id == theme.id:
                asked[wave.id, one.theme_id].append(one)
    if theme:
        wanted &= Q(question__in={one.question_id for several in asked.values() for one in several})
    shown = _by_theme(asked, Release.objects.filter(wanted, step=Release.FINAL))
    return ThemeSheet(frozenset(asked), shown, None if all_asked else _units_asked(waves, unit_ids))


def _by_theme(
    asked: Mapping[tuple[int, int], Sequence[WaveQuestion]], releases: QuerySet[Release]
) -> Mapping[Key, Figure]:
    on_a_scale = {one.question_id: one for several in asked.values() for one in several}
    scales = {question_id: (one.theme_id, Scale.of(one)) for question_id, one in on_a_scale.items()}
    found: dict[Key, Figure] = {}
    parts: defaultdict[Key, dict[int, Shown]] = defaultdict(dict)  # of themes with more than one question
    for wave_id, unit_id, question_id, n, mean, low, middle, high, *people in releases.values_list(*FIELDS):
        if question_id not in scales:
            continue
        theme_id, scale = scales[question_id]
        figure = figure_of(scale, n, mean, low, middle, high, None, *people)
        if len(asked[wave_id, theme_id]) == 1:
            found[wave_id, unit_id, theme_id] = figure
        else:
            parts[wave_id, unit_id, theme_id][question_id] = figure
    for key, figures in parts.items():
        wave_id, _unit_id, theme_id = key
        in_order = (figures.get(one.question_id) for one in asked[wave_id, theme_id])
        found[key] = index(filter(None, in_order))
    return found


def _units_asked(waves: Sequence[Wave], unit_ids: Collection[int]) -> frozenset[tuple[int, int]]:
    found = WaveUnit.objects.filter(wave__in=waves, unit__in=unit_ids).order_by()
    return frozenset(found.values_list("wave_id", "unit_id"))
