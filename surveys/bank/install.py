"""Puts the shared bank into the database after each migrate; a text that was improved is replaced."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.apps import apps as current_apps
from django.apps.registry import Apps
from django.db import transaction

from surveys.bank.load import Bank, load_bank
from surveys.models import Question, Theme

THEME_FIELDS = ["name_en", "name_nl", "description_en", "description_nl", "kind", "position"]
QUESTION_FIELDS = ["theme", "kind", "points", "reversed", "short", "text_en", "text_nl"]


@transaction.atomic
def install_bank(bank: Bank) -> None:
    """Two queries. A question that is no longer in the bank stays: a wave may have asked it."""
    themes = Theme.objects.bulk_create(
        [Theme(**asdict(theme)) for theme in bank.themes],
        update_conflicts=True,
        unique_fields=["organisation", "code"],
        update_fields=THEME_FIELDS,
    )
    by_code = {theme.code: theme for theme in themes}
    Question.objects.bulk_create(
        [
            Question(
                code=question.code,
                theme=by_code[question.theme],
                kind=question.kind,
                points=question.points,
                reversed=question.reversed,
                short=question.short,
                text_en=question.text_en,
                text_nl=question.text_nl,
            )
            for question in bank.questions
        ],
        update_conflicts=True,
        unique_fields=["organisation", "code"],
        update_fields=QUESTION_FIELDS,
    )


def after_migrate(*, apps: Apps = current_apps, **_signal: Any) -> None:
    """`apps` holds the tables that exist now: none of ours after migrating back to zero."""
    if "question" in apps.all_models["surveys"]:
        install_bank(load_bank())
