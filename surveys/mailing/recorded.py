"""Mails that are replayed from a recording: they were sent long ago, by whoever recorded it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, QuerySet

from surveys.models import Mail


def count_as_sent(mails: QuerySet[Mail], *, now: datetime) -> int:
    """Settle those that wait without sending any; returns how many.

    They get no token, so they open no link.
    """
    waiting = mails.filter(state=Mail.State.DUE)
    return waiting.update(state=Mail.State.SENT, attempts=F("attempts") + 1, sent_at=now)
