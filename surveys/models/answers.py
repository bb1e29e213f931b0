"""Sealed answers, and tickets that keep anyone from answering twice."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import Organisation
from orgunits.models import OrgUnit
from surveys.models.waves import Wave


class Submission(models.Model):
    """A sealed answer, until it is mixed: no name, no invitation, no token, no time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="+", db_index=False)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+", db_index=False)
    traits = models.BinaryField(default=b"")
    scores = ArrayField(models.SmallIntegerField(null=True))  # by position; None is skipped
    comments = models.JSONField(default=dict)  # text by position of an open question; "" is the general one

    class Meta:
        indexes = [models.Index(fields=["wave", "unit"], name="submission_own_group")]

    def __str__(self) -> str:
        return "sealed submission"


class Ticket(models.Model):
    """That someone of a unit answered, until the wave closes; who it was, only the key tells."""

    value = models.BinaryField(primary_key=True, max_length=32)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="+", db_index=False)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["wave", "unit"], name="ticket_own_group")]

    def __str__(self) -> str:
        return "ticket"
