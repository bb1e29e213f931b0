"""Telling a worker that there is something to do, once what it is about has been committed."""

from __future__ import annotations

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def tell_a_worker(task: str, *about: int) -> None:
    transaction.on_commit(lambda: _send(task, about))


def _send(task: str, about: tuple[int, ...]) -> None:
    try:
        current_app.send_task(task, args=about, retry=False, ignore_result=True)
    except OperationalError:
        log.warning("No queue: nobody was told of %s%s.", task, about)
