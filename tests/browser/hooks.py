"""A webhook in the town that went off by itself."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.webhooks.models import TRIES, Delivery, Webhook
from accounts.webhooks.outbox import announce
from accounts.webhooks.services import make_webhook
from tests.browser.town import Town

ADDRESS = "https://taken.waterveen.example/haken/9b2f1c"


def hook_with_messages(town: Town) -> Webhook:
    found = Webhook.objects.filter(organisation=town.organisation).first()
    if found is not None:
        return found
    now = timezone.now()
    hook, _secret = make_webhook(
        town.users["hr"], name="Taken van HR", url=ADDRESS, events=Webhook.Event.values, now=now
    )
    for about, event in (("1", Webhook.Event.WAVE_RELEASED), ("2", Webhook.Event.SIGNAL_RAISED)):
        announce(town.organisation, event, about=about, data={"number": 1}, now=now - timedelta(days=3))
    Delivery.objects.filter(webhook=hook, about="1").update(
        delivered_at=now - timedelta(days=3), tries=1, status=200
    )
    Delivery.objects.filter(webhook=hook, about="2").update(
        tries=TRIES, status=503, problem=Delivery.Problem.STATUS
    )
    Webhook.objects.filter(pk=hook.pk).update(off_at=now, off=Webhook.Off.GAVE_UP)
    return hook
