from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class HideReason(models.TextChoices):
    """Why HR hides a comment: fixed words, so that no reason can repeat what the comment says."""

    PERSON = "person", _("It shows who wrote it, or who it is about")
    HEALTH = "health", _("It is about someone’s health or private life")
    INSULT = "insult", _("It insults or threatens someone")
    REPORT = "report", _("It belongs with a confidential adviser, not here")
