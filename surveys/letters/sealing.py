"""Letters hold everyone's links, so a file of them lies encrypted until it is fetched."""

from __future__ import annotations

from accounts.sealing import cipher

PURPOSE = "surveys.letters.sealing"


def seal(content: bytes, *, number: int) -> bytes:
    """`number`: of the run, whose key is its own."""
    return cipher(PURPOSE, number).encrypt(content)


def unseal(sealed: bytes, *, number: int) -> bytes:
    return cipher(PURPOSE, number).decrypt(sealed)
