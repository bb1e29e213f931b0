"""Mails of a wave that is replayed from a recording: they were sent long ago, by whoever recorded it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from surveys.models import Mail, Wave


def count_as_sent(wave: Wave, *, now: datetime) -> int:
    """Settle all waiting mails of the wave without sending any; returns how many.

    They get no token, so no link into the wave exists.
    """
    waiting = Mail.objects.filter(wave=wave, state=Mail.State.DUE)
    return waiting.update(state=Mail.State.SENT, attempts=F("attempts") + 1, sent_at=now)
