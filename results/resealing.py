"""Sealed answers that wait for more of their group are written anew, and tell their transaction no longer.

An answer and its ticket are put in by one transaction, whose number PostgreSQL keeps with both rows (`xmin`).
Whoever held the key as well could relate them. So each time that answers are mixed, those that must wait get
new ids, one transaction and an order by chance (docs/decisions/0039-nothing-marks-who-answered.md).
"""

from __future__ import annotations

from django.db import connection, transaction

from results.mixing import only_mixer
from surveys.models import Wave

SEAL_AGAIN = """
    WITH told_apart AS (
        SELECT unit_id FROM surveys_submission WHERE wave_id = %(wave)s
        GROUP BY unit_id HAVING count(DISTINCT xmin::text) > 1
        UNION
        SELECT submission.unit_id FROM surveys_submission submission
        JOIN surveys_ticket ticket ON ticket.wave_id = submission.wave_id AND ticket.xmin = submission.xmin
        WHERE submission.wave_id = %(wave)s
    ), sealed AS (
        DELETE FROM surveys_submission
        WHERE wave_id = %(wave)s AND unit_id IN (SELECT unit_id FROM told_apart)
        RETURNING organisation_id, wave_id, unit_id, traits, scores, comments
    )
    INSERT INTO surveys_submission (id, organisation_id, wave_id, unit_id, traits, scores, comments)
    SELECT gen_random_uuid(), * FROM sealed ORDER BY random()
"""


def seal_again(wave_id: int) -> int:
    """The number of answers written anew; none where that was done since the last of the group came in."""
    with transaction.atomic():
        if not only_mixer(wave_id) or not Wave.objects.open().filter(pk=wave_id).exists():
            return 0
        with connection.cursor() as cursor:
            cursor.execute(SEAL_AGAIN, {"wave": wave_id})
            return int(cursor.rowcount)
