"""What messages are signed with: 256 random bits, shown once, and sealed in the database.

The key of the seal follows from the installation's secret key, so a copy of the database signs nothing. What
was sealed under an earlier one opens as long as that is in `SECRET_KEY_FALLBACKS`.
"""

from __future__ import annotations

import secrets
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac
from standardwebhooks import Webhook as Signer

PREFIX = "whsec_"  # as the Standard Webhooks specification has it; scanners for leaked secrets know it


def new_secret() -> str:
    return PREFIX + b64encode(secrets.token_bytes(32)).decode()


def seal(secret: str, *, webhook: int) -> bytes:
    """`webhook`: its number; each has a key of its own."""
    return _cipher(webhook).encrypt(secret.encode())


def signature(sealed: Iterable[bytes], *, webhook: int, message: str, now: datetime, body: str) -> str:
    """By each of these secrets, with a space between: a receiver that knows one of them is content.

    Empty when none of them opens: the key that they were sealed under is gone.
    """
    moment = now.astimezone(UTC)  # the library takes any time for UTC
    return " ".join(Signer(one).sign(message, moment, body) for one in _opened(sealed, webhook))


def _opened(sealed: Iterable[bytes], webhook: int) -> Iterator[str]:
    cipher = _cipher(webhook)
    for one in sealed:
        with suppress(InvalidToken):
            yield cipher.decrypt(one).decode()


def _cipher(number: int) -> MultiFernet:
    """Seals under the present key, and opens under each."""
    keys = (
        salted_hmac("accounts.webhooks.secrets", str(number), secret=secret, algorithm="sha256").digest()
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in keys])
