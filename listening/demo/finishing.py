"""Closing and judging waves while the next are being filled, as a machine has two processors."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection

from django.db import connection

from listening.replay.engine import ReplayError
from results.services import close_wave
from results.verdicts import audit_wave
from surveys.models import Wave

Give = Callable[[Wave], None]
Finishing = Callable[[], AbstractContextManager[Give]]


@contextmanager
def finish_beside() -> Iterator[Give]:
    """Another process closes the waves that it is given. Whichever has time judges them."""
    connection.close()  # each process makes its own
    processes = get_context("fork")
    receiver, sender = processes.Pipe(duplex=False)
    process = processes.Process(target=_close_all, args=(receiver, sender), daemon=True)
    process.start()
    receiver.close()
    given: list[int] = []

    def give(wave: Wave) -> None:
        given.append(wave.pk)
        sender.send(wave.pk)

    with sender:
        yield give
    _judge_all(given)
    process.join()
    if process.exitcode:
        raise ReplayError("A wave could not be closed; the reason stands above.")


def _close_all(receiver: Connection, sender: Connection) -> None:
    """Until the other process closes its end, or is gone."""
    sender.close()
    given: list[int] = []
    with suppress(EOFError):
        while True:
            given.append(receiver.recv())
            _close(given[-1])
    _judge_all(given)


@contextmanager
def finish_here() -> Iterator[Give]:
    given: list[int] = []
    yield lambda wave: given.append(wave.pk)
    for wave_id in given:
        _close(wave_id)
    _judge_all(given)


# Elsewhere, what a process has loaded may not survive being forked.
beside_where_possible: Finishing = finish_beside if sys.platform == "linux" else finish_here


def _close(wave_id: int) -> None:
    close_wave(wave_id, now=Wave.objects.get(pk=wave_id).closes_at)


def _judge_all(wave_ids: Iterable[int]) -> None:
    """Those that are closed by now and that nobody else is at."""
    for wave in Wave.objects.filter(pk__in=wave_ids).order_by("pk"):
        audit_wave(wave.pk, now=wave.closes_at)
