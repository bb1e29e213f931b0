"""The secret of a personal link. It stands in the mail only; the database keeps its hash."""

import hashlib
import hmac
import secrets


def new_token() -> str:
    """192 random bits, as 32 characters that are safe in a URL."""
    return secrets.token_urlsafe(24)


def token_hash(token: str) -> bytes:
    """SHA-256. A plain hash will do: there is nothing to guess in a random token, so nothing to slow down."""
    return hashlib.sha256(token.encode()).digest()


def is_token_of(token: str, stored_hash: bytes) -> bool:
    return hmac.compare_digest(token_hash(token), bytes(stored_hash))
