"""A reminder goes to who has not answered, so once a wave is over nothing tells who got one."""

from __future__ import annotations

from django.db import connection

from surveys.models import Wave

# For each kind of reminder everyone who was invited by mail gets a link: who was reminded the one in that
# mail, and the others one that nobody has. All are written together, in an order by chance.
FORGET = """
    WITH reminders AS (
        DELETE FROM surveys_mail WHERE wave_id = %(wave)s AND kind <> 'invitation'
        RETURNING invitation_id, kind, token_hash
    )
    INSERT INTO surveys_link (organisation_id, wave_id, invitation_id, token_hash)
    SELECT invited.organisation_id, invited.wave_id, invited.invitation_id,
           COALESCE(reminders.token_hash, sha256(uuid_send(gen_random_uuid())))
    FROM surveys_mail invited
    CROSS JOIN (SELECT DISTINCT kind FROM reminders) sent
    LEFT JOIN reminders ON reminders.invitation_id = invited.invitation_id AND reminders.kind = sent.kind
    WHERE invited.wave_id = %(wave)s AND invited.kind = 'invitation'
    ORDER BY random()
"""


def forget_who_was_reminded(wave: Wave) -> None:
    """The links in reminders go on opening results."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, {"wave": wave.pk})
