"""Which state of the ledger a page shows: a short text that changes when there is something new to see."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from surveys.models import Wave


@dataclass(frozen=True, slots=True)
class LedgerVersion:
    """`text`: opaque. `expects_more`: whether a wave is open, or closed and not shown yet."""

    text: str
    expects_more: bool


# Hundreds of open pages ask this three times a minute; as a QuerySet, most of the time went into its making.
VERSION = """
    SELECT
        (SELECT max(id) FROM results_waveverdict WHERE organisation_id = %(organisation)s),
        (
            SELECT max(release.id)
            FROM results_release release JOIN surveys_wave wave ON wave.id = release.wave_id
            WHERE release.organisation_id = %(organisation)s AND unit_id = %(unit)s AND state <> %(closed)s
        ),
        EXISTS (SELECT FROM surveys_wave WHERE organisation_id = %(organisation)s AND state <> %(closed)s)
        OR EXISTS (
            SELECT FROM surveys_wave wave
            WHERE organisation_id = %(organisation)s
            AND NOT EXISTS (SELECT FROM results_waveverdict WHERE wave_id = wave.id)
            AND EXISTS (SELECT FROM results_atom WHERE wave_id = wave.id)
        )
    FROM accounts_organisation WHERE id = %(organisation)s
"""


def ledger_version(organisation_id: int, unit_id: int) -> LedgerVersion | None:
    """One query. New are a verdict, which shows a closed wave, and a live figure of the unit.

    A unit has a new live figure whenever one of those below it has, so a page of many asks for the highest.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            VERSION, {"organisation": organisation_id, "unit": unit_id, "closed": Wave.State.CLOSED.value}
        )
        found = cursor.fetchone()
    if found is None:
        return None
    verdict, release, expects_more = found
    return LedgerVersion(f"{verdict or 0}-{release or 0}", expects_more)
