"""One unit's page: how it is, what changed, against the unit above and the organisation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dashboards.change import Change, change
from dashboards.charts.sparkline import Sparkline, common_range, sparkline
from dashboards.charts.trend import Trend, trend
from dashboards.tabs import Tab, wave_tabs
from orgunits.access import Scope
from orgunits.models import OrgUnit
from results import queries
from results.figures import Figure, Shown, Taking
from results.queries import Sheet
from surveys.models import Theme, Wave, WaveQuestion

WAVES = 27  # two years of a wave every four weeks
STANDING_OUT = 2  # questions named as going well, and as worth talking about


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class QuestionLine:
    text: str
    reversed: bool
    figure: Figure
    change: Change | None
    above: Figure | None


@dataclass(frozen=True, slots=True)
class ThemeLine:
    name: str
    description: str
    figure: Figure
    change: Change | None
    above: Figure | None
    whole: Figure | None
    line: Sparkline | None
    trend: Trend | None
    questions: list[QuestionLine]


@dataclass(frozen=True, slots=True)
class UnitPage:
    """`instead` is the unit whose figures stand in when this one has none of its own."""

    unit: OrgUnit
    path: list[Step]
    below: list[Step]
    wave: Wave | None = None
    waves: list[Tab] = field(default_factory=list)
    taking: Taking | None = None
    instead: OrgUnit | None = None
    above_name: str = ""
    themes: list[ThemeLine] = field(default_factory=list)
    lowest: int = 1
    highest: int = 5

    @property
    def strongest(self) -> list[QuestionLine]:
        return self._standing_out()[-STANDING_OUT:][::-1]

    @property
    def weakest(self) -> list[QuestionLine]:
        return self._standing_out()[:STANDING_OUT]

    def _standing_out(self) -> list[QuestionLine]:
        """Shown questions by mean, if there are enough for both ends to say something."""
        found = [
            (question.figure.position, question)
            for theme in self.themes
            for question in theme.questions
            if isinstance(question.figure, Shown)
        ]
        if len(found) <= 2 * STANDING_OUT:
            return []
        return [question for _position, question in sorted(found, key=lambda pair: pair[0])]


def unit_page(scope: Scope, unit: OrgUnit, *, wave_id: int | None = None) -> UnitPage:
    """The page for the wave with this id, or else for the last closed one that asked this unit."""
    ancestors = list(unit.get_ancestors())
    waves = queries.closed_waves(scope.organisation, last=WAVES)
    related = [*ancestors, unit]
    sheet = queries.sheet(waves, [one.pk for one in related])
    waves = [wave for wave in waves if (wave.pk, unit.pk) in sheet.asked]
    page = UnitPage(unit=unit, path=_path(scope, related), below=_below(unit))
    if not waves:
        return page
    wave = next((one for one in waves if one.pk == wave_id), waves[-1])
    shown = _first_with_figures(sheet, wave, related[::-1]) or unit
    place = related.index(shown)
    lines = Lines(
        sheet=sheet,
        waves=waves[: waves.index(wave) + 1],
        unit=shown,
        above=related[place - 1] if place else None,
        whole=related[0],
    )
    return replace(
        page,
        wave=wave,
        waves=wave_tabs(waves, wave),
        taking=queries.participation([wave], [unit.pk]).get((wave.pk, unit.pk)),
        instead=shown if shown != unit else None,
        above_name=lines.above.name if lines.above else "",
        themes=lines.themes(),
    )


def _first_with_figures(sheet: Sheet, wave: Wave, upwards: Sequence[OrgUnit]) -> OrgUnit | None:
    """The unit itself, or the nearest one above it that has a figure in this wave."""
    with_figures = {unit_id for wave_id, unit_id, _ in sheet.by_question if wave_id == wave.pk}
    return next((unit for unit in upwards if unit.pk in with_figures), None)


def _path(scope: Scope, related: Sequence[OrgUnit]) -> list[Step]:
    *above, here = related
    steps = [Step(one.name, _url(one) if scope.reaches(one) else "") for one in above]
    return [*steps, Step(here.name)]


def _below(unit: OrgUnit) -> list[Step]:
    children = unit.get_children().filter(ended_on=None).order_by("name")
    return [Step(child.name, _url(child)) for child in children]


def _url(unit: OrgUnit) -> str:
    return reverse("unit", args=[unit.pk])


@dataclass(frozen=True, slots=True)
class Lines:
    """The themes of the last of `waves`, with what came before and what stands beside them."""

    sheet: Sheet
    waves: list[Wave]
    unit: OrgUnit
    above: OrgUnit | None
    whole: OrgUnit

    def themes(self) -> list[ThemeLine]:
        themes = queries.themes([self.waves[-1]])
        series = {theme.pk: self._series(theme, self.unit) for theme in themes}
        values = common_range(list(series.values()))
        return [self._theme(theme, series[theme.pk], values) for theme in themes]

    def _series(self, theme: Theme, unit: OrgUnit) -> list[Figure]:
        return [self.sheet.index(wave, unit.pk, theme.pk) for wave in self.waves]

    def _theme(self, theme: Theme, figures: list[Figure], values: tuple[float, float]) -> ThemeLine:
        whole = self._series(theme, self.whole) if self.above else []
        return ThemeLine(
            name=theme.name,
            description=theme.description,
            figure=figures[-1],
            change=_change(figures),
            above=self.sheet.index(self.waves[-1], self.above.pk, theme.pk) if self.above else None,
            whole=whole[-1] if whole and self.whole != self.above else None,
            line=sparkline(figures, values),
            trend=trend(
                _("%(theme)s over time") % {"theme": theme.name},
                [date_format(wave.closes_at, "M y") for wave in self.waves],
                figures,
                reference=whole,
                reference_name=self.whole.name,
            ),
            questions=[self._question(one) for one in self._asked() if one.theme_id == theme.pk],
        )

    def _asked(self) -> list[WaveQuestion]:
        return queries.questions(self.waves[-1])

    def _question(self, question: WaveQuestion) -> QuestionLine:
        wave = self.waves[-1]
        figures = [self.sheet.figure(one, self.unit.pk, question.question_id) for one in self.waves]
        above = self.above and self.sheet.figure(wave, self.above.pk, question.question_id)
        return QuestionLine(question.text, question.reversed, figures[-1], _change(figures), above)


def _change(figures: Sequence[Figure]) -> Change | None:
    """Between the last figure and the last one shown before it."""
    *before, last = figures
    earlier = next((figure for figure in reversed(before) if isinstance(figure, Shown)), None)
    return change(last, earlier) if earlier else None
