"""A message arrives at least once, signed, under one number; who never takes it is left alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone
from django.utils.translation import override
from pytest_django import Settings
from standardwebhooks import WebhookVerificationError

from accounts.errors import AccountError
from accounts.models import AuditEvent, User
from accounts.tasks import SECONDS
from accounts.webhooks import delivering, services
from accounts.webhooks.delivering import deliver_next, webhooks_due
from accounts.webhooks.models import LAST_ANSWER, TRIES, WAITS, Delivery, Webhook
from accounts.webhooks.outbox import announce
from tests.accounts.webhooks.made import Made
from tests.accounts.webhooks.receiver import Receiver
from tests.factories import OrganisationFactory

pytestmark = pytest.mark.django_db

RAISED = Webhook.Event.SIGNAL_RAISED


def happens(made: Made, about: str = "1", *, now: datetime | None = None) -> None:
    announce(made.webhook.organisation, RAISED, about=about, data={"signal": 1}, now=now or timezone.now())


def try_until_off(made: Made, now: datetime) -> datetime:
    """At each moment at which it is due."""
    while Webhook.objects.on().exists():
        assert not deliver_next(made.webhook.pk, now=now)
        now = Delivery.objects.latest("pk").due_at
    return now


def test_a_message_is_signed_as_the_specification_says(made: Made, receiver: Receiver) -> None:
    happens(made)
    assert deliver_next(made.webhook.pk, now=timezone.now())
    [received] = receiver.received
    told = received.verified_by(made.secret)
    assert (told["type"], told["data"]) == ("signal.raised", {"signal": 1})
    assert received.path == "/hook?key=abc"
    assert received.headers["content-type"] == "application/json"
    assert received.number.startswith("msg_")
    with pytest.raises(WebhookVerificationError):
        received.verified_by("whsec_" + "QUJD" * 10)


def test_a_message_that_was_taken_is_not_sent_again(made: Made, receiver: Receiver) -> None:
    happens(made)
    assert deliver_next(made.webhook.pk, now=timezone.now())
    later = timezone.now() + timedelta(days=4)
    assert webhooks_due(later) == []
    assert not deliver_next(made.webhook.pk, now=later)
    assert len(receiver.received) == 1
    assert (Delivery.objects.get().status, Delivery.objects.get().problem) == (200, "")


def test_the_same_event_is_told_once(made: Made) -> None:
    happens(made, "1")
    happens(made, "1")
    happens(made, "2")
    assert Delivery.objects.count() == 2


@pytest.mark.parametrize("status", [301, 400, 404, 429, 500, 503])
def test_a_refused_message_comes_again_under_its_number(made: Made, receiver: Receiver, status: int) -> None:
    receiver.status = status
    now = timezone.now()
    happens(made, now=now)
    assert not deliver_next(made.webhook.pk, now=now)
    assert not deliver_next(made.webhook.pk, now=now + WAITS[0] - timedelta(seconds=1))
    receiver.status = 204
    assert deliver_next(made.webhook.pk, now=now + WAITS[0] * 1.1)
    first, second = receiver.received
    assert (first.number, first.body) == (second.number, second.body)
    assert first.headers["webhook-timestamp"] < second.headers["webhook-timestamp"]


def test_what_failed_together_does_not_come_back_together(made: Made) -> None:
    for number in range(20):
        happens(made, str(number))
    waits = {one.wait for one in Delivery.objects.all()}
    assert len(waits) > 10
    assert WAITS[0] <= min(waits) < max(waits) <= WAITS[0] * 1.1


@pytest.mark.parametrize(
    ("asked", "waits"),
    [
        ("3600", timedelta(hours=1)),
        ("Fri, 26 Jun 2026 12:00:00 GMT", timedelta(hours=2)),
        ("99999999999999", timedelta(days=1)),
        ("Fri, 26 Jun 2126 12:00:00 GMT", timedelta(days=1)),
    ],
)
def test_who_asks_for_time_gets_it_up_to_a_day(
    made: Made, receiver: Receiver, asked: str, waits: timedelta
) -> None:
    receiver.status, receiver.retry_after = 429, asked
    now = datetime(2026, 6, 26, 10, tzinfo=UTC)
    happens(made, now=now)
    deliver_next(made.webhook.pk, now=now)
    assert Delivery.objects.get().due_at == now + waits


@pytest.mark.parametrize("asked", ["0", "-5", "soon", "1e9", "Thu, 25 Jun 2026 12:00:00 GMT", "\xb2"])
def test_who_asks_for_no_time_waits_as_usual(made: Made, receiver: Receiver, asked: str) -> None:
    receiver.status, receiver.retry_after = 503, asked
    now = datetime(2026, 6, 26, 10, tzinfo=UTC)
    happens(made, now=now)
    deliver_next(made.webhook.pk, now=now)
    assert now + WAITS[0] <= Delivery.objects.get().due_at <= now + WAITS[0] * 1.1


def test_it_is_tried_ten_times_in_three_days_and_then_off_with_a_mail(made: Made, receiver: Receiver) -> None:
    receiver.status = 500
    begun = timezone.now()
    happens(made, now=begun)
    ended = try_until_off(made, begun)
    delivering.tell_who_set_it(made.webhook.pk)
    delivering.tell_who_set_it(made.webhook.pk)
    assert len(receiver.received) == TRIES == 10
    assert timedelta(days=3) < ended - begun < timedelta(days=4)
    assert Webhook.objects.get().off == Webhook.Off.GAVE_UP
    [message] = mail.outbox
    assert message.to == [made.user.email]
    assert "‘Tasks’ is off" in message.subject
    assert f"/webhooks/{made.webhook.pk}/" in str(message.body)
    assert AuditEvent.objects.latest("pk").detail["reason"] == "gave_up"


def test_the_mail_is_in_the_language_of_who_set_it(made: Made, receiver: Receiver) -> None:
    User.objects.filter(pk=made.user.pk).update(language="nl")
    receiver.status = 410
    happens(made)
    deliver_next(made.webhook.pk, now=timezone.now())
    delivering.tell_who_set_it(made.webhook.pk)
    assert "De webhook ‘Tasks’ staat uit" in mail.outbox[0].subject


def test_who_answers_gone_is_off_at_once(made: Made, receiver: Receiver) -> None:
    receiver.status = 410
    happens(made)
    deliver_next(made.webhook.pk, now=timezone.now())
    assert Webhook.objects.get().off == Webhook.Off.GONE
    happens(made, "2")
    assert Delivery.objects.count() == 1


def test_what_happens_while_it_failed_waits_until_it_is_switched_on(made: Made, receiver: Receiver) -> None:
    receiver.status = 500
    now = timezone.now()
    happens(made, "1", now=now)
    try_until_off(made, now)
    happens(made, "2", now=now)
    receiver.status, receiver.received[:] = 200, []
    services.switch_on(made.webhook, by=made.user, now=now)
    while deliver_next(made.webhook.pk, now=now):
        pass
    assert len(receiver.received) == 2
    assert not Delivery.objects.filter(delivered_at=None).exists()


def test_a_worker_that_dies_while_sending_leaves_it_due_again(made: Made, receiver: Receiver) -> None:
    now = timezone.now()
    happens(made, now=now)
    delivering._claim(made.webhook.pk, now)  # and then nothing: the worker is gone
    assert Delivery.objects.get().problem == Delivery.Problem.UNKNOWN
    assert webhooks_due(now) == []
    assert deliver_next(made.webhook.pk, now=now + WAITS[0] * 1.1)
    assert len(receiver.received) == 1


def test_a_worker_that_dies_at_the_last_try_leaves_no_endless_row(made: Made, receiver: Receiver) -> None:
    now = timezone.now()
    happens(made, now=now)
    Delivery.objects.update(tries=TRIES - 1)
    delivering._claim(made.webhook.pk, now)
    later = now + LAST_ANSWER
    assert webhooks_due(later) == [made.webhook.pk]
    assert not deliver_next(made.webhook.pk, now=later)
    assert receiver.received == []
    assert Webhook.objects.get().off == Webhook.Off.GAVE_UP


def test_a_try_is_over_before_the_next_may_begin() -> None:
    assert timedelta(seconds=SECONDS + 10) < min(*WAITS, LAST_ANSWER)


def test_after_a_new_secret_messages_are_signed_with_both_for_a_day(made: Made, receiver: Receiver) -> None:
    now = timezone.now()
    newer = services.renew_secret(made.webhook, by=made.user, now=now)
    happens(made, now=now)
    deliver_next(made.webhook.pk, now=now)
    for secret in (made.secret, newer):
        receiver.received[0].verified_by(secret)
    Delivery.objects.update(delivered_at=None, due_at=now)
    made.webhook.secrets.filter(ends_at__isnull=False).update(ends_at=now)
    deliver_next(made.webhook.pk, now=now)
    receiver.received[1].verified_by(newer)
    with pytest.raises(WebhookVerificationError):
        receiver.received[1].verified_by(made.secret)


def test_a_third_secret_ends_the_first_at_once(made: Made, receiver: Receiver) -> None:
    now = timezone.now()
    second = services.renew_secret(made.webhook, by=made.user, now=now)
    third = services.renew_secret(made.webhook, by=made.user, now=now)
    happens(made, now=now)
    deliver_next(made.webhook.pk, now=now)
    for secret in (second, third):
        receiver.received[0].verified_by(secret)
    with pytest.raises(WebhookVerificationError):
        receiver.received[0].verified_by(made.secret)


def test_a_secret_lies_sealed_under_the_installation_s_key(made: Made) -> None:
    assert made.secret.encode() not in bytes(made.webhook.secrets.get().sealed)


def test_under_a_new_key_messages_are_signed_with_the_secret_of_before(
    made: Made, receiver: Receiver, settings: Settings
) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key", [settings.SECRET_KEY]
    happens(made)
    assert deliver_next(made.webhook.pk, now=timezone.now())
    receiver.received[0].verified_by(made.secret)


def test_once_the_old_key_is_gone_nothing_goes_out_unsigned_until_there_is_a_new_secret(
    made: Made, receiver: Receiver, settings: Settings
) -> None:
    settings.SECRET_KEY = "a new key"
    happens(made)
    now = timezone.now()
    assert not deliver_next(made.webhook.pk, now=now)
    assert receiver.received == []
    assert Webhook.objects.get().off == Webhook.Off.LOST_KEY
    happens(made, "2")
    assert Delivery.objects.count() == 2
    delivering.tell_who_set_it(made.webhook.pk)
    assert "cannot be signed any more" in mail.outbox[0].body
    newer = services.renew_secret(made.webhook, by=made.user, now=now)
    services.switch_on(made.webhook, by=made.user, now=now)
    assert deliver_next(made.webhook.pk, now=now)
    receiver.received[0].verified_by(newer)


def test_another_organisation_and_other_events_are_not_told_of(made: Made) -> None:
    other = OrganisationFactory.create()
    announce(other, RAISED, about="1", data={}, now=timezone.now())
    Webhook.objects.update(events=[Webhook.Event.WAVE_RELEASED])
    happens(made)
    assert not Delivery.objects.exists()


def test_switched_off_by_hand_nothing_is_sent_or_written_down(made: Made, receiver: Receiver) -> None:
    happens(made, "1")
    services.switch_off(made.webhook, by=made.user, now=timezone.now())
    happens(made, "2")
    assert webhooks_due(timezone.now()) == []
    assert not deliver_next(made.webhook.pk, now=timezone.now())
    assert (Delivery.objects.count(), receiver.received) == (1, [])


def test_messages_are_erased_after_thirty_days(made: Made) -> None:
    now = timezone.now()
    happens(made, "old", now=now - timedelta(days=30))
    happens(made, "new", now=now - timedelta(days=29))
    assert delivering.are_some_old(now)
    assert delivering.erase_old(now) == 1
    assert Delivery.objects.get().about == "new"
    assert not delivering.are_some_old(now)


def test_a_test_message_says_that_it_is_one(made: Made, receiver: Receiver) -> None:
    services.send_test(made.webhook, by=made.user, now=timezone.now())
    deliver_next(made.webhook.pk, now=timezone.now())
    assert json.loads(receiver.received[0].body)["type"] == "webhook.test"


def test_ten_test_messages_an_hour_are_enough(made: Made) -> None:
    now = timezone.now()
    for _time in range(10):
        services.send_test(made.webhook, by=made.user, now=now)
    with override("en"), pytest.raises(AccountError, match="10 test messages in an hour"):
        services.send_test(made.webhook, by=made.user, now=now)
    services.send_test(made.webhook, by=made.user, now=now + timedelta(hours=1))
