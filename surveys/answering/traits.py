"""Traits of someone who answered, kept beside the answer until closing, for filters: sealed.

Age, contract and place together are often one person, and stand with the invitation as well. So beside an
answer they are encrypted, under a key that is not in the database, in the same length for all.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from surveys.answering.keys import derived_key
from surveys.models import Wave

NONCE = 12
LENGTH = 256  # or a multiple of it


def sealer(wave: Wave) -> Callable[[Mapping[str, str]], bytes]:
    """Raises LostKeyError."""
    cipher = _cipher(wave)

    def seal(traits: Mapping[str, str]) -> bytes:
        plain = json.dumps(traits).encode()
        nonce = os.urandom(NONCE)
        return nonce + cipher.encrypt(nonce, plain.ljust(-(-len(plain) // LENGTH) * LENGTH), None)

    return seal


def opener(wave: Wave) -> Callable[[bytes], dict[str, str]]:
    """Raises LostKeyError."""
    cipher = _cipher(wave)

    def unseal(sealed: bytes) -> dict[str, str]:
        plain: dict[str, str] = json.loads(cipher.decrypt(sealed[:NONCE], sealed[NONCE:], None))
        return plain

    return unseal


def _cipher(wave: Wave) -> AESGCM:
    return AESGCM(derived_key(wave.key_name, purpose="traits"))
