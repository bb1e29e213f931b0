"""Released filters for pages. Callers pass only units that their viewer may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from results.figures import Figure, Shown, index
from results.models import FilterBand, FilterFigure, FilterOutcome
from surveys.models import Theme, Wave, WaveQuestion


@dataclass(frozen=True, slots=True)
class BandFigures:
    """People of a unit with one of these values of a trait. themes: as in the sheet."""

    values: tuple[str, ...]
    n: int
    themes: list[Figure]


@dataclass(frozen=True, slots=True)
class FilterSheet:
    """traits: by name the bands of the unit."""

    themes: list[Theme]
    traits: Mapping[str, list[BandFigures]]


@dataclass(frozen=True, slots=True)
class Dropped:
    trait: str
    was_refused: bool  # by the auditor; otherwise there were too few people


def filter_sheet(wave: Wave, unit_id: int) -> FilterSheet:
    return filter_sheets(wave, [unit_id])[unit_id]


def filter_sheets(wave: Wave, unit_ids: Collection[int]) -> dict[int, FilterSheet]:
    """By unit, of a wave that was released (`queries.released_waves`); three queries."""
    every = WaveQuestion.objects.filter(wave=wave).select_related("theme").order_by("position")
    asked = [one for one in every if one.has_mean]
    themes = sorted({one.theme for one in asked}, key=lambda theme: (theme.position, theme.code))
    bands = list(FilterBand.objects.filter(wave=wave, unit__in=unit_ids).order_by("number"))
    figures: defaultdict[int, dict[int, Shown]] = defaultdict(dict)
    questions = {one.question_id: one for one in asked}
    for one in FilterFigure.objects.filter(wave=wave, band__in=[band.number for band in bands]):
        figures[one.band][one.question_id] = _shown(questions[one.question_id], one)
    traits: defaultdict[int, defaultdict[str, list[BandFigures]]] = defaultdict(lambda: defaultdict(list))
    for band in bands:
        of_band = figures[band.number]
        by_theme = [
            index(of_band[one.question_id] for one in asked if one.theme_id == theme.pk) for theme in themes
        ]
        n = next(iter(of_band.values())).n
        traits[band.unit_id][band.trait].append(BandFigures(tuple(band.values), n, by_theme))
    return {unit_id: FilterSheet(themes, dict(traits[unit_id])) for unit_id in unit_ids}


def released_bands(wave: Wave) -> Iterator[tuple[FilterBand, str, FilterFigure]]:
    """Each figure of a band as it was released, with its question's code."""
    bands = {one.number: one for one in FilterBand.objects.filter(wave=wave)}
    for one in FilterFigure.objects.filter(wave=wave).select_related("question").order_by("pk"):
        yield bands[one.band], one.question.code, one


def _shown(question: WaveQuestion, figure: FilterFigure) -> Shown:
    """Turned around where agreeing is unfavourable. Everyone in a band answered every question."""
    mean = question.lowest + question.highest - figure.mean if question.reversed else figure.mean
    n = figure.n
    return Shown(mean, n, question.lowest, question.highest, None, None, covered=n, invited=n)


def filtered_units(wave: Wave) -> dict[str, list[int]]:
    """By trait the ids of the units that have it."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    rows = FilterBand.objects.filter(wave=wave).order_by("trait", "unit").values_list("trait", "unit")
    for trait, unit_id in rows.distinct():
        found[trait].append(unit_id)
    return dict(found)


def has_filters(wave: Wave, unit_id: int) -> bool:
    return FilterBand.objects.filter(wave=wave, unit=unit_id).exists()


def dropped(wave: Wave) -> list[Dropped]:
    """Traits of which nothing was released."""
    outcomes = FilterOutcome.objects.filter(wave=wave).exclude(outcome=FilterOutcome.Outcome.RELEASED)
    return [
        Dropped(one.trait, one.outcome == FilterOutcome.Outcome.NOT_CERTIFIED)
        for one in outcomes.order_by("trait")
    ]
