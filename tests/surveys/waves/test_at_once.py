"""What happens when two workers do the same at the same moment: real threads and real transactions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import AuditEvent
from surveys.answering.services import Answers, submit
from surveys.cycles.services import launch_cycle
from surveys.models import Invitation, Mail, Submission, Wave
from surveys.waves.services import open_due_waves, queue_due_reminders, stop_accepting

from ..factories import BEFORE, FIRST, city

pytestmark = pytest.mark.django_db(transaction=True)

WORKERS = 4
CLOSES = FIRST + timedelta(days=7)


def in_thread(work: Callable[[], Any]) -> Any:
    try:
        return work()
    finally:
        connection.close()


def at_once(work: Callable[[], Any], workers: int = WORKERS) -> list[Any]:
    barrier = Barrier(workers)

    def begin_together() -> Any:
        barrier.wait(timeout=10)
        return work()

    with ThreadPoolExecutor(workers) as pool:
        return [
            future.result() for future in [pool.submit(in_thread, begin_together) for _ in range(workers)]
        ]


def test_ticks_at_once_open_one_wave_and_invite_each_person_once() -> None:
    city({"City": 20}).active()
    assert sum(at_once(lambda: open_due_waves(FIRST))) == 1
    assert Wave.objects.count() == 1
    assert Invitation.objects.count() == 20
    assert Mail.objects.count() == 20
    assert not AuditEvent.objects.filter(action="wave.skipped").exists()


def test_ticks_at_once_share_the_cycles_that_are_due() -> None:
    made = city({"City": 5})
    for _ in range(6):
        made.active()
    assert sum(at_once(lambda: open_due_waves(FIRST))) == 6
    assert Wave.objects.values("cycle").distinct().count() == Wave.objects.count() == 6


def test_ticks_at_once_queue_one_reminder_a_person() -> None:
    city({"City": 20}).active(reminder_after_days=3)
    open_due_waves(FIRST)
    Mail.objects.update(state=Mail.State.SENT)
    assert sum(at_once(lambda: queue_due_reminders(FIRST + timedelta(days=3)))) == 20


def test_launching_in_two_tabs_at_once_launches_once() -> None:
    draft = city({"City": 5}).draft()
    at_once(lambda: launch_cycle(draft, by=None, now=BEFORE))
    assert AuditEvent.objects.filter(action="cycle.launched").count() == 1


def test_stopping_waits_for_an_answer_that_is_being_saved() -> None:
    city({"City": 1}).active()
    open_due_waves(FIRST)
    wave = Wave.objects.get()
    answers = [Answers(Invitation.objects.get().pk, [4, 4])]
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            submit(wave, answers, now=CLOSES - timedelta(seconds=1))
            stopping = pool.submit(in_thread, lambda: stop_accepting(wave.pk, now=CLOSES))
            with pytest.raises(TimeoutError):
                stopping.result(timeout=0.5)
        assert stopping.result(timeout=10).state == Wave.State.CLOSING
    assert Submission.objects.count() == 1


def test_after_stopping_no_answer_is_taken_even_with_a_clock_that_is_behind() -> None:
    city({"City": 1}).active()
    open_due_waves(FIRST)
    wave = Wave.objects.get()
    stop_accepting(wave.pk, now=CLOSES)
    answers = [Answers(Invitation.objects.get().pk, [4, 4])]
    assert submit(wave, answers, now=CLOSES - timedelta(hours=1)) == 0


def test_people_who_are_answering_do_not_hold_up_the_reminders() -> None:
    city({"City": 2}).active(reminder_after_days=3)
    open_due_waves(FIRST)
    Mail.objects.update(state=Mail.State.SENT)
    wave = Wave.objects.get()
    now = FIRST + timedelta(days=3)
    answers = [Answers(Invitation.objects.earliest("pk").pk, [4, 4])]
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        submit(wave, answers, now=now)
        queueing = pool.submit(in_thread, lambda: queue_due_reminders(now))
        assert queueing.result(timeout=10) == 2  # the answer is not saved yet
