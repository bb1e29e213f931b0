from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import uuid4

from django.db import connection, transaction

from accounts.copying import copy_rows
from surveys.models import Invitation, Submission, Wave


@dataclass(frozen=True, slots=True)
class Answers:
    """What one invited person sent: a score or None by question position, and texts (see `Submission`)."""

    invitation_id: int
    scores: list[int | None]
    comments: dict[str, str] = field(default_factory=dict)


def submit(wave: Wave, answers: Sequence[Answers], *, now: datetime) -> int:
    """Seal the answers and mark their invitations as answered, all or none; the number accepted.

    An invitation that was answered before is passed over, so sending twice counts once. After closing nothing
    is accepted: the lock on the wave's row makes closing wait for those who came in time.
    """
    with transaction.atomic():
        if not _takes_answers(wave, now):
            return 0
        places = _mark_answered(wave, [one.invitation_id for one in answers], now)
        accepted = [one for one in answers if one.invitation_id in places]
        copy_rows(Submission, SEALED_FIELDS, _sealed(wave, accepted, places))
    return len(accepted)


def _takes_answers(wave: Wave, now: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state = 'open' AND closes_at > %s FROM surveys_wave WHERE id = %s FOR KEY SHARE",
            [now, wave.pk],
        )
        row = cursor.fetchone()
        return bool(row and row[0])


Place = tuple[int, dict[str, str]]


def _mark_answered(wave: Wave, invitation_ids: list[int], now: datetime) -> dict[int, Place]:
    """Unit and bands of the invitations that were not answered yet, by invitation."""
    day = now.astimezone(wave.organisation.zone).date()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE surveys_invitation SET answered = true, answered_on = %s
            WHERE id = ANY(%s) AND wave_id = %s AND NOT answered
            RETURNING id, unit_id, bands::text
            """,
            [day, invitation_ids, wave.pk],
        )
        return {pk: (unit_id, json.loads(bands)) for pk, unit_id, bands in cursor.fetchall()}


SEALED_FIELDS = ("id", "organisation", "wave", "unit", "bands", "scores", "comments")


def _sealed(wave: Wave, answers: Iterable[Answers], places: dict[int, Place]) -> Iterator[tuple[Any, ...]]:
    for one in answers:
        unit_id, bands = places[one.invitation_id]
        yield uuid4(), wave.organisation_id, wave.pk, unit_id, bands, one.scores, one.comments


def stop_reminders(invitation_id: int) -> None:
    """No more reminders in this wave; a waiting one is called off just before it would be sent."""
    Invitation.objects.filter(pk=invitation_id).update(reminders_stopped=True)


@dataclass(frozen=True, slots=True)
class Invited:
    """Who holds a link, as far as the answering page needs to know.

    `on_paper`: someone else printed the link, so nothing may show whether it was used.
    """

    invitation_id: int
    unit_id: int
    language: str
    answered: bool
    on_paper: bool
    wave: Wave


def look_up(token_hash: bytes, *, now: datetime) -> Invited | None:
    """The holder of a link into a wave that takes answers; one query, by the hash alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT invitation.id, invitation.unit_id, invitation.language, invitation.answered,
                   way.on_paper, wave.id, wave.opened_at, wave.closes_at
            FROM (
                SELECT invitation_id, wave_id, false AS on_paper FROM surveys_mail WHERE token_hash = %s
                UNION ALL
                SELECT invitation_id, wave_id, letter_run_id IS NOT NULL FROM surveys_link
                WHERE token_hash = %s
            ) way
            JOIN surveys_invitation invitation ON invitation.id = way.invitation_id
            JOIN surveys_wave wave ON wave.id = way.wave_id
            WHERE wave.state = 'open' AND wave.closes_at > %s
            """,
            [token_hash, token_hash, now],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    invitation_id, unit_id, language, answered, on_paper, *wave = row
    return Invited(invitation_id, unit_id, language, answered, on_paper, _wave(*wave))


@lru_cache(maxsize=512)
def _wave(wave_id: int, opened_at: datetime, closes_at: datetime) -> Wave:
    """Kept in memory: but for the times, nothing that the page shows of a wave changes while it is open."""
    return Wave.objects.select_related("organisation").get(pk=wave_id)
