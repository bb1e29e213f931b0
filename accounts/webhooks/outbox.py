"""What is to be told, written down in the transaction in which it happens; a worker sends it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

from accounts.models import Organisation
from accounts.webhooks.models import Delivery, Webhook
from accounts.workers import tell_a_worker

TASK = "accounts.tasks.deliver"
TEST = "webhook.test"


def announce(
    organisation: Organisation, event: Webhook.Event, *, about: str, data: Mapping[str, object], now: datetime
) -> None:
    """To each address of the organisation that wants to hear of it, once; `about` says of what.

    `data` holds numbers of rows, states and addresses; nothing that needs a right to be read.
    """
    wanted = Webhook.objects.listening().filter(organisation=organisation, events__contains=[event])
    for webhook in wanted:
        write_down(webhook, event, about=about, data=data, now=now)


def write_down(
    webhook: Webhook, event: str, *, about: str, data: Mapping[str, object], now: datetime
) -> None:
    body = {"type": event, "timestamp": now.astimezone(UTC).isoformat(timespec="seconds"), "data": data}
    delivery = Delivery(
        organisation_id=webhook.organisation_id,
        webhook=webhook,
        event=event,
        about=about,
        body=json.dumps(body),
        made_at=now,
        due_at=now,
    )
    Delivery.objects.bulk_create([delivery], ignore_conflicts=True)
    send_soon(webhook.pk)


def write_down_test(webhook: Webhook, *, now: datetime) -> None:
    write_down(webhook, TEST, about=str(uuid.uuid4()), data={}, now=now)


def send_soon(webhook_id: int) -> None:
    """Once it is written down. The row says so too: the tick finds what nobody began."""
    tell_a_worker(TASK, webhook_id)
