"""What the pages for HR read about cycles; the number of queries is the same for any number of rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby, islice
from typing import cast

from django.db import models
from django.db.models import Count, Sum
from django.utils.translation import get_language

from accounts.models import Organisation
from orgunits.access import Scope
from orgunits.models import Employee, OrgUnit, OrgUnitQuerySet, Role
from surveys.audience import topmost
from surveys.cycles.recurrence import schedule_of
from surveys.cycles.words import rhythm_in_words
from surveys.models import Cycle, Mail, Question, Theme, Wave, WaveUnit

DATES_SHOWN = 10


def cycles_of(scope: Scope) -> models.QuerySet[Cycle]:
    """The cycles that HR may work with: all units of the cycle are theirs."""
    links = Cycle.units.through.objects.filter(cycle=models.OuterRef("pk"))
    beyond = links.exclude(_below(scope.paths(Role.HR), "orgunit__path"))
    return Cycle.objects.filter(~models.Exists(beyond), organisation=scope.organisation)


def waves_of(scope: Scope) -> models.QuerySet[Wave]:
    return Wave.objects.filter(cycle__in=cycles_of(scope))


def units_of(scope: Scope) -> OrgUnitQuerySet:
    """The units that HR may choose."""
    below = _below(scope.paths(Role.HR), "path")
    return cast(OrgUnitQuerySet, OrgUnit.objects.current().filter(below, organisation=scope.organisation))


def questions_for(organisation: Organisation) -> models.QuerySet[Question]:
    available: models.QuerySet[Question] = Question.objects.available_to(organisation)  # type: ignore[assignment]
    return available.select_related("theme").order_by("theme__position", "theme__code", "code")


def _below(paths: Iterable[str], column: str) -> models.Q:
    below = models.Q(pk__in=[])
    for path in paths:
        below |= models.Q((f"{column}__startswith", path))
    return below


@dataclass(frozen=True, slots=True)
class Headcount:
    """People employed now, by unit; `mailed` are those with an address."""

    people: Counter[str]
    mailed: Counter[str]

    def people_in(self, units: Iterable[OrgUnit]) -> int:
        return sum(self.people[unit.path] for unit in topmost(units))

    def mailed_in(self, units: Iterable[OrgUnit]) -> int:
        return sum(self.mailed[unit.path] for unit in topmost(units))


def headcount(organisation: Organisation) -> Headcount:
    """Counts of each unit with all below it; one query."""
    counted = Employee.objects.employed().filter(organisation=organisation).values_list("unit__path")
    totals = Headcount(Counter(), Counter())
    with_address = Count("pk", filter=~models.Q(email=""))
    for path, people, mailed in counted.annotate(people=Count("pk"), mailed=with_address):
        for end in range(OrgUnit.steplen, len(path) + 1, OrgUnit.steplen):
            totals.people[path[:end]] += people
            totals.mailed[path[:end]] += mailed
    return totals


@dataclass(frozen=True, slots=True)
class CycleRow:
    pk: int
    name: str
    state: Cycle.State
    rhythm: str
    people: int
    mailed: int
    next_opens_at: datetime | None

    @property
    def get_state_display(self) -> str:
        return str(self.state.label)


def cycle_rows(scope: Scope) -> list[CycleRow]:
    cycles = cycles_of(scope).prefetch_related("units").order_by("-created_at", "-pk")
    heads = headcount(scope.organisation)
    return [_row(cycle, heads) for cycle in cycles]


def _row(cycle: Cycle, heads: Headcount) -> CycleRow:
    units = cycle.units.all()
    return CycleRow(
        pk=cycle.pk,
        name=cycle.name,
        state=Cycle.State(cycle.state),
        rhythm=rhythm_in_words(cycle),
        people=heads.people_in(units),
        mailed=heads.mailed_in(units),
        next_opens_at=cycle.next_opens_at,
    )


@dataclass(frozen=True, slots=True)
class WaveRow:
    pk: int
    name: str
    state: Wave.State
    opened_at: datetime
    closes_at: datetime
    invited: int
    mails_sent: int
    mails_waiting: int
    mails_failed: int

    @property
    def get_state_display(self) -> str:
        return str(self.state.label)

    @property
    def is_open(self) -> bool:
        return self.state == Wave.State.OPEN


def wave_rows(cycle: Cycle) -> list[WaveRow]:
    """Newest first.

    Mails are the invitations only: a reminder goes to those who did not answer, so in a wave of one person a
    second mail would say that this person had not.
    """
    invited = dict(WaveUnit.objects.filter(wave__cycle=cycle).values_list("wave").annotate(Sum("invited")))
    invitations = Mail.objects.filter(wave__cycle=cycle, kind=Mail.Kind.INVITATION)
    states = invitations.values_list("wave", "state").annotate(Count("pk"))
    mails = {(wave, state): number for wave, state, number in states}

    def count(wave: Wave, *states: Mail.State) -> int:
        return sum(mails.get((wave.pk, state), 0) for state in states)

    return [
        WaveRow(
            pk=wave.pk,
            name=str(wave),
            state=Wave.State(wave.state),
            opened_at=wave.opened_at,
            closes_at=wave.closes_at,
            invited=invited.get(wave.pk, 0),
            mails_sent=count(wave, Mail.State.SENT, Mail.State.UNCONFIRMED),
            mails_waiting=count(wave, Mail.State.DUE, Mail.State.CLAIMED, Mail.State.SENDING),
            mails_failed=count(wave, Mail.State.REFUSED),
        )
        for wave in cycle.waves.order_by("-number")
    ]


@dataclass(frozen=True, slots=True)
class CyclePage:
    row: CycleRow
    units: list[str]
    questions: list[Question]
    openings: list[datetime]
    waves: list[WaveRow]


def cycle_page(cycle: Cycle, *, now: datetime) -> CyclePage:
    units = list(cycle.units.order_by("path"))
    chosen = cycle.cycle_questions.select_related("question__theme").order_by("position")
    return CyclePage(
        row=_row(cycle, headcount(cycle.organisation)),
        units=[unit.name for unit in units],
        questions=[choice.question for choice in chosen],
        openings=upcoming(cycle, now),
        waves=wave_rows(cycle),
    )


def upcoming(cycle: Cycle, now: datetime) -> list[datetime]:
    """The next ten dates; for a paused cycle those it would take when resumed now."""
    if cycle.state == Cycle.State.ENDED:
        return []
    openings = schedule_of(cycle).openings(now)
    if cycle.next_opens_at is not None:
        return list(islice((one for one in openings if one >= cycle.next_opens_at), DATES_SHOWN))
    return list(islice(openings, DATES_SHOWN))


@dataclass(slots=True)
class UnitChoice:
    """A unit that can be ticked; `open` shows the units below it."""

    pk: int
    label: str
    people: int
    checked: bool
    open: bool = False
    children: list[UnitChoice] = field(default_factory=list)


def unit_choices(scope: Scope, chosen: Collection[str]) -> list[UnitChoice]:
    """The units as a tree of choices, opened down to the chosen ones, which are given by number."""
    heads = headcount(scope.organisation)
    roots: list[UnitChoice] = []
    by_path: dict[str, UnitChoice] = {}
    for unit in units_of(scope).order_by("path"):
        choice = UnitChoice(unit.pk, unit.name, heads.people[unit.path], str(unit.pk) in chosen)
        above = [by_path[path] for path in _paths_above(unit.path) if path in by_path]
        (above[0].children if above else roots).append(choice)
        for one in above if choice.checked else ():
            one.open = True
        by_path[unit.path] = choice
    for root in roots:
        root.open = True
    return roots


def _paths_above(path: str) -> Iterator[str]:
    """Nearest first."""
    for end in range(len(path) - OrgUnit.steplen, 0, -OrgUnit.steplen):
        yield path[:end]


@dataclass(frozen=True, slots=True)
class QuestionChoice:
    """`translation` is the text in the other language of the product."""

    pk: int
    text: str
    translation: str
    translation_language: str
    kind: str
    checked: bool


@dataclass(frozen=True, slots=True)
class ThemeChoice:
    name: str
    description: str
    questions: list[QuestionChoice]

    @property
    def open(self) -> bool:
        return any(question.checked for question in self.questions)


def theme_choices(organisation: Organisation, chosen: Collection[str]) -> list[ThemeChoice]:
    """The questions to choose from by theme, the chosen ones given by number."""
    by_theme = groupby(questions_for(organisation), key=lambda question: question.theme)
    return [
        ThemeChoice(theme.name, _description(theme), [_question_choice(one, chosen) for one in questions])
        for theme, questions in by_theme
    ]


def _description(theme: Theme) -> str:
    return theme.description_nl if get_language() == "nl" else theme.description_en


def _question_choice(question: Question, chosen: Collection[str]) -> QuestionChoice:
    dutch = get_language() == "nl"
    return QuestionChoice(
        pk=question.pk,
        text=question.text,
        translation=question.text_en if dutch else question.text_nl,
        translation_language="en" if dutch else "nl",
        kind=question.kind,
        checked=str(question.pk) in chosen,
    )
