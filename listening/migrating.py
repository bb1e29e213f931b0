"""Bringing the tables up to date when several processes start at once."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection

MIGRATING = 0x6D696772  # the advisory lock, "migr" in ASCII


def migrate_once() -> None:
    """One process at a time migrates; those that waited for it then find nothing left to do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        try:
            call_command("migrate", interactive=False, verbosity=0)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])
