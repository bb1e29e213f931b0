from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from orgunits.models import OrgUnit
from surveys.models import Wave


class ReportRun(models.Model):
    """A unit's page as a file, which someone asked for: made once in the background, erased after a day."""

    class Form(models.TextChoices):
        SLIDES = "pptx", "PowerPoint"
        DOCUMENT = "pdf", "PDF"
        WORKBOOK = "xlsx", "Excel"
        LIST = "csv", "CSV"

    class State(models.TextChoices):
        DUE = "due", _("being made")
        READY = "ready", _("ready")
        FAILED = "failed", _("could not be made")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(OrgUnit, on_delete=models.CASCADE, related_name="+")
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="+")
    form = models.CharField(max_length=4, choices=Form.choices)
    state = models.CharField(max_length=6, choices=State.choices, default=State.DUE)
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    file = models.BinaryField(null=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [
            models.Index(fields=["state"], name="report_run_by_state"),
        ]

    def __str__(self) -> str:
        return f"report {self.pk}"

    @property
    def is_due(self) -> bool:
        return self.state == self.State.DUE

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY
