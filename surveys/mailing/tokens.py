"""The secret of a personal link. It stands in the mail only; the database keeps its hash.

Links are looked up by the hash alone: comparing hashes takes no time that tells anything about a token.
"""

import hashlib
import secrets


def new_token() -> str:
    """192 random bits, as 32 characters that are safe in a URL."""
    return secrets.token_urlsafe(24)


def token_hash(token: str) -> bytes:
    """SHA-256. A plain hash will do: there is nothing to guess in a random token, so nothing to slow down."""
    return hashlib.sha256(token.encode()).digest()
