"""What was found of what began, so that no page need reckon it again, and when all was looked at."""

from __future__ import annotations

from django.db import models

from accounts.models import Organisation
from surveys.models import Wave


class Finding(models.Model):
    """What came after one beginning, by theme.

    `key`: of all that it was made from (`results.effects.comparing`). Final figures never change, so neither
    does what comes of them: whatever changes about the beginning or its waves leads to another key.
    `effects`: [[id of the theme, an `Effect` as JSON], …], in the bank's order.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=64)
    effects = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint("organisation", "key", name="finding_once")]

    def __str__(self) -> str:
        return self.key


class FindingRun(models.Model):
    """That with this wave all that had begun was looked at again."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    wave = models.OneToOneField(Wave, on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"effects after {self.wave_id}"
