from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from django.db import connection

from surveys.models import Invitation, Wave


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
    content = [
        {"invitation": one.invitation_id, "scores": one.scores, "comments": one.comments} for one in answers
    ]
    day = now.astimezone(wave.organisation.zone).date()
    with connection.cursor() as cursor:
        cursor.execute(
            SEAL,
            {
                "answers": json.dumps(content),
                "number": len(answers),
                "wave": wave.pk,
                "now": now,
                "day": day,
            },
        )
        return int(cursor.rowcount)


# One statement, so one trip to the server and one transaction, for one person as for thousands. LIMIT and
# CASE lead PostgreSQL to the rows by their key: the one tells how many answers come, the other keeps it from
# going through all of a wave, which it takes for a small one while its statistics do not know it.
SEAL = """
    WITH answer AS (
        SELECT DISTINCT ON (invitation) invitation, scores, comments
        FROM (
            SELECT * FROM jsonb_to_recordset(%(answers)s)
                AS answer (invitation bigint, scores smallint[], comments jsonb)
            LIMIT %(number)s
        ) given
    ), wave AS (
        SELECT id, organisation_id FROM surveys_wave
        WHERE id = %(wave)s AND state = 'open' AND closes_at > %(now)s
        FOR KEY SHARE
    ), marked AS (
        UPDATE surveys_invitation SET answered = true, answered_on = %(day)s
        FROM wave, answer
        WHERE surveys_invitation.id = answer.invitation
            AND CASE WHEN surveys_invitation.wave_id = wave.id THEN NOT surveys_invitation.answered END
            AND (surveys_invitation.closes_at IS NULL OR surveys_invitation.closes_at > %(now)s)
        RETURNING wave.organisation_id, wave.id, unit_id, bands, scores, comments
    )
    INSERT INTO surveys_submission (id, organisation_id, wave_id, unit_id, bands, scores, comments)
    SELECT gen_random_uuid(), * FROM marked
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
    answered: bool
    on_paper: bool
    wave: Wave


def look_up(token_hash: bytes, *, now: datetime) -> Invited | None:
    """The holder of a link into a wave that takes answers; one query, by the hash alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT invitation.id, invitation.unit_id, invitation.language, invitation.answered,
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
    invitation_id, unit_id, language, answered, on_paper, *wave = row
    return Invited(invitation_id, unit_id, language, answered, on_paper, _wave(*wave))


@lru_cache(maxsize=512)
def _wave(wave_id: int, opened_at: datetime, closes_at: datetime) -> Wave:
    """Kept in memory: but for the times, nothing that the page shows of a wave changes while it is open.

    It closes when it does for the person who answers.
    """
    wave = Wave.objects.select_related("organisation").get(pk=wave_id)
    wave.closes_at = closes_at
    return wave
