"""The themes and questions of one wave in a unit, with what came before and what stands beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dashboards.change import Change, change
from dashboards.charts.interval import Interval, axis_for
from dashboards.charts.sparkline import Sparkline, common_range, sparkline
from dashboards.timeline import Timeline
from dashboards.versions import note_on, note_on_theme
from orgunits.models import OrgUnit
from results import queries
from results.figures import Figure, Shown
from results.queries import Sheet
from surveys.models import Theme, Wave, WaveQuestion

USUAL = 5  # the highest score of most questions


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """`theme`: its code. `note` says where the question became another version."""

    theme: str
    text: str
    reversed: bool
    figure: Figure
    change: Change | None
    above: Figure | None
    whole: Figure | None
    note: str


@dataclass(frozen=True, slots=True)
class ThemeLine:
    """`change` is since the wave before; `in_a_year` since the wave of about a year before."""

    code: str
    name: str
    description: str
    figure: Figure
    change: Change | None
    in_a_year: Change | None
    above: Figure | None
    whole: Figure | None
    interval: Interval | None
    line: Sparkline | None
    questions: list[QuestionLine]
    note: str


@dataclass(frozen=True, slots=True)
class Lines:
    """`above` and `whole` (the organisation, perhaps the same) are None for the top unit."""

    sheet: Sheet
    times: Timeline
    unit: OrgUnit
    above: OrgUnit | None
    whole: OrgUnit | None

    def themes(self) -> list[ThemeLine]:
        themes = queries.themes([self.times.wave])
        every = queries.questions(self.times.wave)
        own = {theme.pk: self._series(theme.pk) for theme in themes}
        common = common_range([*own.values()])
        axis = axis_for([figures[-1] for figures in own.values() if _is_usual(figures[-1])])
        year_before = self._place_of_year_before()
        lines = []
        for theme in themes:
            figures, asked = own[theme.pk], [one for one in every if one.theme_id == theme.pk]
            above, whole = (self._beside(theme, unit) for unit in (self.above, self.whole))
            lines.append(
                ThemeLine(
                    code=theme.code,
                    name=theme.name,
                    description=theme.description,
                    figure=figures[-1],
                    change=latest_change(figures[-1], figures[-2::-1]),
                    in_a_year=None if year_before is None else change(figures[-1], figures[year_before]),
                    above=above,
                    whole=whole,
                    interval=axis.interval(figures[-1], above, whole) if _is_usual(figures[-1]) else None,
                    line=sparkline(figures, common),
                    questions=[self._question(one) for one in asked],
                    note=note_on_theme(self.sheet, self.times.waves, asked),
                )
            )
        return lines

    def _series(self, theme_id: int) -> list[Figure]:
        unit_id = self.unit.pk
        return [self.sheet.index(wave, unit_id, theme_id) for wave in self.times.waves]

    def _place_of_year_before(self) -> int | None:
        then = self.times.year_before
        return self.times.waves.index(then) if then else None

    def _beside(self, theme: Theme, unit: OrgUnit | None) -> Figure | None:
        return self.sheet.index(self.times.wave, unit.pk, theme.pk) if unit else None

    def _question(self, question: WaveQuestion) -> QuestionLine:
        def figure(wave: Wave, unit: OrgUnit) -> Figure:
            return self.sheet.figure(wave, unit.pk, question.question_id)

        *before, wave = self.times.waves
        now = figure(wave, self.unit)
        return QuestionLine(
            theme=question.theme.code,
            text=question.text,
            reversed=question.reversed,
            figure=now,
            change=latest_change(now, (figure(one, self.unit) for one in reversed(before))),
            above=figure(wave, self.above) if self.above else None,
            whole=figure(wave, self.whole) if self.whole else None,
            note=note_on(self.sheet, self.times.waves, question),
        )


def latest_change(figure: Figure, before: Iterable[Figure]) -> Change | None:
    """Since the last one that was shown; `before`: the newest first."""
    earlier = next((one for one in before if isinstance(one, Shown)), None)
    return change(figure, earlier) if earlier else None


def _is_usual(figure: Figure) -> bool:
    return isinstance(figure, Shown) and figure.highest == USUAL
