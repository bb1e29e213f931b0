"""Released final figures of an organisation as arrays over units, waves and questions.

The same figures as `results.queries.sheet` gives to a page, of thousands of units at once: for signals, and
to compare units with each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import NamedTuple

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
MEAN_FIELDS = ("wave_id", "unit_id", "question_id", "mean", "n", "covered")


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


@dataclass(frozen=True, slots=True)
class ThemeMeans:
    """Figures of a theme, made of its questions as by `results.figures.index`: shape (units, waves).

    `mean` is on a scale of five points, from 1; NaN, and 0 in the others, where nothing is shown.
    `width`: the highest of the theme's own scale less the lowest.
    """

    mean: Floats
    n: Floats
    people: Floats
    width: Floats


def theme_means(waves: Sequence[Wave], unit_ids: Sequence[int]) -> dict[int, ThemeMeans]:
    """By theme; one query. `waves`: with their questions.

    In whole arrays, as a page that compares units of a layer reckons with twenty thousand figures.
    """
    asked = _asked(waves)
    number_of = {(waves[one.wave].pk, one.question_id): number for number, one in enumerate(asked)}
    row = {unit_id: number for number, unit_id in enumerate(unit_ids)}
    releases = Release.objects.filter(wave__in=waves, unit__in=unit_ids, step=Release.FINAL)
    released = [
        (number_of[wave_id, question_id], row[unit_id], mean, n, covered)
        for wave_id, unit_id, question_id, mean, n, covered in releases.values_list(*MEAN_FIELDS)
        if (wave_id, question_id) in number_of
    ]
    if not released:
        return {}
    number, unit, mean, n, covered = np.array(released, dtype=float).T
    _question, theme, wave, place, lowest, highest, turned, parts = np.array(asked)[number.astype(int)].T
    mean = np.where(turned, lowest + highest - mean, mean)
    themes, own = np.unique(theme, return_inverse=True)
    figures = np.full((6, len(themes), len(unit_ids), len(waves), place.max() + 1), np.nan)
    figures[:, own, unit.astype(int), wave, place] = mean, n, covered, covered * parts, lowest, highest
    return {pk: _together(*figures[:, number]) for number, pk in enumerate(themes.tolist())}


class _Asked(NamedTuple):
    """A question in a wave; `place`: among those of its theme there."""

    question_id: int
    theme_id: int
    wave: int
    place: int
    lowest: int
    highest: int
    turned: bool
    parts: int


def _asked(waves: Sequence[Wave]) -> list[_Asked]:
    found = []
    for number, wave in enumerate(waves):
        places: defaultdict[int, count[int]] = defaultdict(count)
        for one in questions(wave):
            place, ends = next(places[one.theme_id]), (one.lowest, one.highest)
            found.append(
                _Asked(one.question_id, one.theme_id, number, place, *ends, one.reversed, wave.parts)
            )
    return found


def _together(
    mean: Floats, n: Floats, covered: Floats, people: Floats, lowest: Floats, highest: Floats
) -> ThemeMeans:
    """`results.figures.index` of the last axis: questions of a theme, in the order of the wave."""
    first = np.isfinite(mean).argmax(axis=-1)[..., None]
    low, high = (np.take_along_axis(ends, first, axis=-1)[..., 0] for ends in (lowest, highest))
    alike = highest == high[..., None]
    number = alike.sum(axis=-1)
    usual = np.where(alike, mean, 0).sum(axis=-1) / np.where(number > 0, number, np.nan)
    fewest = alike & (n == np.where(alike, n, np.inf).min(axis=-1, keepdims=True))
    smallest = np.where(fewest, covered, np.inf).argmin(axis=-1)[..., None]
    n, people = (np.nan_to_num(np.take_along_axis(one, smallest, axis=-1)[..., 0]) for one in (n, people))
    return ThemeMeans(1 + 4 * (usual - low) / (high - low), n, people, np.nan_to_num(high - low))
