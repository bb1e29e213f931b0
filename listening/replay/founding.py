"""The organisation of a recording: its people, its questions, and a cycle that has the recorded waves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from accounts.languages import best_text
from accounts.models import Organisation
from orgunits.founding.services import found_organisation
from orgunits.imports.services import import_people
from orgunits.models import Employee, OrgUnit
from surveys.cycles.services import CyclePlan, create_cycle, launch_cycle
from surveys.models import LONGEST_OPEN, Cycle, Question, QuestionText, Theme

from .recording import RecordedQuestion, Recording, people_file

PREPARATION = timedelta(days=7)  # between founding and the first wave
CYCLE_NAME = {"nl": "Herhaalde metingen", "en": "Replayed waves"}


class OrganisationInUseError(Exception):
    """The organisation already has people, and a recording brings all of its own."""


@transaction.atomic
def found(recording: Recording, *, slug: str, wave_days: int, last_day: date) -> Cycle:
    """A launched cycle whose last wave closes on `last_day`; it ends by itself after that wave.

    Raises OrganisationInUseError.
    """
    days_open = min(max(wave_days // 2, 1), LONGEST_OPEN)
    first_day = last_day - timedelta(days=days_open + wave_days * (recording.waves - 1))
    now = datetime.combine(first_day, time(9), tzinfo=UTC) - PREPARATION
    organisation = empty_organisation(recording.name, slug=slug, now=now)
    import_people(organisation, content=people_file(recording.people), by=None, now=now)
    plan = CyclePlan(
        name=best_text(CYCLE_NAME, organisation.language),
        units=[root_of(organisation)],
        questions=add_questions(organisation, recording.questions),
        recurrence=f"FREQ=DAILY;INTERVAL={wave_days};COUNT={recording.waves}",
        starts_on=first_day,
        days_open=days_open,
    )
    return launch_cycle(create_cycle(organisation, plan=plan, by=None, now=now), by=None, now=now)


def empty_organisation(name: str, *, slug: str, now: datetime) -> Organisation:
    organisation = Organisation.objects.filter(slug=slug).first()
    if organisation is None:
        return found_organisation(name, founder=None, now=now, slug=slug)
    if Employee.objects.filter(organisation=organisation).exists():
        raise OrganisationInUseError(
            f"The organisation '{slug}' already has people. Replay into another one, "
            f"such as --organisation {free_slug(slug)}."
        )
    return organisation


def free_slug(slug: str) -> str:
    taken = set(Organisation.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    return next(free for number in range(2, len(taken) + 3) if (free := f"{slug}-{number}") not in taken)


def root_of(organisation: Organisation) -> OrgUnit:
    root: OrgUnit = OrgUnit.objects.get(organisation=organisation, depth=1)
    return root


def add_questions(organisation: Organisation, recorded: Sequence[RecordedQuestion]) -> list[Question]:
    """As the organisation's own. A theme of the shared bank is used where its code is the same."""
    themes = themes_for(organisation, list(dict.fromkeys(question.theme for question in recorded)))
    return Question.objects.bulk_create(
        Question(
            organisation=organisation,
            theme=themes[question.theme],
            code=question.code,
            kind=QuestionText.Kind.SCALE if question.points == 11 else QuestionText.Kind.AGREEMENT,
            points=question.points,
            reversed=question.reversed,
            text_en=question.text_en,
            text_nl=question.text_nl,
        )
        for question in recorded
    )


def shared_themes(codes: Sequence[str]) -> list[Theme]:
    return [*Theme._default_manager.filter(organisation=None, code__in=codes)]


def themes_for(organisation: Organisation, codes: Sequence[str]) -> dict[str, Theme]:
    themes = {theme.code: theme for theme in shared_themes(codes)}
    own = [
        Theme(organisation=organisation, code=code, name_en=code, name_nl=code, position=position)
        for position, code in enumerate(codes)
        if code not in themes
    ]
    return themes | {theme.code: theme for theme in Theme.objects.bulk_create(own)}
