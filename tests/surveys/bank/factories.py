"""Drafts of questions and what a browser sends for them, as short as a test can say it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from accounts.models import Organisation
from surveys.bank.drafts import QuestionDraft
from surveys.bank.rows import all_themes
from surveys.bank.services import create_question
from surveys.models import Question, Theme
from tests.waves import open_wave

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PLACES = {"nl": ["Thuis", "Op kantoor", "Onderweg"], "en": ["At home", "In the office", "On the road"]}


def theme(code: str = "energy") -> Theme:
    return all_themes().get(organisation=None, code=code)


def draft(
    text: str = "Ik werk hier graag.", english: str = "I like working here.", **more: Any
) -> QuestionDraft:
    fields: dict[str, Any] = {"theme": theme(), "kind": Question.Kind.AGREEMENT}
    return QuestionDraft(texts={"nl": text, "en": english}, **fields | more)


def choice_draft(**more: Any) -> QuestionDraft:
    return draft("Waar werk je?", "Where do you work?", kind=Question.Kind.CHOICE, options=PLACES, **more)


def own_question(organisation: Organisation, **more: Any) -> Question:
    return create_question(organisation, draft=draft(**more), by=None, now=NOW)


def ask_in_a_wave(question: Question) -> None:
    """A wave of the question's organisation asked it."""
    built = open_wave({"City": 6}, questions=1)
    organisation = question.organisation or built.wave.organisation
    type(built.wave).objects.filter(pk=built.wave.pk).update(organisation=organisation)
    built.wave.questions.update(question=question, organisation=organisation)


def typed(**changes: Any) -> dict[str, Any]:
    """What the form of a question sends."""
    return {
        "theme": theme().pk,
        "kind": "agreement",
        "text_nl": "Ik werk hier graag.",
        "text_en": "I like working here.",
        "revision": "1",
    } | changes
