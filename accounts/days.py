"""Days as a reader sees them. A page names the same few days many times, and so does the next page."""

from datetime import date
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext


def in_words(day: date, form: str) -> str:
    """As `date` writes it in a template; `form`, such as `gettext_noop("j F Y")`, has one per language."""
    return _in_words(day, form, get_language())


@lru_cache(maxsize=4096)
def _in_words(day: date, form: str, _language: str | None) -> str:
    return date_format(day, gettext(form))
