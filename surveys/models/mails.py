"""The outbox, and addresses that refuse."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from surveys.models.waves import Invitation, Wave


class MailQuerySet(models.QuerySet["Mail"]):
    def due(self, now: datetime) -> MailQuerySet:
        """Ready to be claimed: waiting, or left by a worker that died before sending it."""
        waiting = models.Q(state=Mail.State.DUE, due_at__lte=now)
        left = models.Q(state=Mail.State.CLAIMED, claimed_until__lte=now)
        return self.filter(waiting | left, wave__state=Wave.State.OPEN)


class Mail(models.Model):
    """The outbox: one row per invitation and kind, so nobody gets a second mail of a kind.

    Each mail carries a link of its own; the row keeps only the SHA-256 of its token.
    """

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("invitation")
        REMINDER = "reminder", _("reminder")
        LAST_REMINDER = "reminder_2", _("last reminder")

    class State(models.TextChoices):
        DUE = "due", _("waiting")
        CLAIMED = "claimed", _("being prepared")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        UNCONFIRMED = "unconfirmed", _("perhaps sent")
        REFUSED = "refused", _("refused")
        CANCELLED = "cancelled", _("not needed any more")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="mails", db_index=False)
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="mails", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DUE)
    due_at = models.DateTimeField()
    claim = models.UUIDField(null=True)
    claimed_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    token_hash = models.BinaryField(max_length=32, null=True, unique=True)
    message_id = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    # What a mail service calls it, and what it told later.
    service_id = models.CharField(max_length=200, blank=True, default="", db_default="")
    delivered_at = models.DateTimeField(null=True)
    complained_at = models.DateTimeField(null=True)
    # HR asked for it once more.
    again = models.BooleanField(default=False, db_default=False)

    objects = MailQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("invitation", "kind", name="mail_kind_once")]
        indexes = [
            models.Index(
                fields=["organisation", "due_at"],
                condition=models.Q(state__in=["due", "claimed", "sending"]),
                name="mail_unfinished",
            ),
            models.Index(fields=["organisation", "claimed_at"], name="mail_claimed"),
            models.Index(fields=["wave", "kind", "state"], name="mail_by_state"),
            models.Index(
                fields=["message_id"], condition=~models.Q(message_id=""), name="mail_by_message_id"
            ),
            models.Index(
                fields=["service_id"], condition=~models.Q(service_id=""), name="mail_by_service_id"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def answered_until(self) -> datetime:
        """Until when the one who gets it can answer: in a journey that is a day of their own."""
        return self.invitation.closes_at or self.wave.closes_at


class RefusedAddress(models.Model):
    """An address that a mail server refused for good; it gets no mail until HR or an import changes it."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="refused_addresses", db_index=False
    )
    email = models.EmailField()  # in lower case
    reason = models.TextField()
    refused_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("organisation", "email", name="refused_address_once")]

    def __str__(self) -> str:
        return self.email
