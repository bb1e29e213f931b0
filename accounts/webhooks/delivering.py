"""The worker's part: each message is delivered at least once, with one number at every try.

A try is counted, and the next one set, before the message goes. So a worker that dies while it sends leaves
a row that is due again, later; and the address cannot be tried without end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.http import parse_http_date_safe

from accounts.notices import send_notice
from accounts.webhooks.models import TRIES, Delivery, Webhook
from accounts.webhooks.posting import Answer, post
from accounts.webhooks.secrets import signature
from accounts.webhooks.services import switch_off_by_itself

LONGEST_ASKED = timedelta(hours=24)  # that another system can put off a message
GONE = 410
KEPT = timedelta(days=30)


def webhooks_due(now: datetime) -> list[int]:
    """Those with a message to send, or that went off by themselves without a word yet; one query."""
    due = Delivery.objects.filter(webhook=OuterRef("pk"), delivered_at=None, due_at__lte=now)
    found = Webhook.objects.filter(Q(Exists(due), off_at=None) | Q(is_to_be_told=True))
    return list(found.order_by("pk").values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class _Try:
    delivery: Delivery
    signature: str
    now: datetime

    def send(self) -> Answer:
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message_id(self.delivery),
            "webhook-timestamp": str(int(self.now.timestamp())),
            "webhook-signature": self.signature,
        }
        return post(self.delivery.webhook.url, self.delivery.body, headers)


def message_id(delivery: Delivery) -> str:
    return f"msg_{delivery.message.hex}"


def deliver_next(webhook_id: int, *, now: datetime) -> bool:
    """Try the oldest message that is due; whether it was taken, so that the next may follow at once."""
    attempt = _claim(webhook_id, now)
    if attempt is None:
        return False
    answer = attempt.send()
    _note(attempt.delivery, answer, now)
    return not answer.problem


@transaction.atomic
def _claim(webhook_id: int, now: datetime) -> _Try | None:
    due = Delivery.objects.waiting().filter(webhook=webhook_id, due_at__lte=now)
    delivery = (
        due.select_related("webhook__organisation")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("due_at", "pk")
        .first()
    )
    if delivery is None:
        return None
    signed = _signature(delivery, now)
    if delivery.tries >= TRIES:  # the worker that made the last try never said how it went
        switch_off_by_itself(delivery.webhook, Webhook.Off.GAVE_UP, now=now)
        return None
    if not signed:
        switch_off_by_itself(delivery.webhook, Webhook.Off.LOST_KEY, now=now)
        return None
    delivery.due_at = now + delivery.wait
    delivery.tries += 1
    delivery.status, delivery.problem = None, Delivery.Problem.UNKNOWN
    delivery.save(update_fields=["due_at", "tries", "status", "problem"])
    return _Try(delivery, signed, now)


def _signature(delivery: Delivery, now: datetime) -> str:
    holding = delivery.webhook.secrets.filter(Q(ends_at=None) | Q(ends_at__gt=now)).order_by("-pk")
    return signature(
        [bytes(one.sealed) for one in holding],
        webhook=delivery.webhook_id,
        message=message_id(delivery),
        now=now,
        body=delivery.body,
    )


@transaction.atomic
def _note(delivery: Delivery, answer: Answer, now: datetime) -> None:
    """How the try went; nothing if the row has moved on."""
    Delivery.objects.filter(pk=delivery.pk, delivered_at=None, tries=delivery.tries).update(
        status=answer.status,
        problem=answer.problem,
        delivered_at=None if answer.problem else now,
        due_at=max(delivery.due_at, now + _asked_for(answer.retry_after, now)),
    )
    if answer.status == GONE:
        switch_off_by_itself(delivery.webhook, Webhook.Off.GONE, now=now)
    elif answer.problem and delivery.tries >= TRIES:
        switch_off_by_itself(delivery.webhook, Webhook.Off.GAVE_UP, now=now)


def _asked_for(retry_after: str, now: datetime) -> timedelta:
    """By the header of that name, in seconds or as a moment; at most a day."""
    if retry_after.isascii() and retry_after.isdigit():
        seconds = float(retry_after[:9])
    else:
        seconds = (parse_http_date_safe(retry_after) or 0) - now.timestamp()
    return min(timedelta(seconds=max(seconds, 0)), LONGEST_ASKED)


def tell_who_set_it(webhook_id: int) -> None:
    """That it went off by itself. Marked before the mail goes, so that nobody gets it twice."""
    if not Webhook.objects.filter(pk=webhook_id, is_to_be_told=True).update(is_to_be_told=False):
        return
    webhook = Webhook.objects.select_related("set_by__organisation").get(pk=webhook_id)
    user = webhook.set_by
    if user is None or not user.is_active:
        return
    address = f"{settings.BASE_URL}{reverse('orgunits:webhook', args=[webhook.pk])}"
    send_notice(user, "accounts/mail/webhook_off", {"webhook": webhook, "url": address})


def are_some_old(now: datetime) -> bool:
    return _old(now).exists()


def erase_old(now: datetime) -> int:
    return _old(now).delete()[0]


def _old(now: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(made_at__lte=now - KEPT)
