"""Invitations on paper, and links beside those in mails."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from orgunits.models import OrgUnit
from surveys.models.waves import Invitation, Wave


class LetterRun(models.Model):
    """Letters on paper that HR asked for: made once in the background, kept sealed for a day."""

    class Audience(models.TextChoices):
        WITHOUT_MAIL = "without_mail", _("everyone whom no mail reaches")
        UNITS = "units", _("everyone in the units that I choose")

    class Form(models.TextChoices):
        PDF = "pdf", _("one PDF, ready to print")
        CSV = "csv", _("a list (CSV) for a print shop")

    class State(models.TextChoices):
        DUE = "due", _("being made")
        READY = "ready", _("ready")
        ERASED = "erased", _("file erased")
        WITHDRAWN = "withdrawn", _("withdrawn")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="letter_runs")
    audience = models.CharField(max_length=12, choices=Audience.choices)
    units = models.ManyToManyField(OrgUnit, related_name="+")
    form = models.CharField(max_length=3, choices=Form.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DUE)
    letters = models.PositiveIntegerField(default=0)
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    ordered_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    sealed = models.BinaryField(null=True)

    class Meta:
        ordering = ["-ordered_at", "-pk"]
        indexes = [
            models.Index(
                fields=["state"], condition=models.Q(state__in=["due", "ready"]), name="letter_run_unfinished"
            )
        ]

    def __str__(self) -> str:
        return f"letters {self.pk}"


class Link(models.Model):
    """A way to an invitation beside its mails: on a letter, or of a mail that is no longer kept.

    As of a mail, only the SHA-256 of the token is kept. On a letter the token follows from its short code.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="+")
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="links")
    letter_run = models.ForeignKey(LetterRun, on_delete=models.CASCADE, null=True, related_name="links")
    token_hash = models.BinaryField(max_length=32, unique=True)

    def __str__(self) -> str:
        return f"link {self.pk}"
