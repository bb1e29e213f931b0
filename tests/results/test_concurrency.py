"""Answering, mixing and closing at the same time, on real connections."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import TypeVar

import pytest
from django.db import connection, connections, transaction

from accounts.audit import record
from orgunits.models import OrgUnit
from orgunits.tree import lock_tree
from results.mixing import mix
from results.models import Participation, Release, Response
from results.services import close_wave
from surveys.answering.services import Answers, submit
from surveys.models import Submission, Ticket, Wave
from surveys.waves.services import stop_accepting
from tests.processes import wait_until
from tests.waves import OPENED, OpenWave, open_wave

pytestmark = pytest.mark.django_db(transaction=True)

AFTER = OPENED + timedelta(days=8)
T = TypeVar("T")


def in_thread(pool: ThreadPoolExecutor, work: Callable[[], T]) -> Callable[[], T]:
    """Start work on a connection of its own; call what comes back for its outcome."""

    def run() -> T:
        try:
            return work()
        finally:
            connections.close_all()

    return pool.submit(run).result


def close(built: OpenWave) -> object:
    stop_accepting(built.wave.pk, now=AFTER)
    return close_wave(built.wave.pk, now=AFTER)


def test_closing_waits_for_an_answer_that_came_in_time() -> None:
    built = open_wave({"City": 8})
    built.answer("City", [(1, 2), (3, 4), (2, 2), (5, 5)])
    last = built.invitations["City"][7]
    inside, let_go = Event(), Event()

    def slow_answer() -> int:
        with transaction.atomic():
            accepted = submit(built.wave, [Answers(last.pk, [5, 5])], now=OPENED)
            inside.set()
            assert let_go.wait(10)
            return accepted

    with ThreadPoolExecutor(2) as pool:
        answering = in_thread(pool, slow_answer)
        assert inside.wait(10)
        closing = in_thread(pool, lambda: close(built))
        let_go.set()
        assert answering() == 1
        closing()
    assert Participation.objects.get().answered == Response.objects.count() == 5
    assert Release.objects.first().n == 5  # type: ignore[union-attr]


def test_an_answer_during_closing_is_refused_and_not_half_recorded() -> None:
    built = open_wave({"City": 8})
    first = built.invitations["City"][0]
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            stop_accepting(built.wave.pk, now=AFTER)
            late = in_thread(pool, lambda: submit(built.wave, [Answers(first.pk, [5, 5])], now=OPENED))
        assert late() == 0
    assert not Ticket.objects.exists()
    assert not Submission.objects.exists()


def test_two_closings_at_once_release_each_figure_once() -> None:
    built = open_wave({"City": 30})
    built.answer("City", [(1 + one % 5, 1 + one % 4) for one in range(30)])
    stop_accepting(built.wave.pk, now=AFTER)
    with ThreadPoolExecutor(3) as pool:
        closings = [in_thread(pool, lambda: close_wave(built.wave.pk, now=AFTER)) for _ in range(3)]
        assert sum(closing() is not None for closing in closings) == 1
    assert Release.objects.count() == 2
    assert Wave.objects.get().state == Wave.State.CLOSED


def test_closing_goes_on_while_others_in_the_organisation_write() -> None:
    built = open_wave({"City": 8})
    built.answer("City", [(1, 2), (3, 4), (2, 2), (5, 5), (4, 1)])
    organisation = built.wave.organisation
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        record(organisation, "report.ordered", by=None, now=OPENED)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # which locks what is referred to, as at its end
        assert in_thread(pool, lambda: close(built))() is not None


def test_closing_and_an_import_that_moves_units_do_not_block_each_other_halfway() -> None:
    built = open_wave({"City": 6, "City/Care": 6, "City/Roads": 6})
    for unit in ("City", "City/Care", "City/Roads"):
        built.answer(unit, [(1, 2), (3, 4), (2, 2), (5, 5), (4, 1)])
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            lock_tree(built.wave.organisation)
            rename_path("Roads", "x")
            closing = in_thread(pool, lambda: close(built))
            wait_until(someone_waits, what="closing")
            rename_path("Care", "y")
            rename_path("City", "z")
        assert closing() is not None
    assert Release.objects.count() == 6


def rename_path(unit: str, path: str) -> None:
    """As a move does: what refers to the unit must wait."""
    OrgUnit.objects.filter(name=unit).update(path=path)


def someone_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_mixing_at_once_moves_each_answer_once() -> None:
    built = open_wave({"City": 40})
    built.answer("City", [(1 + one % 5, None) for one in range(40)])
    with ThreadPoolExecutor(4) as pool:
        mixers = [in_thread(pool, lambda: mix(built.wave.pk)) for _ in range(4)]
        assert sum(mixer() for mixer in mixers) == 40
    assert Response.objects.count() == 40
    assert not Submission.objects.exists()


def test_many_people_sending_the_same_link_at_once_count_once() -> None:
    built = open_wave({"City": 5})
    first = built.invitations["City"][0]
    with ThreadPoolExecutor(8) as pool:
        sent = [
            in_thread(pool, lambda: submit(built.wave, [Answers(first.pk, [3, 3])], now=OPENED))
            for _ in range(8)
        ]
        assert sum(one() for one in sent) == 1
    assert Submission.objects.count() == 1
