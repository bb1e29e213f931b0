"""Days as a reader sees them."""

from datetime import date
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _


def in_words(day: date) -> str:
    """As `date:_("j F Y")` writes it. The waves on a page have the same few days, each named many times."""
    return _in_words(day, get_language())


@lru_cache(maxsize=1024)
def _in_words(day: date, _language: str | None) -> str:
    return date_format(day, _("j F Y"))


def in_short(day: date) -> str:
    """The same with the month in three letters."""
    return _in_short(day, get_language())


@lru_cache(maxsize=1024)
def _in_short(day: date, _language: str | None) -> str:
    return date_format(day, _("j M Y"))
