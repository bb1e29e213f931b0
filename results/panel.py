"""Released final figures of an organisation as arrays over units, waves and questions, for signals.

The same figures as `results.queries.sheet` gives to a page, of thousands of units at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import Prefetch
from numpy.typing import NDArray

from accounts.models import Organisation
from results.lines import Lines, lines_of
from results.models import Release
from results.queries import questions, released_waves
from surveys.models import Theme, Wave, WaveQuestion

Floats = NDArray[np.float64]

MOST_WAVES = 78  # three years of a wave every two weeks
THIRDS = 3
FIELDS = (
    "wave_id",
    "unit_id",
    "question_id",
    "n",
    "mean",
    "low",
    "middle",
    "high",
    "distribution",
    "covered",
)


@dataclass(frozen=True, slots=True)
class ThemePanel:
    """One theme: shape (units, waves, questions); NaN (and 0) where nothing is released.

    Higher is better everywhere. `mean` is on a scale of five points, from 1. `thirds`: how many answers are
    favourable, neutral and unfavourable, from 10 answers; `full`: how many gave each score, from 50. `lowest`
    and `highest` are the ends of the theme's own scale.
    """

    theme: Theme
    lines: Sequence[int]
    lowest: int
    highest: int
    mean: Floats
    n: Floats
    people: Floats
    thirds: Floats
    full: Floats

    @property
    def points(self) -> float:
        """Points of the own scale in a point of the scale of five."""
        return (self.highest - self.lowest) / 4


@dataclass(frozen=True, slots=True)
class Panel:
    """`units`: ids in ascending order; `waves`: the oldest first."""

    organisation: Organisation
    waves: Sequence[Wave]
    units: Sequence[int]
    themes: Sequence[ThemePanel]


def panel(organisation: Organisation, *, until: Wave) -> Panel | None:
    """Of waves that ask people again and again, up to one of them; None when that one is not shown."""
    waves = _waves(organisation, until.closes_at)
    if until not in waves:
        return None
    releases = Release.objects.filter(wave__in=waves, step=Release.FINAL, mean__isnull=False)
    units = sorted(releases.order_by().values_list("unit_id", flat=True).distinct())
    themes = _themes(waves, len(units), lines_of(organisation.pk))
    place = {unit: number for number, unit in enumerate(units)}
    for wave_id, unit_id, question_id, *values in releases.values_list(*FIELDS).iterator(chunk_size=20_000):
        if (home := themes.get((wave_id, question_id))) is not None:
            home.put(place[unit_id], *values)
    found = {home.panel.theme.pk: home.panel for home in themes.values()}
    ordered = sorted(found.values(), key=lambda one: (one.theme.position, one.theme.code))
    return Panel(organisation, waves, units, ordered)


def _waves(organisation: Organisation, until: datetime) -> list[Wave]:
    asked = Prefetch("questions", WaveQuestion.objects.select_related("theme").order_by("position"))
    found = released_waves(organisation).filter(kind=Wave.Kind.RECURRING, closes_at__lte=until)
    return list(found.prefetch_related(asked).order_by("-closes_at", "-pk")[:MOST_WAVES])[::-1]


@dataclass(frozen=True, slots=True)
class _Home:
    """Where the releases of one question in one wave belong."""

    panel: ThemePanel
    question: WaveQuestion
    wave: int
    line: int
    parts: int

    def put(
        self,
        unit: int,
        n: int,
        mean: float,
        low: int | None,
        middle: int,
        high: int,
        distribution: list[int] | None,
        covered: int,
    ) -> None:
        at, turned = (unit, self.wave, self.line), self.question.reversed
        part = (mean - self.question.lowest) / (self.question.highest - self.question.lowest)
        self.panel.mean[at] = 1 + 4 * (1 - part if turned else part)
        self.panel.n[at] = n
        self.panel.people[at] = covered * self.parts
        if low is not None:
            self.panel.thirds[at] = (low, middle, high) if turned else (high, middle, low)
        if distribution is not None and len(distribution) == self.panel.full.shape[-1]:
            self.panel.full[at] = distribution[::-1] if turned else distribution


def _themes(waves: Sequence[Wave], units: int, lines: Lines) -> dict[tuple[int, int], _Home]:
    """By wave and question."""
    by_theme: defaultdict[int, list[tuple[int, Wave, WaveQuestion]]] = defaultdict(list)
    for number, wave in enumerate(waves):
        for question in questions(wave):
            by_theme[question.theme_id].append((number, wave, question))
    found = {}
    for asked in by_theme.values():
        line_ids = sorted({lines.line(question.question_id) for _number, _wave, question in asked})
        one = _empty(asked[-1][2], line_ids, units, len(waves))
        for number, wave, question in asked:
            line = line_ids.index(lines.line(question.question_id))
            found[wave.pk, question.question_id] = _Home(one, question, number, line, wave.parts)
    return found


def _empty(newest: WaveQuestion, lines: Sequence[int], units: int, waves: int) -> ThemePanel:
    shape = (units, waves, len(lines))
    return ThemePanel(
        theme=newest.theme,
        lines=lines,
        lowest=newest.lowest,
        highest=newest.highest,
        mean=np.full(shape, np.nan),
        n=np.zeros(shape),
        people=np.zeros(shape),
        thirds=np.full((*shape, THIRDS), np.nan),
        full=np.full((*shape, newest.points), np.nan),
    )
