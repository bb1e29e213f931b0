"""Whom a personal link was sent to, as far as pages about a whole wave need to know."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.mailing.tokens import token_hash
from surveys.models import Link, Mail, Wave


@dataclass(frozen=True, slots=True)
class Holder:
    """Never whether they answered."""

    unit_id: int
    language: str
    wave: Wave


def holder_of(token: str) -> Holder | None:
    """Of a link into an open or a closed wave, by the hash alone."""
    hashed = token_hash(token)
    found = [
        ways.filter(token_hash=hashed).values_list("invitation__unit_id", "invitation__language", "wave_id")
        for ways in (Mail.objects.order_by(), Link.objects.order_by())
    ]
    row = next(iter(found[0].union(found[1], all=True)), None)
    if row is None:
        return None
    unit_id, language, wave_id = row
    wave = Wave.objects.select_related("organisation").get(pk=wave_id)
    return Holder(unit_id, language, wave)
