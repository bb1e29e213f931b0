from dataclasses import replace

import pytest
from django.core.management import call_command
from pytest_django import DjangoAssertNumQueries

from surveys.bank import load_bank
from surveys.bank.install import install_bank
from surveys.models import Question, Theme

from .factories import city

pytestmark = pytest.mark.django_db

BANK = load_bank()


def shared_codes() -> set[str]:
    return set(Question.objects.filter(organisation=None).values_list("code", flat=True))


def test_after_migrate_the_whole_bank_is_there() -> None:
    assert shared_codes() == {question.code for question in BANK.questions}
    assert Theme.objects.filter(organisation=None).count() == len(BANK.themes)


def test_installing_again_changes_nothing_and_takes_two_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    before = list(Question.objects.order_by("pk").values())
    with django_assert_num_queries(4):  # the two, in a savepoint
        install_bank(BANK)
    assert list(Question.objects.order_by("pk").values()) == before


def test_an_improved_text_replaces_the_old_one_in_the_same_row() -> None:
    old = Question.objects.get(organisation=None, code="energy_1")
    improved = replace(next(one for one in BANK.questions if one.code == "energy_1"), text_en="Better.")
    install_bank(replace(BANK, questions=(improved,)))
    assert Question.objects.get(pk=old.pk).text_en == "Better."


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
