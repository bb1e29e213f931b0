"""Worker processes that can be killed, and ways to see where they are."""

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from accounts.models import Organisation
from tests import services
from tests.processes import wait_until

ROOT = Path(__file__).parents[3]
SEND = """
import sys, django
django.setup()
from datetime import datetime
from accounts.models import Organisation
from surveys.mailing.services import send_due_mail
send_due_mail(Organisation.objects.get(pk=sys.argv[1]), now=datetime.fromisoformat(sys.argv[2]))
"""


def start_worker(organisation: Organisation, now: datetime) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "listening.settings",
        "DATABASE_URL": services.folder.database_url(str(connection.settings_dict["NAME"])),
        "EMAIL_URL": f"smtp://{settings.EMAIL_HOST}:{settings.EMAIL_PORT}",
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-c", SEND, str(organisation.pk), now.isoformat()]
    return subprocess.Popen(command, cwd=ROOT, env=environment)


def backends_waiting_for_a_lock() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # inside a transaction it would show one moment
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return [pid for (pid,) in cursor.fetchall()]


def kill(worker: subprocess.Popen[bytes]) -> None:
    """At once, and also what it asked of the database but had no answer to, as if it had not got that far."""
    worker.kill()
    worker.wait()
    with connection.cursor() as cursor:
        for pid in backends_waiting_for_a_lock():
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    wait_until(lambda: not backends_waiting_for_a_lock(), what="the end of its connection")


def wait_until_blocked() -> None:
    wait_until(lambda: bool(backends_waiting_for_a_lock()), what="a worker waiting for a row")
