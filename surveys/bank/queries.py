"""What the pages of the question bank read; the number of queries is the same for any number of questions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import models
from django.db.models import Count
from django.utils.translation import get_language

from accounts.models import Organisation
from orgunits.access import Scope
from surveys.bank.hints import Hint, hints_of
from surveys.bank.rows import all_questions
from surveys.cycles.queries import cycles_of
from surveys.cycles.renewal import LIVING
from surveys.models import Cycle, CycleQuestion, Question, Theme, Wave, WaveQuestion

SHARED, OWN = "shared", "own"
USED, UNUSED = "used", "unused"


@dataclass(frozen=True, slots=True)
class Filter:
    """What the reader looks for; empty means anything. `words` are searched in all languages."""

    words: str = ""
    bank: str = ""
    kind: str = ""
    use: str = ""
    retired: bool = False

    def __bool__(self) -> bool:
        return bool(self.words or self.bank or self.kind or self.use or self.retired)

    def fits(self, row: QuestionRow) -> bool:
        sought = self.words.casefold().split()
        return (
            self.bank in {"", OWN if row.question.organisation_id else SHARED}
            and self.kind in {"", row.question.kind}
            and self.use in {"", USED if row.waves or row.cycles else UNUSED}
            and self.retired == (row.question.retired_at is not None)
            and all(word in row.words for word in sought)
        )


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """`waves` that asked it, and `cycles` that ask it and that the reader may work with."""

    question: Question
    theme: Theme
    waves: int
    cycles: list[str]
    hinted: bool

    @property
    def is_own(self) -> bool:
        return self.question.organisation_id is not None

    @property
    def kind(self) -> str:
        return str(Question.Kind(self.question.kind).label)

    @property
    def words(self) -> str:
        theme_names = self.theme.name_nl, self.theme.name_en
        texts = [*self.question.texts.values(), self.question.code, *theme_names]
        labels = [label for option in self.question.options for label in option.values()]
        return " ".join([*texts, *labels]).casefold()


@dataclass(frozen=True, slots=True)
class ThemeRows:
    theme: Theme
    rows: list[QuestionRow]
    opened: bool = False

    @property
    def is_own(self) -> bool:
        return self.theme.organisation_id is not None

    @property
    def used(self) -> int:
        return sum(bool(row.waves or row.cycles) for row in self.rows)


def available(organisation: Organisation) -> models.QuerySet[Question]:
    """All versions that HR may look at."""
    own_or_shared = models.Q(organisation=None) | models.Q(organisation=organisation)
    return all_questions().filter(own_or_shared).select_related("theme", "predecessor", "changed_by")


def themes_available(organisation: Organisation) -> models.QuerySet[Theme]:
    return Theme.objects.available_to(organisation)  # type: ignore[return-value]


def theme_rows(scope: Scope, sought: Filter) -> list[ThemeRows]:
    """Themes with the questions sought; a theme without any is left out, unless nothing is sought."""
    organisation = scope.organisation
    themes = {theme.pk: theme for theme in themes_available(organisation).order_by("position", "code")}
    rows: defaultdict[int, list[QuestionRow]] = defaultdict(list)
    for row in _rows(scope, _newest(organisation), themes):
        if sought.fits(row):
            rows[row.theme.pk].append(row)
    return [
        ThemeRows(theme, rows[theme.pk], opened=bool(sought))
        for theme in themes.values()
        if rows[theme.pk] or not sought
    ]


def _newest(organisation: Organisation) -> models.QuerySet[Question]:
    """Without versions that another one of the same bank took the place of."""
    later = all_questions().filter(
        models.Q(organisation=models.OuterRef("organisation"))
        | models.Q(organisation=None, predecessor__organisation=None),
        predecessor=models.OuterRef("pk"),
    )
    return (
        available(organisation)
        .select_related(None)
        .filter(models.Q(retired_at=None) | ~models.Exists(later))
        .order_by("theme__position", "theme__code", "organisation_id", "code")
    )


def _rows(
    scope: Scope, questions: models.QuerySet[Question], themes: Mapping[int, Theme]
) -> list[QuestionRow]:
    waves, cycles = wave_counts(scope.organisation), cycle_names(scope)
    return [
        QuestionRow(
            one,
            themes[one.theme_id],
            waves[one.pk],
            cycles[one.pk],
            hinted=bool(one.organisation_id and hints_of(one)),
        )
        for one in questions
    ]


def wave_counts(organisation: Organisation) -> Counter[int]:
    """By question, how many waves of the organisation asked it."""
    asked = WaveQuestion.objects.filter(organisation=organisation).order_by().values_list("question")
    return Counter(dict(asked.annotate(Count("wave", distinct=True))))


def cycle_names(scope: Scope) -> dict[int, list[str]]:
    """By question, the cycles that ask it and have not ended."""
    asked = CycleQuestion.objects.filter(cycle__in=cycles_of(scope).filter(state__in=LIVING))
    found: defaultdict[int, list[str]] = defaultdict(list)
    for question_id, name in asked.order_by("cycle__name").values_list("question", "cycle__name"):
        found[question_id].append(name)
    return found


@dataclass(frozen=True, slots=True)
class Version:
    question: Question
    waves: int
    first: str
    last: str

    @property
    def is_current(self) -> bool:
        return self.question.retired_at is None


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """`versions`: of the line back and forth, the newest first. `cycles` that ask this very version."""

    question: Question
    versions: list[Version]
    cycles: list[Cycle]
    newest: Question
    hints: list[tuple[str, list[Hint]]] = field(default_factory=list)

    @property
    def is_used(self) -> bool:
        return any(one.waves for one in self.versions if one.question == self.question)

    @property
    def texts(self) -> list[tuple[str, str]]:
        return [(code, text) for code, text in self.question.texts.items() if text]

    @property
    def options(self) -> list[list[tuple[str, str]]]:
        return [sorted(option.items(), key=_own_language_first) for option in self.question.options]


def _own_language_first(pair: tuple[str, str]) -> bool:
    return pair[0] != get_language()


def question_page(scope: Scope, question: Question) -> QuestionPage:
    family = _family(scope.organisation, question)
    cycles = cycles_of(scope).filter(cycle_questions__question=question, state__in=LIVING)
    return QuestionPage(
        question=question,
        versions=_versions(scope.organisation, family),
        cycles=list(cycles.order_by("name", "pk").distinct()),
        newest=_last_of(family, question),
        hints=sorted(hints_of(question).items()) if question.organisation_id else [],
    )


def _family(organisation: Organisation, question: Question) -> list[Question]:
    """All versions from the first on, also own adaptations of a shared one; at most two queries."""
    before = dict(available(organisation).values_list("pk", "predecessor"))
    later: defaultdict[int | None, list[int]] = defaultdict(list)
    for pk, predecessor in before.items():
        later[predecessor].append(pk)
    first = question.pk
    while (predecessor := before[first]) is not None and predecessor in before:
        first = predecessor
    found = [first]
    for pk in found:
        found.extend(later[pk])
    others = available(organisation).in_bulk([pk for pk in found if pk != question.pk])
    return [others.get(pk, question) for pk in found]


def _last_of(family: Sequence[Question], question: Question) -> Question:
    """The version in use after this one, in the same bank."""
    newest = question
    while True:
        later = [
            one
            for one in family
            if one.predecessor_id == newest.pk and one.organisation_id == question.organisation_id
        ]
        if not later:
            return newest
        newest = later[0]


def _versions(organisation: Organisation, family: Iterable[Question]) -> list[Version]:
    asked: defaultdict[int, list[int]] = defaultdict(list)
    rows = WaveQuestion.objects.filter(organisation=organisation, question__in=[one.pk for one in family])
    for question_id, wave_id in rows.order_by("wave__opened_at").values_list("question", "wave"):
        asked[question_id].append(wave_id)
    waves = Wave.objects.in_bulk({one for each in asked.values() for one in (each[0], each[-1])})
    found = [
        Version(
            one,
            waves=len(asked[one.pk]),
            first=str(waves[asked[one.pk][0]]) if asked[one.pk] else "",
            last=str(waves[asked[one.pk][-1]]) if asked[one.pk] else "",
        )
        for one in family
    ]
    return found[::-1]
