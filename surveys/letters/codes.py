"""The short code of a letter: ten characters to type, and the link that follows from it.

A code has 50 random bits. That is enough against guessing at the page, which counts wrong tries, but not
against trying all of them on a stolen database. So the database holds the hash of a token that follows from
the code with the installation's secret key, and the code itself nowhere.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode

from django.utils.crypto import salted_hmac

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
LENGTH = 10
MISREAD = str.maketrans("OIL", "011", " -\t\r\n.")
TOKEN_BYTES = 24


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def written(code: str) -> str:
    """In two groups, as it stands on paper: 4F7QK-0ZX9M."""
    half = LENGTH // 2
    return f"{code[:half]}-{code[half:]}"


def read_code(typed: str) -> str | None:
    """The code that someone typed, forgiving case, spaces and look-alikes; None when it cannot be one."""
    code = typed[:100].upper().translate(MISREAD)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def token_of(code: str) -> str:
    """The token of the letter's personal link; as long as that of a mail."""
    digest = salted_hmac("surveys.letters.codes", code, algorithm="sha256").digest()
    return urlsafe_b64encode(digest[:TOKEN_BYTES]).decode()
