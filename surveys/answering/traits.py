"""Traits of someone who answered, kept beside the answer until closing, for filters: sealed.

Age, contract and place together are often one person, and stand with the invitation as well. So beside an
answer they are encrypted, under a key that is not in the database, in the same length for all of a wave.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection

from surveys.answering.keys import derived_key
from surveys.models import Wave

NONCE = 12
STEP = 256  # of lengths


def sealer(wave: Wave) -> Callable[[Mapping[str, str]], bytes]:
    """Raises LostKeyError."""
    cipher, least = _cipher(wave), longest(wave.pk)

    def seal(traits: Mapping[str, str]) -> bytes:
        plain = json.dumps(traits, ensure_ascii=False).encode()
        nonce = os.urandom(NONCE)
        return nonce + cipher.encrypt(nonce, plain.ljust(_whole_steps(max(len(plain), least))), None)

    return seal


@lru_cache(maxsize=512)
def longest(wave_id: int) -> int:
    """Bytes of the traits of whoever has most of them. Who is added to a journey later may have more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(octet_length(bands::text)) FROM surveys_invitation WHERE wave_id = %s", [wave_id]
        )
        return int(cursor.fetchone()[0] or 0)


def _whole_steps(length: int) -> int:
    return -(-length // STEP) * STEP


def opener(wave: Wave) -> Callable[[bytes], dict[str, str]]:
    """Raises LostKeyError."""
    cipher = _cipher(wave)

    def unseal(sealed: bytes) -> dict[str, str]:
        plain: dict[str, str] = json.loads(cipher.decrypt(sealed[:NONCE], sealed[NONCE:], None))
        return plain

    return unseal


def _cipher(wave: Wave) -> AESGCM:
    return AESGCM(derived_key(wave.key_name, purpose="traits"))
