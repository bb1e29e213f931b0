"""One unit's page: how it is, what changed, against the unit above and the organisation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.urls import reverse
from django.utils.translation import gettext as _

from dashboards.change import Change, change, smallest_clear_change
from dashboards.charts.sparkline import Sparkline, common_range, sparkline
from dashboards.charts.trend import Trend, trend
from dashboards.choices import ChoiceLine, choice_lines
from dashboards.comments import CommentSection, comment_section
from dashboards.live import SoFar, open_waves_of
from dashboards.tabs import Tab, wave_tabs
from dashboards.timeline import Timeline, timeline
from dashboards.versions import note_on, note_on_theme
from orgunits.access import Scope
from orgunits.models import OrgUnit
from results import queries
from results.figures import Figure, Shown, Taking
from results.queries import Sheet
from surveys.models import Theme, Wave, WaveQuestion
from surveys.waves.queries import units_down_to

WAVES = 27  # two years of a wave every four weeks
STANDING_OUT = 2  # questions named as going well, and as worth talking about
CHANGES = 3  # themes named as changed


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """`note` says where the question became another version."""

    text: str
    reversed: bool
    figure: Figure
    change: Change | None
    above: Figure | None
    note: str


@dataclass(frozen=True, slots=True)
class ThemeLine:
    """`change` is since the wave before; `in_a_year` since the wave of about a year before."""

    name: str
    description: str
    figure: Figure
    change: Change | None
    in_a_year: Change | None
    above: Figure | None
    whole: Figure | None
    line: Sparkline | None
    trend: Trend | None
    questions: list[QuestionLine]
    note: str


@dataclass(frozen=True, slots=True)
class Changed:
    theme: str
    change: Change
    in_a_year: bool


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
    choices: list[ChoiceLine] = field(default_factory=list)
    open_waves: list[SoFar] = field(default_factory=list)
    comments: CommentSection | None = None

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

    @property
    def changed(self) -> list[Changed]:
        """Themes that changed more than chance would easily do, the largest changes of the scale first."""
        found = [
            (made.size / (theme.figure.highest - theme.figure.lowest), Changed(theme.name, made, in_a_year))
            for theme in self.themes
            for made, in_a_year in ((theme.change, False), (theme.in_a_year, True))
            if made and made.clear and isinstance(theme.figure, Shown)
        ]
        return [one for _part, one in sorted(found, key=lambda pair: -pair[0])][:CHANGES]

    @property
    def compared(self) -> bool:
        """Whether there is an earlier wave to compare with."""
        return any(theme.change for theme in self.themes)

    @property
    def smallest_clear_change(self) -> float | None:
        """On the page's usual scale, with as few answers as its smallest figure has."""
        figures = [theme.figure for theme in self.themes if isinstance(theme.figure, Shown)]
        if not figures:
            return None
        return smallest_clear_change(min(figures, key=lambda figure: (figure.highest, figure.n)))


def unit_page(scope: Scope, unit: OrgUnit, *, wave_id: int | None = None) -> UnitPage:
    """The page for the wave with this id, or else for the last closed one that asked this unit."""
    ancestors = list(unit.get_ancestors())
    waves = queries.closed_waves(scope.organisation, last=WAVES)
    related = [*ancestors, unit]
    sheet = queries.sheet(waves, [one.pk for one in related])
    waves = [wave for wave in waves if (wave.pk, unit.pk) in sheet.asked]
    page = UnitPage(unit=unit, path=_path(scope, related), below=_below(unit), open_waves=open_waves_of(unit))
    if not waves:
        return page
    times = timeline(waves, wave_id)
    line = _line_at(times.wave, unit)
    if not {one.pk for one in line} <= {one.pk for one in related}:
        sheet = queries.sheet(sheet.waves, [one.pk for one in line])
    shown = _first_with_figures(sheet, times.wave, line[::-1]) or unit
    place = line.index(shown)
    lines = Lines(
        sheet=sheet,
        times=times,
        unit=shown,
        above=line[place - 1] if place else None,
        whole=line[0],
    )
    return replace(
        page,
        wave=times.wave,
        waves=wave_tabs(waves, times.wave),
        taking=queries.participation([times.wave], [unit.pk]).get((times.wave.pk, unit.pk)),
        instead=shown if shown != unit else None,
        above_name=lines.above.name if lines.above else "",
        themes=lines.themes(),
        choices=choice_lines(sheet, times.wave, shown, lines.above),
        comments=comment_section(scope, unit, times.wave),
    )


