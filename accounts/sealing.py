"""Encryption of what lies in the database: whoever reads that, or a backup of it, cannot open it."""

from __future__ import annotations

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


def cipher(purpose: str, number: int) -> MultiFernet:
    """For one row. Its key follows from the installation's secret key; earlier ones open what they sealed."""
    secrets = settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS
    return MultiFernet([Fernet(_key(secret, purpose, number)) for secret in secrets])


def _key(secret: str, purpose: str, number: int) -> bytes:
    return urlsafe_b64encode(salted_hmac(purpose, str(number), secret=secret, algorithm="sha256").digest())
