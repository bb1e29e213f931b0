from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

# After each try; about three days in all, as the Standard Webhooks specification advises.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 300, 600, 840, 1200, 1440))
LAST_ANSWER = timedelta(minutes=5)  # after the last try: then nobody is still waiting for its answer
TRIES = len(WAITS) + 1
JITTER = 0.1  # of a wait, at most; or all that failed together would come back together


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def on(self) -> WebhookQuerySet:
        return self.filter(off_at=None)

    def listening(self) -> WebhookQuerySet:
        """Also those that can be mended: what happens meanwhile waits for them."""
        mendable = [Webhook.Off.GAVE_UP, Webhook.Off.LOST_KEY]
        return self.filter(models.Q(off_at=None) | models.Q(off__in=mendable))


class Webhook(models.Model):
    """An address of another system that is told of some kinds of events, until it is switched off."""

    class Event(models.TextChoices):
        SIGNAL_RAISED = "signal.raised", _("a new signal")
        SIGNAL_CHANGED = "signal.changed", _("a new state of a signal")
        WAVE_RELEASED = "wave.released", _("the figures of a wave")

    class Off(models.TextChoices):
        BY_HAND = "by_hand", _("switched off")
        GAVE_UP = "gave_up", _("switched off, because messages kept failing")
        GONE = "gone", _("switched off, because the other system asked for it")
        LOST_KEY = "lost_key", _("switched off, because its secret cannot be read any more")

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=100)
    url = models.CharField(_("address"), max_length=500)
    events = ArrayField(models.CharField(max_length=20, choices=Event.choices))
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField()
    off_at = models.DateTimeField(null=True)
    off = models.CharField(max_length=8, choices=Off.choices, blank=True)
    is_to_be_told = models.BooleanField(default=False)  # that it went off by itself, to `set_by`

    objects = WebhookQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(off_at=None) ^ ~models.Q(off=""), name="webhook_off_for_a_reason"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def events_named(self) -> list[str]:
        return [str(self.Event(one).label) for one in self.events]


class WebhookSecret(models.Model):
    """What messages are signed with, sealed; the web process makes one and cannot read it back."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="secrets")
    sealed = models.BinaryField()
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)  # of one that was replaced

    def __str__(self) -> str:
        return f"secret of webhook {self.webhook_id}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def waiting(self) -> DeliveryQuerySet:
        return self.filter(delivered_at=None, webhook__off_at=None)


class Delivery(models.Model):
    """A message to one address: `due_at` is when it is tried next, counted up before each try.

    `about` names what happened, so that it is told once; `status` and `problem` are of the last try.
    """

    class Problem(models.TextChoices):
        UNKNOWN = "unknown", _("no answer was seen")
        REFUSED = "refused", _("the address is not allowed")
        UNREACHABLE = "unreachable", _("could not be reached")
        TOO_SLOW = "too_slow", _("took too long")
        STATUS = "status", _("the other system refused it")

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    message = models.UUIDField(default=uuid.uuid4, unique=True)
    event = models.CharField(max_length=20)
    about = models.CharField(max_length=60)
    body = models.TextField()
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    problem = models.CharField(max_length=11, choices=Problem.choices, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("webhook", "event", "about", name="delivery_once")]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(delivered_at=None), name="delivery_due"),
            models.Index(fields=["made_at"], name="delivery_age"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.about}"

    @property
    def wait(self) -> timedelta:
        """After the try that is next; longer by a part that follows from the number of the message."""
        jitter = JITTER * (self.message.int % 1000) / 1000
        return WAITS[self.tries] * (1 + jitter) if self.tries < len(WAITS) else LAST_ANSWER

    @property
    def event_named(self) -> str:
        known = self.event in Webhook.Event.values
        return str(Webhook.Event(self.event).label if known else _("a test"))
