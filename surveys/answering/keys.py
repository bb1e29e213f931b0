"""Keys that are in no table: without one, nobody tells by the database who answered, or who has which traits.

A wave keeps to the key that it was opened with, and names it. So whatever becomes of `SECRET_KEY`, of two
answers of one person the database refuses the second (docs/decisions/0039-nothing-marks-who-answered.md).
"""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.crypto import salted_hmac

NAME_LENGTH = 16


class LostKeyError(ImproperlyConfigured):
    """The key that a wave was opened with is not among those of this installation."""


def current_key_name() -> str:
    return _name(settings.SECRET_KEY)


def known_names() -> list[str]:
    return [_name(secret) for secret in _secrets()]


def _secrets() -> tuple[str, ...]:
    return settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS


def derived_key(name: str, *, purpose: str) -> bytes:
    """256 bits, from the secret of that name. Raises LostKeyError."""
    for secret in _secrets():
        if _name(secret) == name:
            return _derive(secret, purpose)
    raise LostKeyError(
        "A wave is open that began under another SECRET_KEY. Add the old one to SECRET_KEY_FALLBACKS until "
        "it has closed, or close it early: the answers that are in will count."
    )


def _name(secret: str) -> str:
    return _derive(secret, "name").hex()[:NAME_LENGTH]


@lru_cache(maxsize=64)
def _derive(secret: str, purpose: str) -> bytes:
    return bytes(salted_hmac("surveys.answering.keys", purpose, secret=secret, algorithm="sha256").digest())
