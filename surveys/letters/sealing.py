"""Letters hold everyone's links, so a file of them lies encrypted until it is fetched.

The key follows from the installation's secret key: whoever reads the database, or a backup, cannot open it.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet
from django.utils.crypto import salted_hmac


def seal(content: bytes, *, number: int) -> bytes:
    """`number`: of the run, whose key is its own."""
    return _cipher(number).encrypt(content)


def unseal(sealed: bytes, *, number: int) -> bytes:
    return _cipher(number).decrypt(sealed)


def _cipher(number: int) -> Fernet:
    key = salted_hmac("surveys.letters.sealing", str(number), algorithm="sha256").digest()
    return Fernet(urlsafe_b64encode(key))
