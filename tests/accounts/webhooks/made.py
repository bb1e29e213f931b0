from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from accounts.webhooks.models import Webhook
from accounts.webhooks.services import make_webhook
from orgunits.models import Role
from tests.accounts.webhooks.receiver import Receiver
from tests.factories import unit_tree, user_with


@dataclass(frozen=True, slots=True)
class Made:
    webhook: Webhook
    secret: str
    user: User


def make(receiver: Receiver) -> Made:
    """A webhook that hears everything, of an IT administrator."""
    user = user_with(Role.IT_ADMINISTRATOR, unit_tree("City")["City"])
    webhook, secret = make_webhook(
        user, name="Tasks", url=receiver.url, events=Webhook.Event.values, now=timezone.now()
    )
    return Made(webhook, secret, user)
