"""Released figures of units in waves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, product
from typing import NamedTuple

from django.db.models import Q

from results.figures import ChoiceFigure, Chosen, Figure, Reason, Shares, Shown, Withheld, index
from results.lines import Lines, lines_of
from results.models import Release
from results.queries.waves import choices, questions
from surveys.models import Wave, WaveQuestion, WaveUnit


@dataclass(frozen=True)
class Sheet:
    """All released final figures of some units in some waves, by wave, unit and question.

    `asked`: waves and units. `of_theme`: ids of the questions on a scale, by wave and theme.

    Versions of a question that measure the same stand for each other: a wave's figure is found by any.
    """

    waves: Sequence[Wave]
    asked: frozenset[tuple[int, int]]
    of_theme: Mapping[tuple[int, int], list[int]] = field(repr=False)
    by_question: Mapping[tuple[int, int, int], Shown] = field(repr=False)
    by_choice: Mapping[tuple[int, int, int], Chosen] = field(repr=False)
    lines: Lines = field(repr=False)

    @cached_property
    def _by_line(self) -> Mapping[tuple[int, int], list[WaveQuestion]]:
        """What was asked, by wave and line, the newest first."""
        found: defaultdict[tuple[int, int], list[WaveQuestion]] = defaultdict(list)
        for wave in self.waves:
            for one in sorted((*questions(wave), *choices(wave)), key=lambda one: -one.question_id):
                found[wave.pk, self.lines.line(one.question_id)].append(one)
        return found

    def figure(self, wave: Wave, unit_id: int, question_id: int) -> Figure:
        """Of a question on a scale."""
        if shown := self.by_question.get((wave.id, unit_id, question_id)):
            return shown
        for one in self._versions(wave, question_id) if self.lines.has_versions(question_id) else ():
            if shown := self.by_question.get((wave.id, unit_id, one.question_id)):
                return shown
        return self._withheld(wave, unit_id)

    def choice(self, wave: Wave, unit_id: int, question_id: int) -> ChoiceFigure:
        """Of a single choice."""
        return self.by_choice.get((wave.id, unit_id, question_id)) or self._withheld(wave, unit_id)

    def units_shown(self, wave: Wave) -> set[int]:
        """Ids of the units that have a figure in this wave."""
        every = (*self.by_question, *self.by_choice)
        return {unit_id for wave_id, unit_id, _ in every if wave_id == wave.id}

    def version(self, wave: Wave, question_id: int) -> WaveQuestion | None:
        """What the wave asked that measures the same as this question, or is it."""
        versions = self._versions(wave, question_id)
        return next((one for one in versions if one.question_id == question_id), next(iter(versions), None))

    def _versions(self, wave: Wave, question_id: int) -> list[WaveQuestion]:
        """What the wave asked of the question's line, the newest first."""
        return self._by_line.get((wave.id, self.lines.line(question_id)), [])

    def index(self, wave: Wave, unit_id: int, theme_id: int) -> Figure:
        asked = self.of_theme.get((wave.id, theme_id))
        if not asked or (wave.id, unit_id) not in self.asked:
            return Withheld(Reason.NOT_ASKED)
        if len(asked) == 1 and (shown := self.by_question.get((wave.id, unit_id, asked[0]))):
            return shown.without_distribution()
        return index([self.figure(wave, unit_id, question_id) for question_id in asked])

    def _withheld(self, wave: Wave, unit_id: int) -> Withheld:
        return Withheld(Reason.TOO_FEW if (wave.id, unit_id) in self.asked else Reason.NOT_ASKED)


def sheet(
    waves: Sequence[Wave],
    unit_ids: Collection[int],
    *,
    all_asked: bool = False,
    question_ids: Collection[int] | None = None,
    lines: Lines | None = None,
    beside: Collection[int] = (),
) -> Sheet:
    """Three queries, whatever the number of waves, units and questions; `waves` come from `closed_waves`.

    Two with `all_asked`: then no unit is looked up in the waves, and what is not shown counts as too few.
    `question_ids`: the only ones that the page is about. `lines`: when they were read already.
    `beside`: units of which only figures of the last wave are read, to compare with.
    """
    asked: Iterable[tuple[int, int]]
    pks = [wave.id for wave in waves]
    if all_asked:
        asked = chain(product(pks, unit_ids), product(pks[-1:], beside))
    else:
        asked = WaveUnit.objects.filter(wave__in=pks, unit__in=unit_ids).values_list("wave_id", "unit_id")
    of_theme, scales = _on_a_scale(waves)
    read = Q(wave__in=pks, unit__in=unit_ids)
    if beside:
        read |= Q(wave=waves[-1], unit__in=beside)
    if question_ids is not None:
        read &= Q(question__in=question_ids)
    shown: dict[tuple[int, int, int], Shown] = {}
    chosen: dict[tuple[int, int, int], Chosen] = {}
    releases = Release.objects.filter(read, step=Release.FINAL)
    for wave_id, unit_id, question_id, *values in releases.values_list(*RELEASE_FIELDS):
        key = wave_id, unit_id, question_id
        if scale := scales.get(question_id):
            shown[key] = figure_of(scale, *values)
        elif released := _chosen(*values):
            chosen[key] = released
    if lines is None:
        lines = lines_of(waves[0].organisation_id) if waves else Lines({}, {})
    return Sheet(waves, frozenset(asked), of_theme, shown, chosen, lines)


def _on_a_scale(waves: Sequence[Wave]) -> tuple[dict[tuple[int, int], list[int]], dict[int, Scale]]:
    """Ids of the questions by wave and theme, and what their scales are."""
    of_theme: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    asked: dict[int, WaveQuestion] = {}
    for wave in waves:
        for one in questions(wave):
            of_theme[wave.id, one.theme_id].append(one.question_id)
            asked[one.question_id] = one
    return of_theme, {question_id: Scale.of(one) for question_id, one in asked.items()}


RELEASE_FIELDS = (
    "wave_id unit_id question_id n mean low middle high distribution covered invited".split()  # noqa: SIM905
)


class Scale(NamedTuple):
    """What a question says about its figures; looked up once for thousands of them."""

    lowest: int
    highest: int
    reversed: bool

    @classmethod
    def of(cls, question: WaveQuestion) -> Scale:
        return cls(question.lowest, question.highest, question.reversed)


def figure_of(
    scale: Scale,
    n: int,
    mean: float,
    low: int | None,
    middle: int | None,
    high: int | None,
    distribution: list[int] | None,
    covered: int,
    invited: int,
) -> Shown:
    """Turn a release around where agreeing is unfavourable, so that higher is better everywhere."""
    shares = None
    if low is not None and middle is not None and high is not None:
        favourable, unfavourable = (low, high) if scale.reversed else (high, low)
        of = low + middle + high
        each = 100 * favourable / of, 100 * middle / of, 100 * unfavourable / of
        shares = Shares(*each, of=of if of < n else None)
    counts = tuple(distribution) if distribution else None
    if scale.reversed:
        mean = scale.lowest + scale.highest - mean
        counts = counts and counts[::-1]
    return Shown(mean, n, scale.lowest, scale.highest, shares, counts, covered, invited)


def _chosen(
    n: int,
    mean: None,
    low: None,
    middle: None,
    high: None,
    distribution: list[int] | None,
    covered: int,
    invited: int,
) -> Chosen | None:
    return Chosen(tuple(distribution), n, covered, invited) if distribution else None
