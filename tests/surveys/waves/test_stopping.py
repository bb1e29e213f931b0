from datetime import timedelta

import pytest

from accounts.models import AuditEvent
from orgunits.models import Role
from surveys.models import Mail, Wave
from surveys.waves.services import close_early, open_wave, stop_accepting

from ..factories import FIRST, City, city

pytestmark = pytest.mark.django_db

CLOSES = FIRST + timedelta(days=7)


@pytest.fixture
def made() -> City:
    return city({"City": 7})


@pytest.fixture
def wave(made: City) -> Wave:
    wave = open_wave(made.active(), now=FIRST)
    assert wave is not None
    return wave


def test_a_wave_that_is_over_moves_to_closing(wave: Wave) -> None:
    stopped = stop_accepting(wave.pk, now=CLOSES)
    assert stopped is not None
    assert stopped.state == Wave.State.CLOSING
    wave.refresh_from_db()
    assert (wave.state, wave.closes_at) == (Wave.State.CLOSING, CLOSES)


def test_a_wave_that_is_not_over_stays_open(wave: Wave) -> None:
    assert stop_accepting(wave.pk, now=CLOSES - timedelta(seconds=1)) is None
    wave.refresh_from_db()
    assert wave.state == Wave.State.OPEN


def test_a_wave_left_half_closed_is_handed_out_again(wave: Wave) -> None:
    stop_accepting(wave.pk, now=CLOSES)
    assert stop_accepting(wave.pk, now=CLOSES) == wave


def test_a_closed_wave_is_left_alone(wave: Wave) -> None:
    Wave.objects.update(state=Wave.State.CLOSED)
    assert stop_accepting(wave.pk, now=CLOSES) is None


def test_mails_that_have_not_left_are_cancelled_and_others_are_not(wave: Wave) -> None:
    mails = dict(zip(Mail.State, wave.mails.order_by("pk"), strict=True))
    for state, mail in mails.items():
        Mail.objects.filter(pk=mail.pk).update(state=state)
    stop_accepting(wave.pk, now=CLOSES)
    after = {state: Mail.objects.get(pk=mail.pk).state for state, mail in mails.items()}
    changed = {state for state in Mail.State if after[state] != state}
    assert changed == {Mail.State.DUE, Mail.State.CLAIMED}
    assert after[Mail.State.DUE] == after[Mail.State.CLAIMED] == Mail.State.CANCELLED


def test_hr_can_close_a_wave_early(made: City, wave: Wave) -> None:
    by, now = made.user(Role.HR), FIRST + timedelta(days=1)
    close_early(wave, by=by, now=now)
    wave.refresh_from_db()
    assert (wave.state, wave.closes_at) == (Wave.State.CLOSING, now)
    assert set(wave.mails.values_list("state", flat=True)) == {Mail.State.CANCELLED}
    event = AuditEvent.objects.get(action="wave.closed_early")
    assert (event.actor, event.at, event.detail) == (by, now, {"planned_end": CLOSES.isoformat()})


def test_closing_early_twice_changes_nothing_the_second_time(wave: Wave) -> None:
    close_early(wave, by=None, now=FIRST + timedelta(days=1))
    close_early(wave, by=None, now=FIRST + timedelta(days=2))
    wave.refresh_from_db()
    assert wave.closes_at == FIRST + timedelta(days=1)
    assert AuditEvent.objects.filter(action="wave.closed_early").count() == 1


def test_a_wave_that_was_closed_early_is_due_to_close(wave: Wave) -> None:
    now = FIRST + timedelta(days=1)
    close_early(wave, by=None, now=now)
    assert list(Wave.objects.due_to_close(now)) == [wave]
