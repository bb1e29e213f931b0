"""What the API tells: rows and figures as small objects, made of scoped queries and released figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict

from django.db.models import Exists, OuterRef

from actions.models import Action
from orgunits.access import Scope
from orgunits.models import OrgUnit
from results import queries
from surveys.models import Wave, WaveQuestion, WaveUnit


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


class QuestionResource(TypedDict):
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
    moved: str | None
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
            moved=one.moved or None,
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
    units = WaveUnit.objects.filter(wave=OuterRef("pk"), unit__in=scope.units().values("pk"))
    asked = Wave.objects.filter(Exists(units), pk__in=[wave.pk for wave in waves])
    found = set(asked.order_by().values_list("pk", flat=True))
    return [wave for wave in waves if wave.pk in found]


def cycle_resources(waves: Sequence[Wave]) -> list[CycleResource]:
    """By the first wave; a cycle bears the name that it had in its newest one."""
    found: dict[int, CycleResource] = {}
    for wave in waves:
        counted = found[wave.cycle_id].waves if wave.cycle_id in found else 0
        found[wave.cycle_id] = CycleResource(wave.cycle_id, wave.name, wave.kind, counted + 1)
    return list(found.values())


def wave_resources(waves: list[Wave]) -> list[WaveResource]:
    """What waves asked in the same words is one object (see `queries.with_questions`), and is told once."""
    queries.with_questions(waves)
    asked = {id(one): one for wave in waves for one in wave.questions.all()}
    told = {key: question_resource(one) for key, one in asked.items() if one.kind != WaveQuestion.Kind.OPEN}
    return [
        _wave_resource(wave, [told[id(one)] for one in wave.questions.all() if id(one) in told])
        for wave in waves
    ]


def wave_resource(wave: Wave) -> WaveResource:
    """`wave` comes with its questions."""
    asked = [one for one in wave.questions.all() if one.kind != WaveQuestion.Kind.OPEN]
    return _wave_resource(wave, list(map(question_resource, asked)))


def _wave_resource(wave: Wave, questions: list[QuestionResource]) -> WaveResource:
    return WaveResource(
        id=wave.pk,
        cycle=wave.cycle_id,
        number=wave.number,
        name=wave.name,
        opened_at=wave.opened_at,
        closed_at=wave.closed_at or wave.closes_at,
        minimum_group=wave.minimum_group,
        questions=questions,
    )


def question_resource(question: WaveQuestion) -> QuestionResource:
    return QuestionResource(
        code=question.code,
        theme=question.theme.code,
        text=question.text,
        kind=question.kind,
        lowest=question.lowest,
        highest=question.highest,
        reversed=question.reversed,
    )


def participation_resources(wave: Wave, unit_ids: Sequence[int]) -> list[ParticipationResource]:
    found = queries.participation([wave], unit_ids)
    return [
        ParticipationResource(unit_id, taking.answered, taking.invited)
        for (_wave, unit_id), taking in found.items()
    ]
