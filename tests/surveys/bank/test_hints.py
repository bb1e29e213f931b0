"""Hints on texts: what they find, and what they leave alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from surveys.bank import load_bank
from surveys.bank.hints import hints_by_language, hints_on
from surveys.bank.services import create_question
from surveys.cycles.checks import checks
from surveys.cycles.outlook import outlook

from ..factories import city
from .factories import draft


def kinds(text: str, language: str, *, turned: bool = False, is_open: bool = False) -> set[str]:
    return {hint.kind for hint in hints_on(text, language, turned=turned, is_open=is_open)}


@pytest.mark.parametrize(
    ("language", "text", "kind"),
    [
        ("nl", "Mijn werk is leuk en zinvol.", "double"),
        ("en", "My manager is friendly and fair.", "double"),
        ("nl", "Ik krijg hulp van collega's of van mijn leidinggevende.", "double"),
        ("nl", "Ik heb geen last van de drukte.", "denial"),
        ("en", "I don't get enough time.", "denial"),
        ("nl", "Natuurlijk voel ik me hier thuis.", "leading"),
        ("en", "Everyone helps each other here.", "leading"),
        ("nl", "De organisatiedoelstellingen worden helder gecommuniceerd.", "difficult"),
        ("en", "Organisational restructuring necessitates communication.", "difficult"),
        ("nl", "Besluiten worden hier snel genomen.", "passive"),
        ("en", "Decisions were taken quickly.", "passive"),
        (
            "en",
            "My work gives me time to do the things that I like to do on most of the days of the week.",
            "long",
        ),
        (
            "de",
            "Ich habe an den meisten Tagen der Woche genug Zeit, um die Arbeit zu tun, die mir gefällt.",
            "long",
        ),
    ],
)
def test_a_text_that_is_hard_to_answer_gets_a_hint(language: str, text: str, kind: str) -> None:
    assert kind in kinds(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nl", "Ik werk hier graag."),
        ("en", "I like working here."),
        ("nl", "De samenwerking tussen mijn team en andere teams loopt goed."),
        ("en", "The work between my team and other teams goes well."),
        ("nl", "Ik weet of mijn werk goed is."),
        ("nl", "Ik kan hier groeien."),
        ("en", ""),
    ],
)
def test_a_plain_text_gets_none(language: str, text: str) -> None:
    assert kinds(text, language) == set()


def test_a_denial_in_a_turned_question_is_said_in_other_words() -> None:
    [plain] = hints_on("Ik krijg geen hulp.", "nl")
    [turned] = hints_on("Ik krijg geen hulp.", "nl", turned=True)
    assert plain.text != turned.text


def test_an_open_question_may_join_two_things() -> None:
    assert kinds("Wat gaat goed en wat kan beter?", "nl", is_open=True) == set()


def test_the_shared_bank_gets_hardly_any() -> None:
    found = [
        hint
        for question in load_bank().questions
        for hints in hints_by_language(
            {"nl": question.text_nl, "en": question.text_en},
            turned=question.reversed,
            is_open=question.kind == "open",
        ).values()
        for hint in hints
    ]
    assert {hint.kind for hint in found} <= {"passive"}
    assert len(found) <= 5


@pytest.mark.django_db
def test_the_checks_of_a_cycle_name_hints_on_one_s_own_questions_and_block_nothing() -> None:
    made = city({"City": 20})
    now = datetime(2026, 2, 20, tzinfo=UTC)
    own = create_question(made.organisation, draft=draft("Mijn werk is leuk en zinvol."), by=None, now=now)
    cycle = made.draft(questions=[own])
    found = [check for check in checks(outlook(cycle, now=now), now=now) if "Two ideas" in check.text]
    assert [check.blocking for check in found] == [False]
    assert str(own) in found[0].text
