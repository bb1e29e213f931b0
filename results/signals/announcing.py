"""What other systems hear of signals: that there is one, and where to read it; never of whom or what."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from accounts.webhooks.models import Webhook
from accounts.webhooks.outbox import announce
from results.signals.models import Signal
from surveys.models import Wave

Event = Webhook.Event


def announce_raised(wave: Wave, *, now: datetime) -> None:
    """Of what was raised after this wave; what one of these explains is not told beside it."""
    raised = Signal.objects.filter(wave=wave).exclude(within__wave=wave)
    for signal in raised.select_related("organisation").order_by("pk"):
        _announce(signal, Event.SIGNAL_RAISED, signal.state, about=str(signal.pk), now=now)


def announce_changed(signal: Signal, state: str, *, number: int, now: datetime) -> None:
    """`number`: of the change in the audit log."""
    _announce(signal, Event.SIGNAL_CHANGED, state, about=f"{signal.pk}, {number}", now=now)


def _announce(signal: Signal, event: Webhook.Event, state: str, *, about: str, now: datetime) -> None:
    address = f"{settings.BASE_URL}{reverse('signal', args=[signal.pk])}"
    data = {"signal": signal.pk, "wave": signal.wave_id, "state": state, "url": address}
    announce(signal.organisation, event, about=about, data=data, now=now)
