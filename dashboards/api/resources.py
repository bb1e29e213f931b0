"""What the API tells: rows and figures as small objects, made of scoped queries and released figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from actions.models import Action
from orgunits.access import Scope
from orgunits.models import OrgUnit
from results import queries
from results.figures import ChoiceFigure, Chosen, Figure, Shown, Withheld
from results.filter_figures import filter_sheets
from surveys.models import Wave, WaveQuestion


@dataclass(frozen=True, slots=True)
class UnitResource:
    """`above`: id of the unit above, when that is in reach too."""

    id: int
    name: str
    above: int | None
    layer: int
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class CycleResource:
    id: int
    name: str
    kind: str
    waves: int


@dataclass(frozen=True, slots=True)
class QuestionResource:
    code: str
    theme: str
    text: str
    kind: str
    lowest: int
    highest: int
    reversed: bool


@dataclass(frozen=True, slots=True)
class WaveResource:
    id: int
    cycle: int
    number: int
    name: str
    opened_at: datetime
    closed_at: datetime
    minimum_group: int
    questions: list[QuestionResource]


@dataclass(frozen=True, slots=True)
class ParticipationResource:
    unit: int
    answered: int
    invited: int


class FigureResource(NamedTuple):
    """Of a theme or a question; all but the first four are empty when it is withheld, `reason` when shown.

    A higher mean is always the better one. The three shares are percentages of `shares_of` answers, which may
    be fewer than `n`: groups too small for shares are left out of them.
    """

    unit: int
    of: str
    code: str
    shown: bool
    reason: str | None = None
    mean: float | None = None
    n: int | None = None
    favourable: float | None = None
    neutral: float | None = None
    unfavourable: float | None = None
    shares_of: int | None = None
    distribution: list[int] | None = None
    covered: int | None = None
    invited: int | None = None


@dataclass(frozen=True, slots=True)
class BandResource:
    """Of people of a unit with one of these values of a trait. A higher mean is always the better one."""

    unit: int
    trait: str
    values: list[str]
    code: str
    mean: float
    n: int


@dataclass(frozen=True, slots=True)
class ActionResource:
    id: int
    unit: int
    title: str
    theme: str | None
    owner: str | None
    starts_on: date
    due_on: date
    state: str
    closed_at: datetime | None


def action_resources(actions: Sequence[Action], on: date) -> list[ActionResource]:
    return [
        ActionResource(
            id=one.pk,
            unit=one.unit_id,
            title=one.title,
            theme=one.theme.code if one.theme else None,
            owner=one.seen_to_by or None,
            starts_on=one.starts_on,
            due_on=one.due_on,
            state=one.state(on).value,
            closed_at=one.closed_at,
        )
        for one in actions
    ]


def unit_resources(scope: Scope, units: Sequence[OrgUnit]) -> list[UnitResource]:
    """One query, for the units above these."""
    above = {unit.path[: -OrgUnit.steplen] for unit in units}
    parents = dict(scope.units().filter(path__in=above).values_list("path", "pk"))
    return [
        UnitResource(
            unit.pk, unit.name, parents.get(unit.path[: -OrgUnit.steplen]), unit.depth, unit.ended_on
        )
        for unit in units
    ]


def waves_in_reach(scope: Scope) -> list[Wave]:
    """Released waves that asked a unit in reach, the oldest first; without their questions. Two queries."""
    return _asked_in_reach(scope, queries.closed_waves_bare(scope.organisation))


def wave_in_reach(scope: Scope, wave_id: int) -> Wave | None:
    """One of them, with its questions."""
    wave = queries.closed_wave(scope.organisation, wave_id)
    return next(iter(_asked_in_reach(scope, [wave])), None) if wave else None


def _asked_in_reach(scope: Scope, waves: list[Wave]) -> list[Wave]:
    asked = queries.units_asked(waves, scope.units().values("pk"))
    return [wave for wave in waves if wave.pk in asked]


def cycle_resources(waves: Sequence[Wave]) -> list[CycleResource]:
    """By the first wave; a cycle bears the name that it had in its newest one."""
    found: dict[int, CycleResource] = {}
    for wave in waves:
        counted = found[wave.cycle_id].waves if wave.cycle_id in found else 0
        found[wave.cycle_id] = CycleResource(wave.cycle_id, wave.name, wave.kind, counted + 1)
    return list(found.values())


def wave_resources(waves: list[Wave]) -> list[WaveResource]:
    return [wave_resource(wave) for wave in queries.with_questions(waves)]


def wave_resource(wave: Wave) -> WaveResource:
    return WaveResource(
        id=wave.pk,
        cycle=wave.cycle_id,
        number=wave.number,
        name=wave.name,
        opened_at=wave.opened_at,
        closed_at=wave.closed_at or wave.closes_at,
        minimum_group=wave.minimum_group,
        questions=[
            question_resource(one) for one in wave.questions.all() if one.kind != WaveQuestion.Kind.OPEN
        ],
    )


def question_resource(question: WaveQuestion) -> QuestionResource:
    return QuestionResource(
        question.code,
        question.theme.code,
        question.text,
        question.kind,
        question.lowest,
        question.highest,
        question.reversed,
    )


def participation_resources(wave: Wave, units: Sequence[OrgUnit]) -> list[ParticipationResource]:
    found = queries.participation([wave], [unit.pk for unit in units])
    return [
        ParticipationResource(unit_id, taking.answered, taking.invited)
        for (_wave, unit_id), taking in found.items()
    ]


def figure_resources(wave: Wave, units: Sequence[OrgUnit]) -> list[FigureResource]:
    """Of each unit that the wave asked: its themes, its questions on a scale, its single choices."""
    sheet = queries.sheet([wave], [unit.pk for unit in units])
    themes, questions, choices = queries.themes([wave]), queries.questions(wave), queries.choices(wave)

    def figures(unit_id: int) -> Iterator[FigureResource]:
        for theme in themes:
            yield _figure(unit_id, "theme", theme.code, sheet.index(wave, unit_id, theme.pk))
        for one in questions:
            yield _figure(unit_id, "question", one.code, sheet.figure(wave, unit_id, one.question_id))
        for one in choices:
            yield _choice(unit_id, one.code, sheet.choice(wave, unit_id, one.question_id))

    return [figure for unit in units if (wave.pk, unit.pk) in sheet.asked for figure in figures(unit.pk)]


def band_resources(wave: Wave, units: Sequence[OrgUnit]) -> list[BandResource]:
    sheets = filter_sheets(wave, [unit.pk for unit in units])
    return [
        BandResource(unit.pk, trait, list(band.values), theme.code, figure.mean, band.n)
        for unit in units
        for trait, bands in sheets[unit.pk].traits.items()
        for band in bands
        for theme, figure in zip(sheets[unit.pk].themes, band.themes, strict=True)
        if isinstance(figure, Shown)
    ]


def _figure(unit_id: int, of: str, code: str, figure: Figure) -> FigureResource:
    if isinstance(figure, Withheld):
        return _withheld(unit_id, of, code, figure)
    shares = figure.shares
    parts = (shares.favourable, shares.neutral, shares.unfavourable) if shares else (None, None, None)
    favourable, neutral, unfavourable = parts
    return FigureResource(
        unit=unit_id,
        of=of,
        code=code,
        shown=True,
        mean=figure.mean,
        n=figure.n,
        favourable=favourable,
        neutral=neutral,
        unfavourable=unfavourable,
        shares_of=_shares_of(figure),
        distribution=list(figure.distribution) if figure.distribution else None,
        covered=figure.covered,
        invited=figure.invited,
    )


def _shares_of(figure: Shown) -> int | None:
    if figure.shares is None:
        return None
    return figure.n if figure.shares.of is None else figure.shares.of


def _choice(unit_id: int, code: str, figure: ChoiceFigure) -> FigureResource:
    if not isinstance(figure, Chosen):
        return _withheld(unit_id, "choice", code, figure)
    return FigureResource(
        unit=unit_id,
        of="choice",
        code=code,
        shown=True,
        n=figure.n,
        distribution=list(figure.counts),
        covered=figure.covered,
        invited=figure.invited,
    )


def _withheld(unit_id: int, of: str, code: str, figure: Withheld) -> FigureResource:
    return FigureResource(unit=unit_id, of=of, code=code, shown=False, reason=figure.reason.value)
