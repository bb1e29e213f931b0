"""The tables of the bank as typed querysets, whose manager knows of no model."""

from __future__ import annotations

from django.db.models import QuerySet

from surveys.models import Question, Theme


def all_questions() -> QuerySet[Question]:
    """Of all banks and versions; the caller says whose."""
    return Question.objects.all()  # type: ignore[return-value]


def all_themes() -> QuerySet[Theme]:
    return Theme.objects.all()  # type: ignore[return-value]
