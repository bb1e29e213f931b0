"""Copies for a wave, made at opening, in its transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.db.models import F, Value
from django.db.models.expressions import Combinable

from orgunits.models import EmployeeQuerySet, OrgUnit
from orgunits.tree import paths_down_to
from surveys.cycles.rotation import rotation_of
from surveys.mailing.refused import address_refused
from surveys.models import Invitation, Mail, Question, Wave, WaveQuestion, WaveUnit


def copy_people(wave: Wave, people: EmployeeQuerySet, **own: Combinable) -> int:
    """Invite these people, with these columns of their own; returns how many."""
    columns: dict[str, Combinable] = {
        "organisation_id": F("organisation_id"),
        "wave_id": Value(wave.pk),
        "employee_id": F("pk"),
        "unit_id": F("unit_id"),
        "email": F("email"),
        "language": _language(wave),
        "bands": F("traits"),
        "reminders_stopped": Value(False),
    }
    return _insert(Invitation, people, **columns | own)


def _language(wave: Wave) -> Combinable:
    """Someone's own language, or else the first that the wave has."""
    if not wave.languages:
        return F("language")
    spoken = models.When(language__in=wave.languages, then=F("language"))
    return models.Case(spoken, default=Value(wave.languages[0]))


def queue_mails(invitations: models.QuerySet[Invitation], kind: Mail.Kind, *, now: datetime) -> int:
    """A mail of the kind, due now, for each invitation with an address that takes mail and has none yet."""
    return _insert(
        Mail,
        invitations.exclude(email="").exclude(address_refused()),
        organisation_id=F("organisation_id"),
        wave_id=F("wave_id"),
        invitation_id=F("pk"),
        kind=Value(kind),
        state=Value(Mail.State.DUE),
        due_at=Value(now),
        attempts=Value(0),
        message_id=Value(""),
        error=Value(""),
        again=Value(False),
    )


def copy_tree(wave: Wave) -> None:
    """The tree in preorder, from the root; of its branches only those that hold someone invited.

    And how many that are in all, which pages with many waves would otherwise sum over all units of each.
    """
    invited = dict(wave.invitations.values_list("unit_id").annotate(models.Count("pk")))
    tree = OrgUnit.objects.filter(organisation=wave.organisation_id).order_by("path")
    kept = {path for unit in tree if unit.pk in invited for path in paths_down_to(unit.path)}
    units = [unit for unit in tree if unit.path in kept]
    position = {unit.path: place for place, unit in enumerate(units)}
    WaveUnit.objects.bulk_create(
        WaveUnit(
            organisation_id=wave.organisation_id,
            wave=wave,
            unit=unit,
            position=position[unit.path],
            parent_position=position.get(_above(unit.path)),
            name=unit.name,
            invited=invited.get(unit.pk, 0),
        )
        for unit in units
    )
    wave.invited = sum(invited.values())
    wave.save(update_fields=["invited"])


def copy_questions(wave: Wave) -> None:
    _hold_questions(wave)
    asked = rotation_of(wave.cycle).questions(wave.number)
    WaveQuestion.objects.bulk_create(question_copies(wave, asked))


def _hold_questions(wave: Wave) -> None:
    """Until the wave is there nobody can change its questions; others may open waves with the same ones."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT FROM surveys_question
            WHERE id IN (SELECT question_id FROM surveys_cyclequestion WHERE cycle_id = %s)
            ORDER BY id FOR SHARE
            """,
            [wave.cycle_id],
        )


def question_copies(wave: Wave, questions: Iterable[Question]) -> list[WaveQuestion]:
    return [
        WaveQuestion(
            organisation_id=wave.organisation_id,
            wave=wave,
            question=question,
            theme_id=question.theme_id,
            position=position,
            code=question.code,
            kind=question.kind,
            points=question.points,
            reversed=question.reversed,
            text_en=question.text_en,
            text_nl=question.text_nl,
            other_languages=question.other_languages,
            options=question.options,
        )
        for position, question in enumerate(questions)
    ]


def _above(path: str) -> str:
    return path[: -OrgUnit.steplen]


def _insert(model: type[models.Model], source: models.QuerySet[Any], **columns: Combinable) -> int:
    """INSERT … SELECT the columns from the source; rows that break a unique constraint are left out."""
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(map(connection.ops.quote_name, columns))
    select, params = source.order_by().values_list(*columns.values()).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) {select} ON CONFLICT DO NOTHING", params)
        return int(cursor.rowcount)
