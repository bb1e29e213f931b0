"""A mail to whoever asked for a long import, once it is done: they need not wait with the page open.

It goes after the step has been written down, by the worker that took it. One that dies in between sends
nothing, and nobody gets it twice.
"""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from accounts.notices import send_notice
from orgunits.models import ImportRun

LONG = 1000  # rows: fewer take seconds


def tell_who_asked(run: ImportRun) -> None:
    """By the sender of mails about the account, since this is about one's own work and not about a survey."""
    if run.asked_by is None or not run.asked_by.is_active or size(run) < LONG:
        return
    context = {"run": run, "url": f"{settings.BASE_URL}{reverse('orgunits:import', args=[run.pk])}"}
    send_notice(run.asked_by, "orgunits/mail/import_done", context)


def size(run: ImportRun) -> int:
    return int(run.summary.get("people", 0) or run.summary.get("rows", 0))
