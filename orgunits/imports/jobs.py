"""Telling a worker that there is something to do. The rows say so too: the tick finds what nobody began."""

from __future__ import annotations

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from orgunits.models import ImportRun

log = logging.getLogger(__name__)

TASK = "orgunits.tasks.go_on_with_imports"


def start_soon(run: ImportRun) -> None:
    transaction.on_commit(lambda: tell(run.pk))


def tell(run_id: int) -> None:
    try:
        current_app.send_task(TASK, retry=False, ignore_result=True)
    except OperationalError:
        log.warning("No queue: import %s waits for the next tick.", run_id)
