"""A mail to whoever asked for a long import, once it is done: they need not wait with the page open.

It goes after the step has been written down, by the worker that took it. One that dies in between sends
nothing, and nobody gets it twice.
"""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from orgunits.models import ImportRun

log = logging.getLogger(__name__)

LONG = 1000  # rows: fewer take seconds


def tell_who_asked(run: ImportRun) -> None:
    """By the sender of mails about the account, since this is about one's own work and not about a survey."""
    if run.asked_by is None or not run.asked_by.is_active or size(run) < LONG:
        return
    with translation.override(run.asked_by.language):
        message = message_about(run)
    try:
        message.send()
    except Exception as error:  # of any backend; the import is done, and its page says so too
        log.warning("No mail about import %s: %s", run.pk, type(error).__name__)


def size(run: ImportRun) -> int:
    return int(run.summary.get("people", 0) or run.summary.get("rows", 0))


def message_about(run: ImportRun) -> EmailMessage:
    context = {"run": run, "url": f"{settings.BASE_URL}{reverse('orgunits:import', args=[run.pk])}"}
    subject = render_to_string("orgunits/mail/import_done_subject.txt", context)
    text = render_to_string("orgunits/mail/import_done.txt", context)
    return EmailMessage(" ".join(subject.split()), text.strip() + "\n", to=[run.asked_by.email])  # type: ignore[union-attr]
