"""A wave's figures as the API tells them. Callers pass only units that their reader may see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict

from results import queries
from results.figures import ChoiceFigure, Chosen, Figure, Shown, Withheld, index
from results.filter_figures import filter_sheets
from surveys.models import Wave

NO_SHARES = (None, None, None, None)


class FigureResource(TypedDict):
    """Of a theme or a question; all but the first four are empty when it is withheld, `reason` when shown.

    A higher mean is always the better one. The three shares are percentages of `shares_of` answers, which may
    be fewer than `n`: groups too small for shares are left out of them.
    """

    unit: int
    of: str
    code: str
    shown: bool
    reason: str | None
    mean: float | None
    n: int | None
    favourable: float | None
    neutral: float | None
    unfavourable: float | None
    shares_of: int | None
    distribution: Sequence[int] | None
    covered: int | None
    invited: int | None


@dataclass(frozen=True, slots=True)
class BandResource:
    """Of people of a unit with one of these values of a trait. A higher mean is always the better one."""

    unit: int
    trait: str
    values: list[str]
    code: str
    mean: float
    n: int


def figure_resources(wave: Wave, unit_ids: Sequence[int]) -> list[FigureResource]:
    """Of each unit that the wave asked: its themes, its questions on a scale, its single choices."""
    sheet = queries.sheet([wave], unit_ids)
    questions, choices = queries.questions(wave), queries.choices(wave)
    themes = [
        (theme.code, [one.question_id for one in questions if one.theme_id == theme.pk])
        for theme in queries.themes([wave])
    ]

    def figures(unit_id: int) -> Iterator[FigureResource]:
        found = {one.question_id: sheet.figure(wave, unit_id, one.question_id) for one in questions}
        for code, asked in themes:
            yield _figure(unit_id, "theme", code, index([found[pk] for pk in asked]))
        for one in questions:
            yield _figure(unit_id, "question", one.code, found[one.question_id])
        for one in choices:
            yield _choice(unit_id, one.code, sheet.choice(wave, unit_id, one.question_id))

    return [figure for pk in unit_ids if (wave.pk, pk) in sheet.asked for figure in figures(pk)]


def band_resources(wave: Wave, unit_ids: Sequence[int]) -> list[BandResource]:
    sheets = filter_sheets(wave, unit_ids)
    return [
        BandResource(unit_id, trait, list(band.values), theme.code, figure.mean, band.n)
        for unit_id in unit_ids
        for trait, bands in sheets[unit_id].traits.items()
        for band in bands
        for theme, figure in zip(sheets[unit_id].themes, band.themes, strict=True)
        if isinstance(figure, Shown)
    ]


# Written as displays: a page has thousands, and to call their class takes twice as long.


def _figure(unit_id: int, of: str, code: str, figure: Figure) -> FigureResource:
    if isinstance(figure, Withheld):
        return _withheld(unit_id, of, code, figure)
    favourable, neutral, unfavourable, shares_of = figure.shares or NO_SHARES
    return {
        "unit": unit_id,
        "of": of,
        "code": code,
        "shown": True,
        "reason": None,
        "mean": figure.mean,
        "n": figure.n,
        "favourable": favourable,
        "neutral": neutral,
        "unfavourable": unfavourable,
        "shares_of": figure.n if figure.shares and shares_of is None else shares_of,
        "distribution": figure.distribution or None,
        "covered": figure.covered,
        "invited": figure.invited,
    }


def _choice(unit_id: int, code: str, figure: ChoiceFigure) -> FigureResource:
    if not isinstance(figure, Chosen):
        return _withheld(unit_id, "choice", code, figure)
    return {
        **_empty(unit_id, "choice", code),
        "shown": True,
        "n": figure.n,
        "distribution": figure.counts,
        "covered": figure.covered,
        "invited": figure.invited,
    }


def _withheld(unit_id: int, of: str, code: str, figure: Withheld) -> FigureResource:
    return {**_empty(unit_id, of, code), "reason": figure.reason.value}


def _empty(unit_id: int, of: str, code: str) -> FigureResource:
    return {
        "unit": unit_id,
        "of": of,
        "code": code,
        "shown": False,
        "reason": None,
        "mean": None,
        "n": None,
        "favourable": None,
        "neutral": None,
        "unfavourable": None,
        "shares_of": None,
        "distribution": None,
        "covered": None,
        "invited": None,
    }
