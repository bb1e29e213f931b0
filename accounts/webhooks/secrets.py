"""What messages are signed with: 256 random bits, shown once, and sealed in the database.

The key of the seal follows from the installation's secret key, so a copy of the database signs nothing.
"""

from __future__ import annotations

import secrets
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable
from datetime import UTC, datetime

from cryptography.fernet import Fernet
from django.utils.crypto import salted_hmac
from standardwebhooks import Webhook as Signer

PREFIX = "whsec_"  # as the Standard Webhooks specification has it; scanners for leaked secrets know it


def new_secret() -> str:
    return PREFIX + b64encode(secrets.token_bytes(32)).decode()


def seal(secret: str, *, webhook: int) -> bytes:
    """`webhook`: its number; each has a key of its own."""
    return _cipher(webhook).encrypt(secret.encode())


def signature(sealed: Iterable[bytes], *, webhook: int, message: str, now: datetime, body: str) -> str:
    """By each of these secrets, with a space between: a receiver that knows one of them is content."""
    cipher, moment = _cipher(webhook), now.astimezone(UTC)  # the library takes any time for UTC
    plain = (cipher.decrypt(one).decode() for one in sealed)
    return " ".join(Signer(one).sign(message, moment, body) for one in plain)


def _cipher(number: int) -> Fernet:
    key = salted_hmac("accounts.webhooks.secrets", str(number), algorithm="sha256").digest()
    return Fernet(urlsafe_b64encode(key))
