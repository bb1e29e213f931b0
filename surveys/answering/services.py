from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection

from surveys.answering.groups import sealed_in
from surveys.answering.tickets import tickets_of
from surveys.answering.traits import sealer
from surveys.models import Invitation, Wave


@dataclass(frozen=True, slots=True)
class Answers:
    """What one invited person sent: a score or None by question position, and texts (see `Submission`)."""

    invitation_id: int
    scores: list[int | None]
    comments: dict[str, str] = field(default_factory=dict)


def submit(wave: Wave, answers: Sequence[Answers], *, now: datetime) -> int:
    """Seal the answers of those who did not answer before, all or none; the number accepted.

    Who answered before is passed over, so sending twice counts once. After closing nothing is accepted: the
    lock on the wave's row makes closing wait for those who came in time. Raises LostKeyError.
    """
    sealed = list(_sealed(wave, answers, now))
    with connection.cursor() as cursor:
        cursor.execute(
            SEAL,
            {
                "answers": json.dumps(sealed),
                "wave": wave.pk,
                "now": now,
                "day": now.astimezone(wave.organisation.zone).date(),
            },
        )
        return int(cursor.rowcount)


def _sealed(wave: Wave, answers: Sequence[Answers], now: datetime) -> Iterator[dict[str, Any]]:
    """With unit and traits in the place of the invitation, so no statement says who and what together."""
    with connection.cursor() as cursor:
        cursor.execute(STILL_ASKED, [[one.invitation_id for one in answers], wave.pk, now])
        people = {pk: (unit, json.loads(bands)) for pk, unit, bands in cursor.fetchall()}
    tickets, seal, together = tickets_of(wave, people), sealer(wave), sealed_in(wave)
    for one in answers:
        if found := people.pop(one.invitation_id, None):
            unit, bands = found
            yield {
                "ticket": tickets[one.invitation_id].hex(),
                "unit": together.get(unit, unit),
                "traits": seal(bands).hex(),
                "scores": one.scores,
                "comments": one.comments,
            }


STILL_ASKED = """
    SELECT id, unit_id, bands::text FROM surveys_invitation
    WHERE id = ANY(%s) AND wave_id = %s AND (closes_at IS NULL OR closes_at > %s)
"""
# One statement, so one transaction, for one person as for thousands.
SEAL = """
    WITH answer AS MATERIALIZED (
        SELECT decode(ticket, 'hex') AS ticket, unit, decode(traits, 'hex') AS traits, scores, comments
        FROM jsonb_to_recordset(%(answers)s)
            AS answer (ticket text, unit bigint, traits text, scores smallint[], comments jsonb)
    ), wave AS (
        SELECT id, organisation_id FROM surveys_wave
        WHERE id = %(wave)s AND state = 'open' AND closes_at > %(now)s
        FOR KEY SHARE
    ), first AS (
        INSERT INTO surveys_ticket (value, organisation_id, wave_id, unit_id, day)
        SELECT ticket, organisation_id, id, unit, %(day)s FROM answer, wave
        ON CONFLICT DO NOTHING
        RETURNING value, organisation_id, wave_id
    )
    INSERT INTO surveys_submission (id, organisation_id, wave_id, unit_id, traits, scores, comments)
    SELECT gen_random_uuid(), organisation_id, wave_id, unit, traits, scores, comments
    FROM answer JOIN first ON first.value = answer.ticket
"""


def stop_reminders(invitation_id: int) -> None:
    """No more reminders in this wave; a waiting one is called off just before it would be sent."""
    Invitation.objects.filter(pk=invitation_id).update(reminders_stopped=True)


@dataclass(frozen=True, slots=True)
class Invited:
    """Who holds a link, as far as the answering page needs to know.

    `on_paper`: someone else may hold a link to this invitation, so nothing may show whether one was used. HR
    prints letters, and can send a mail once more to another address.
    """

    invitation_id: int
    unit_id: int
    language: str
    on_paper: bool
    wave: Wave


def look_up(token_hash: bytes, *, now: datetime) -> Invited | None:
    """The holder of a link into a wave that takes answers; one query, by the hash alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT invitation.id, invitation.unit_id, invitation.language,
                   way.again OR EXISTS (SELECT FROM surveys_link WHERE invitation_id = invitation.id),
                   wave.id, wave.opened_at,
                   COALESCE(invitation.closes_at, wave.closes_at)
            FROM (
                SELECT invitation_id, wave_id, again FROM surveys_mail WHERE token_hash = %s
                UNION ALL
                SELECT invitation_id, wave_id, true FROM surveys_link WHERE token_hash = %s
            ) way
            JOIN surveys_invitation invitation ON invitation.id = way.invitation_id
            JOIN surveys_wave wave ON wave.id = way.wave_id
            WHERE wave.state = 'open' AND wave.closes_at > %s
              AND COALESCE(invitation.closes_at, wave.closes_at) > %s
            """,
            [token_hash, token_hash, now, now],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    invitation_id, unit_id, language, on_paper, *wave = row
    return Invited(invitation_id, unit_id, language, on_paper, _wave(*wave))


@lru_cache(maxsize=512)
def _wave(wave_id: int, opened_at: datetime, closes_at: datetime) -> Wave:
    """Kept in memory: but for the times, nothing that the page shows of a wave changes while it is open.

    It closes when it does for the person who answers.
    """
    wave = Wave.objects.select_related("organisation").get(pk=wave_id)
    wave.closes_at = closes_at
    return wave
