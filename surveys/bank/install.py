"""Puts the shared bank into the database after each migrate.

A text that was improved is replaced. Once a wave asked it, the new text becomes a successor instead: what was
asked is never changed.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.apps import apps as current_apps
from django.apps.registry import Apps
from django.db import transaction
from django.utils import timezone

from surveys.bank.load import Bank, BankQuestion, load_bank
from surveys.bank.rows import all_questions
from surveys.bank.wording import WORDING, differs, may_be_equivalent
from surveys.models import Question, Theme, WaveQuestion

THEME_FIELDS = [
    "name_en",
    "name_nl",
    "description_en",
    "description_nl",
    "other_languages",
    "kind",
    "position",
]
IN_PLACE = [*WORDING, "short"]


@transaction.atomic
def install_bank(bank: Bank) -> None:
    """Five queries when nothing changed. A question that is no longer in the bank stays as it is."""
    themes = Theme.objects.bulk_create(
        [Theme(**asdict(theme)) for theme in bank.themes],
        update_conflicts=True,
        unique_fields=["organisation", "code"],
        update_fields=THEME_FIELDS,
    )
    by_code = {theme.code: theme for theme in themes}
    questions = all_questions().filter(organisation=None, retired_at=None)
    current = {one.code: one for one in questions.order_by("pk").select_for_update()}
    asked = set(_asked(current))
    new, changed, replaced = [], [], []
    for row in bank.questions:
        question = _question(row, by_code[row.theme])
        old = current.get(row.code)
        if old is None:
            new.append(question)
        elif old.pk in asked and differs(old, question):
            new.append(_successor(old, question))
            replaced.append(old)
        else:
            changed.append(_taken_over(old, question))
    Question.objects.filter(pk__in=[old.pk for old in replaced]).update(retired_at=timezone.now())
    Question.objects.bulk_create(new)
    _update(changed, current)


def _asked(current: dict[str, Question]) -> list[int]:
    waves = WaveQuestion.objects.filter(question__in=[one.pk for one in current.values()]).order_by()
    return list(waves.values_list("question", flat=True).distinct())


def _question(row: BankQuestion, theme: Theme) -> Question:
    return Question(
        code=row.code,
        theme=theme,
        kind=row.kind,
        points=row.points,
        reversed=row.reversed,
        short=row.short,
        text_en=row.text_en,
        text_nl=row.text_nl,
        other_languages=row.other_languages,
        options=row.options,
    )


def _successor(old: Question, new: Question) -> Question:
    """A code of the bank keeps its meaning, so it goes on as one line while the scale is the same."""
    new.predecessor = old
    new.version = old.version + 1
    new.is_equivalent = may_be_equivalent(old, new)
    return new


def _taken_over(old: Question, new: Question) -> Question:
    new.pk = old.pk
    return new


def _update(questions: list[Question], current: dict[str, Question]) -> None:
    """Of those in which something differs."""
    changed = [
        one
        for one in questions
        if any(getattr(one, name) != getattr(current[one.code], name) for name in IN_PLACE)
    ]
    if changed:
        Question.objects.bulk_update(changed, [name.removesuffix("_id") for name in IN_PLACE])


def after_migrate(*, apps: Apps = current_apps, **_signal: Any) -> None:
    """`apps` holds the tables that exist now: perhaps none of ours, or as they once were."""
    question = apps.all_models["surveys"].get("question")
    if question is not None and "version" in {field.name for field in question._meta.fields}:
        install_bank(load_bank())
