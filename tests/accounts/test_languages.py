"""A text is shown in the reader's language, or else in the nearest one that it has."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from pytest_django import Settings

from accounts.languages import best_text, check_language, closest, other_languages, spoken

TEXTS = {"en": "Hello", "nl": "Hallo", "de": "Guten Tag", "fr": ""}


@pytest.mark.parametrize(
    ("language", "text"),
    [("nl", "Hallo"), ("de-at", "Guten Tag"), ("fr", "Hello"), ("fy", "Hello")],
)
def test_the_nearest_language_is_used(language: str, text: str) -> None:
    assert best_text(TEXTS, language) == text


def test_the_language_in_use_is_the_default() -> None:
    with translation.override("nl"):
        assert best_text(TEXTS) == "Hallo"


def test_without_english_any_text_is_better_than_none() -> None:
    assert best_text({"de": "Guten Tag"}, "nl") == "Guten Tag"
    assert best_text({}, "nl") == ""


THREE = [("nl", "Nederlands"), ("en", "English"), ("de", "Deutsch")]


def test_a_switch_leads_to_every_other_language_or_to_those_that_are_named(settings: Settings) -> None:
    settings.LANGUAGES = THREE
    assert other_languages("en") == ["nl", "de"]
    assert other_languages("en", ["de", "en"]) == ["de"]
    assert other_languages("en", ["en"]) == []


@pytest.mark.parametrize(
    ("written", "code"), [("NL", "nl"), ("nl_BE", "nl"), (" en-gb ", "en"), ("fy", None), ("x" * 600, None)]
)
def test_a_code_is_read_as_personnel_systems_write_it(written: str, code: str | None) -> None:
    assert closest(written) == code


def test_the_first_code_that_is_offered_is_spoken() -> None:
    assert spoken("fy", "en", "nl") == "en"
    assert spoken("fy", "") == "nl"


def test_a_table_takes_no_language_that_is_not_offered() -> None:
    check_language("en")
    with pytest.raises(ValidationError, match="nl, en"):
        check_language("fy")
