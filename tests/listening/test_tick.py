import json
from datetime import datetime, timedelta

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actions.effects import look_at_effects
from listening.celery import app
from listening.tasks import Work, tick, work_due
from results.signals.raising import read_waves
from surveys.cycles.services import pause_cycle
from surveys.models import Cycle, Mail, Wave
from surveys.waves.services import open_due_waves

from ..actions.steps import an_action
from ..surveys.factories import BEFORE, FIRST, City, city

pytestmark = pytest.mark.django_db

ALWAYS = Work("surveys.tasks.settle_mail")
CLOSES = FIRST + timedelta(days=7)


def due(now: datetime) -> set[Work]:
    work = list(work_due(now))
    assert len(work) == len(set(work))
    return set(work) - {ALWAYS}


def running(cities: int = 1) -> list[City]:
    """Cities with an open wave that has a mail to send."""
    made = [city({"City": 3}) for _ in range(cities)]
    for one in made:
        one.active(reminder_after_days=3)
    open_due_waves(FIRST)
    return made


def test_when_nothing_is_due_nothing_is_handed_out() -> None:
    made = city({"City": 3})
    made.draft()
    made.active()
    pause_cycle(made.active(), by=None, now=BEFORE)
    assert due(BEFORE) == set()


def test_a_due_cycle_is_handed_out() -> None:
    city({"City": 3}).active()
    assert due(FIRST) == {Work("surveys.tasks.open_waves")}


def test_an_open_wave_is_mixed_and_its_mail_sent() -> None:
    [made] = running()
    wave = Wave.objects.get()
    assert due(FIRST) == {
        Work("surveys.tasks.send_mail", made.organisation.pk),
        Work("results.tasks.mix", wave.pk),
    }


def test_a_due_reminder_is_handed_out() -> None:
    running()
    Mail.objects.update(state=Mail.State.SENT)
    assert Work("surveys.tasks.queue_reminders") in due(FIRST + timedelta(days=3))


@pytest.mark.parametrize("state", [Wave.State.OPEN, Wave.State.CLOSING])
def test_a_wave_that_is_over_or_half_closed_is_closed_and_not_mixed(state: Wave.State) -> None:
    running()
    Mail.objects.update(state=Mail.State.SENT)
    Wave.objects.update(state=state)
    assert due(CLOSES) == {Work("results.tasks.close", Wave.objects.get().pk)}


def test_with_a_closed_wave_signals_and_effects_are_looked_at_and_then_it_asks_for_nothing() -> None:
    [made] = running()
    Mail.objects.update(state=Mail.State.SENT)
    Wave.objects.update(state=Wave.State.CLOSED)
    look_again = Work("actions.tasks.look_at_effects", made.organisation.pk)
    assert due(CLOSES) == {Work("results.tasks.read_signals", made.organisation.pk), look_again}
    read_waves(made.organisation, now=CLOSES)
    assert due(CLOSES) == {look_again}
    look_at_effects(made.organisation, now=CLOSES)
    assert due(CLOSES) == set()


def test_an_action_whose_owner_is_to_hear_of_it_is_handed_out() -> None:
    action = an_action(city({"City": 3}).units["City"])
    assert action.remind_at
    look_at_effects(action.organisation, now=action.remind_at)
    assert due(action.remind_at) == {Work("actions.tasks.remind_owners")}


def queries_of_a_look(now: datetime) -> int:
    with CaptureQueriesContext(connection) as queries:
        list(work_due(now))
    return len(queries)


def test_a_look_takes_the_same_queries_for_none_one_and_three_organisations() -> None:
    assert queries_of_a_look(FIRST) == 20
    for cities in (1, 3):
        running(cities)
        assert queries_of_a_look(FIRST) == 20
        Cycle.objects.update(next_opens_at=FIRST)
        assert queries_of_a_look(CLOSES) == 20


def test_all_work_that_a_tick_can_hand_out_exists_as_a_task() -> None:
    names = {"open_waves", "make_rounds", "queue_reminders", "settle_mail", "send_mail"}
    app.loader.import_default_modules()
    ours = {f"results.tasks.{name}" for name in ("mix", "close", "audit", "read_signals", "send_digests")}
    ours |= {f"dashboards.tasks.{name}" for name in ("make_report", "erase_reports")}
    ours |= {f"accounts.tasks.{name}" for name in ("deliver", "erase_old_deliveries")}
    ours |= {f"actions.tasks.{name}" for name in ("look_at_effects", "remind_owners")}
    assert {f"surveys.tasks.{name}" for name in names} | ours <= set(app.tasks)
    assert settings.CELERY_BEAT_SCHEDULE["tick"]["task"] == tick.name


def test_a_tick_puts_the_work_into_valkey_to_be_done_before_the_next(valkey_url: str) -> None:
    queue = redis.Redis.from_url(valkey_url)
    queue.delete("celery")
    running()
    Cycle.objects.update(next_opens_at=None)
    Wave.objects.update(state=Wave.State.CLOSING)  # due whatever the clock says
    tick()
    messages = [json.loads(message)["headers"] for message in queue.lrange("celery", 0, -1)]
    queue.delete("celery")
    assert {message["task"] for message in messages} == {"surveys.tasks.settle_mail", "results.tasks.close"}
    assert all(message["expires"] for message in messages)
