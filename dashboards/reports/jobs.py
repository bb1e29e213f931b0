"""Telling a worker that there is a report to make. The row says so too: the tick finds what nobody began."""

from __future__ import annotations

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from dashboards.models import ReportRun

log = logging.getLogger(__name__)

TASK = "dashboards.tasks.make_report"


def start_soon(run: ReportRun) -> None:
    transaction.on_commit(lambda: tell(run.pk))


def tell(run_id: int) -> None:
    try:
        current_app.send_task(TASK, args=[run_id], retry=False, ignore_result=True)
    except OperationalError:
        log.warning("No queue: report %s waits for the next tick.", run_id)
