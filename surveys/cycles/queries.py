"""What the pages for HR read about cycles; the number of queries is the same for any number of rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple, cast

from django.db import models
from django.db.models import Count, OuterRef

from accounts.languages import best_text, language_codes
from accounts.models import Organisation
from orgunits.access import Scope
from orgunits.models import OrgUnit, OrgUnitQuerySet, Role
from surveys.cycles.headcount import Headcount, headcount
from surveys.cycles.words import rhythm_in_words
from surveys.models import Cycle, Mail, Question, Theme, Wave


def cycles_of(scope: Scope) -> models.QuerySet[Cycle]:
    """The cycles that HR may work with: all units of the cycle are theirs.

    A draft without units is for whoever began it, and for HR of the whole organisation.
    """
    links = Cycle.units.through.objects.filter(cycle=OuterRef("pk"))
    beyond = links.exclude(_below(scope.paths(Role.HR), "orgunit__path"))
    found = Cycle.objects.filter(~models.Exists(beyond), organisation=scope.organisation)
    if scope.has_on_root(Role.HR):
        return found
    return found.filter(models.Exists(links) | models.Q(created_by=scope.user))


def waves_of(scope: Scope) -> models.QuerySet[Wave]:
    return Wave.objects.filter(cycle__in=cycles_of(scope))


def units_of(scope: Scope) -> OrgUnitQuerySet:
    """The units that HR may choose."""
    below = _below(scope.paths(Role.HR), "path")
    return cast(OrgUnitQuerySet, OrgUnit.objects.current().filter(below, organisation=scope.organisation))


def top_units(scope: Scope) -> list[OrgUnit]:
    """All that HR may choose, as few units as hold it."""
    return list(units_of(scope).filter(path__in=scope.paths(Role.HR)))


def themes_for(organisation: Organisation) -> models.QuerySet[Theme]:
    return Theme.objects.available_to(organisation)  # type: ignore[return-value]


def questions_for(organisation: Organisation, kept: Iterable[Question] = ()) -> models.QuerySet[Question]:
    """Those in use, and `kept`: older versions that a cycle may go on asking."""
    available: models.QuerySet[Question] = Question.objects.available_to(organisation)  # type: ignore[assignment]
    available = available.filter(models.Q(retired_at=None) | models.Q(pk__in=[one.pk for one in kept]))
    return available.select_related("theme").order_by("theme__position", "theme__code", "code")


def _below(paths: Iterable[str], column: str) -> models.Q:
    below = models.Q(pk__in=[])
    for path in paths:
        below |= models.Q((f"{column}__startswith", path))
    return below


@dataclass(frozen=True, slots=True)
class CycleRow:
    pk: int
    name: str
    state: Cycle.State
    rhythm: str
    people: int | None  # of a journey nobody can say
    mailed: int
    next_opens_at: datetime | None

    @property
    def get_state_display(self) -> str:
        return str(self.state.label)


def cycle_rows(scope: Scope) -> list[CycleRow]:
    cycles = cycles_of(scope).prefetch_related("units", "excluded_units").order_by("-created_at", "-pk")
    heads = headcount(scope.organisation)
    return [_row(cycle, heads) for cycle in cycles]


def _row(cycle: Cycle, heads: Headcount) -> CycleRow:
    units, without = cycle.units.all(), cycle.excluded_units.all()
    return CycleRow(
        pk=cycle.pk,
        name=cycle.name,
        state=Cycle.State(cycle.state),
        rhythm=rhythm_in_words(cycle),
        people=None if cycle.is_journey else heads.people_in(units, without),
        mailed=heads.mailed_in(units, without),
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


# The texts and settings of a wave stand in wide fields, which its row does not name.
SHOWN_OF_A_WAVE = (
    "cycle",
    "name",
    "number",
    "kind",
    "scheduled_for",
    "state",
    "opened_at",
    "closes_at",
    "invited",
)


def wave_rows(cycle: Cycle) -> list[WaveRow]:
    """Newest first.

    Mails are the invitations only: a reminder goes to those who did not answer, so in a wave of one person a
    second mail would say that this person had not.
    """
    waves = list(cycle.waves.only(*SHOWN_OF_A_WAVE).order_by("-number"))
    invitations = Mail.objects.filter(wave__in=waves, kind=Mail.Kind.INVITATION)
    states = invitations.order_by().values_list("wave", "state").annotate(number=Count("*"))
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
            invited=wave.invited,
            mails_sent=count(wave, Mail.State.SENT, Mail.State.UNCONFIRMED),
            mails_waiting=count(wave, Mail.State.DUE, Mail.State.CLAIMED, Mail.State.SENDING),
            mails_failed=count(wave, Mail.State.REFUSED),
        )
        for wave in waves
    ]


class QuestionChoice(NamedTuple):
    """`translation` is the text in another language of the product. `is_old`: a newer version is there."""

    pk: int
    text: str
    translation: str
    translation_language: str
    kind: str
    checked: bool
    options: str
    is_own: bool
    is_old: bool


@dataclass(frozen=True, slots=True)
class ThemeChoice:
    pk: int
    name: str
    description: str
    rotating: bool
    questions: list[QuestionChoice]

    @property
    def chosen(self) -> int:
        return [question.checked for question in self.questions].count(True)


# Values of each of a hundred questions: objects of them took longer than the rest of the list.
OF_A_CHOICE = (
    *("theme_id", "pk", "kind", "text_nl", "text_en", "other_languages", "options"),
    *("organisation_id", "retired_at"),
)


def theme_choices(
    organisation: Organisation,
    chosen: Collection[str],
    rotating: Collection[str],
    kept: Iterable[Question] = (),
    offered_apart: Collection[int] = (),
) -> list[ThemeChoice]:
    """The questions to choose from by theme, the chosen ones given by number."""
    offered = questions_for(organisation, kept).exclude(pk__in=offered_apart).select_related(None)
    themes = themes_for(organisation).in_bulk()
    rows = offered.values_list(*OF_A_CHOICE)
    return [
        _theme_choice(
            themes[theme_id], [_question_choice(values, chosen) for _theme_id, *values in of_theme], rotating
        )
        for theme_id, of_theme in groupby(rows, key=itemgetter(0))
    ]


def _theme_choice(theme: Theme, questions: list[QuestionChoice], rotating: Collection[str]) -> ThemeChoice:
    return ThemeChoice(theme.pk, theme.name, theme.description, str(theme.pk) in rotating, questions)


def _question_choice(values: Sequence[Any], chosen: Collection[str]) -> QuestionChoice:
    pk, kind, text_nl, text_en, other_languages, options, organisation_id, retired_at = values
    texts = {"nl": text_nl, "en": text_en, **other_languages}
    text = best_text(texts)
    code, translation = _translation(texts, text)
    return QuestionChoice(
        pk=pk,
        text=text,
        translation=translation,
        translation_language=code,
        kind=kind,
        checked=f"{pk}" in chosen,
        options=" · ".join(map(best_text, options)),
        is_own=organisation_id is not None,
        is_old=retired_at is not None,
    )


def _translation(texts: Mapping[str, str], shown: str) -> tuple[str, str]:
    """The text in the first of the product's languages that it does not stand in already."""
    codes = (*language_codes(), *texts)
    others = ((code, texts[code]) for code in codes if texts.get(code))
    return next(((code, text) for code, text in others if text != shown), ("", ""))
