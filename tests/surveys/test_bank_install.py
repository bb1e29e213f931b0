from dataclasses import replace
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import DjangoAssertNumQueries

from surveys.bank import load_bank
from surveys.bank.install import install_bank
from surveys.bank.rows import all_questions
from surveys.models import Question, Theme
from tests.waves import open_wave

from .factories import city

pytestmark = pytest.mark.django_db

BANK = load_bank()


def shared_codes() -> set[str]:
    return set(Question.objects.filter(organisation=None).values_list("code", flat=True))


def test_after_migrate_the_whole_bank_is_there() -> None:
    assert shared_codes() == {question.code for question in BANK.questions}
    assert Theme.objects.filter(organisation=None).count() == len(BANK.themes)


def test_installing_again_changes_nothing_and_takes_few_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    before = list(Question.objects.order_by("pk").values())
    with django_assert_num_queries(5):  # three, in a savepoint
        install_bank(BANK)
    assert list(Question.objects.order_by("pk").values()) == before


def test_an_improved_text_replaces_the_old_one_in_the_same_row() -> None:
    old = Question.objects.get(organisation=None, code="energy_1")
    improved = replace(next(one for one in BANK.questions if one.code == "energy_1"), text_en="Better.")
    install_bank(replace(BANK, questions=(improved,)))
    assert Question.objects.get(pk=old.pk).text_en == "Better."


def asked(question: Question) -> None:
    """Some wave of some organisation asked it."""
    built = open_wave({"City": 6})
    built.wave.questions.filter(position=0).update(question=question)


def improved(code: str, **changes: Any) -> None:
    rows = [replace(one, **changes) for one in BANK.questions if one.code == code]
    install_bank(replace(BANK, questions=tuple(rows)))


def test_a_question_that_a_wave_asked_is_never_changed_but_gets_a_successor() -> None:
    old = Question.objects.get(organisation=None, code="energy_1")
    asked(old)
    before = old.text_en
    improved("energy_1", text_en="Better.")
    old.refresh_from_db()
    assert (old.text_en, old.retired_at is not None) == (before, True)
    [new] = all_questions().filter(organisation=None, code="energy_1", retired_at=None)
    assert (new.text_en, new.predecessor, new.version, new.is_equivalent) == ("Better.", old, 2, True)


def test_a_successor_on_another_scale_is_not_the_same_line() -> None:
    old = Question.objects.get(organisation=None, code="energy_1")
    asked(old)
    improved("energy_1", kind="scale", points=11)
    new = all_questions().get(organisation=None, code="energy_1", retired_at=None)
    assert new.predecessor == old
    assert not new.is_equivalent


def test_installing_twice_after_a_successor_changes_nothing_more() -> None:
    asked(Question.objects.get(organisation=None, code="energy_1"))
    improved("energy_1", text_en="Better.")
    improved("energy_1", text_en="Better.")
    assert Question.objects.filter(organisation=None, code="energy_1").count() == 2


def test_a_language_that_is_added_makes_no_successor() -> None:
    old = Question.objects.get(organisation=None, code="energy_1")
    asked(old)
    improved("energy_1", other_languages={"de": "Meine Arbeit gibt mir Energie."})
    old.refresh_from_db()
    assert old.retired_at is None
    assert old.other_languages == {"de": "Meine Arbeit gibt mir Energie."}


def test_a_question_that_left_the_bank_stays_for_the_waves_that_asked_it() -> None:
    install_bank(replace(BANK, questions=BANK.questions[1:]))
    assert BANK.questions[0].code in shared_codes()


def test_questions_of_an_organisation_with_the_same_code_are_left_alone() -> None:
    [own] = city().questions(1, code="energy_1", text_en="Our own text.")
    install_bank(BANK)
    own.refresh_from_db()
    assert own.text_en == "Our own text."


def test_migrating_twice_is_harmless() -> None:
    call_command("migrate", verbosity=0)
    assert len(shared_codes()) == len(BANK.questions)


@pytest.mark.django_db(transaction=True)
def test_emptying_the_database_brings_the_bank_back() -> None:
    city({"City": 3}).active()
    call_command("flush", verbosity=0, interactive=False)
    assert len(shared_codes()) == len(BANK.questions)
