"""Days on the pages about figures."""

from datetime import date

from django.utils.translation import gettext_noop

from accounts import days


def in_words(day: date) -> str:
    return days.in_words(day, gettext_noop("j F Y"))


def in_short(day: date) -> str:
    """The same with the month in three letters."""
    return days.in_words(day, gettext_noop("j M Y"))