def _line_at(wave: Wave, unit: OrgUnit) -> list[OrgUnit]:
    """The units from the top to this one, as they stood when the wave opened: figures above are of then."""
    ids = units_down_to(wave, unit.pk)
    found = OrgUnit.objects.filter(organisation=wave.organisation_id).in_bulk(ids)
    return [found[one] for one in ids]


def _first_with_figures(sheet: Sheet, wave: Wave, upwards: Sequence[OrgUnit]) -> OrgUnit | None:
    """The unit itself, or the nearest one above it that has a figure in this wave."""
    with_figures = sheet.units_shown(wave)
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
    """The themes of the newest wave, with what came before and what stands beside them."""

    sheet: Sheet
    times: Timeline
    unit: OrgUnit
    above: OrgUnit | None
    whole: OrgUnit

    def themes(self) -> list[ThemeLine]:
        themes = queries.themes([self.times.wave])
        own = {theme.pk: self._series(theme, self.unit) for theme in themes}
        whole = {theme.pk: self._series(theme, self.whole) if self.above else [] for theme in themes}
        common = common_range([*own.values(), *whole.values()])
        return [self._theme(theme, own[theme.pk], whole[theme.pk], common) for theme in themes]

    def _series(self, theme: Theme, unit: OrgUnit) -> list[Figure]:
        return [self.sheet.index(wave, unit.pk, theme.pk) for wave in self.times.waves]

    def _theme(
        self, theme: Theme, own: list[Figure], whole: list[Figure], common: tuple[float, float]
    ) -> ThemeLine:
        asked = [one for one in self._asked() if one.theme_id == theme.pk]
        return ThemeLine(
            name=theme.name,
            description=theme.description,
            figure=own[-1],
            change=_change(own),
            in_a_year=self._in_a_year(own),
            above=self.sheet.index(self.times.wave, self.above.pk, theme.pk) if self.above else None,
            whole=whole[-1] if whole and self.whole != self.above else None,
            line=sparkline(own, common),
            trend=self._trend(theme, own, whole, common),
            questions=[self._question(one) for one in asked],
            note=note_on_theme(self.sheet, self.times.waves, asked),
        )

    def _trend(
        self, theme: Theme, own: list[Figure], whole: list[Figure], common: tuple[float, float]
    ) -> Trend | None:
        return trend(
            _("%(theme)s over time") % {"theme": theme.name},
            [wave.closes_at for wave in self.times.waves],
            own,
            label=self.unit.name,
            reference=whole,
            reference_label=self.whole.name,
            common=common,
        )

    def _in_a_year(self, figures: Sequence[Figure]) -> Change | None:
        then = self.times.year_before
        return change(figures[-1], figures[self.times.waves.index(then)]) if then else None

    def _asked(self) -> list[WaveQuestion]:
        return queries.questions(self.times.wave)

    def _question(self, question: WaveQuestion) -> QuestionLine:
        wave = self.times.wave
        figures = [self.sheet.figure(one, self.unit.pk, question.question_id) for one in self.times.waves]
        above = self.above and self.sheet.figure(wave, self.above.pk, question.question_id)
        note = note_on(self.sheet, self.times.waves, question)
        return QuestionLine(question.text, question.reversed, figures[-1], _change(figures), above, note)


def _change(figures: Sequence[Figure]) -> Change | None:
    """Between the last figure and the last one shown before it."""
    *before, last = figures
    earlier = next((figure for figure in reversed(before) if isinstance(figure, Shown)), None)
    return change(last, earlier) if earlier else None
