"""A text is shown in the reader's language, or else in the nearest one that it has."""

import pytest
from django.utils import translation

from accounts.languages import best_text

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
