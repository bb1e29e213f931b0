"""What messages are signed with: 256 random bits, shown once, and sealed in the database.

So a copy of the database signs nothing.
"""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime

from cryptography.fernet import InvalidToken
from standardwebhooks import Webhook as Signer

from accounts.sealing import cipher

PURPOSE = "accounts.webhooks.secrets"
PREFIX = "whsec_"  # as the Standard Webhooks specification has it; scanners for leaked secrets know it


def new_secret() -> str:
    return PREFIX + b64encode(secrets.token_bytes(32)).decode()


def seal(secret: str, *, webhook: int) -> bytes:
    """`webhook`: its number; each has a key of its own."""
    return cipher(PURPOSE, webhook).encrypt(secret.encode())


def signature(sealed: Iterable[bytes], *, webhook: int, message: str, now: datetime, body: str) -> str:
    """By each of these secrets, with a space between: a receiver that knows one of them is content.

    Empty when none of them opens: the key that they were sealed under is gone.
    """
    moment = now.astimezone(UTC)  # the library takes any time for UTC
    return " ".join(Signer(one).sign(message, moment, body) for one in _opened(sealed, webhook))


def _opened(sealed: Iterable[bytes], webhook: int) -> Iterator[str]:
    seals = cipher(PURPOSE, webhook)
    for one in sealed:
        with suppress(InvalidToken):
            yield seals.decrypt(one).decode()
