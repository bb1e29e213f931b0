"""Comments as they were released. Part of what lies behind the wall, as `results.models`."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import Organisation
from orgunits.models import OrgUnit
from results.comments.reasons import HideReason
from surveys.models import Question, Wave


class CommentPool(models.Model):
    """Own groups whose comments on one question, or in general, are read together. Append-only."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="+", db_index=False)
    question = models.ForeignKey(
        Question, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+", db_index=False)
    own_groups = ArrayField(models.BigIntegerField())  # ids of the units whose own groups it holds
    n = models.PositiveIntegerField()  # comments, each of another person

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "wave", "question", "unit", name="comment_pool_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"pool of {self.n} comments"


class ReleasedComment(models.Model):
    """A masked comment. Never changed; deleted when its time is over."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    pool = models.ForeignKey(CommentPool, on_delete=models.PROTECT, related_name="comments")
    text = models.TextField()

    def __str__(self) -> str:
        return "released comment"


class CommentMark(models.Model):
    """HR hid a comment from leaders, or showed it again; the newest holds. Rows are only added."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    comment = models.ForeignKey(ReleasedComment, on_delete=models.CASCADE, related_name="marks")
    hidden = models.BooleanField()
    reason = models.CharField(max_length=8, choices=HideReason.choices, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(hidden=True) ^ models.Q(reason=""), name="comment_hidden_for_a_reason"
            )
        ]

    def __str__(self) -> str:
        return "hidden" if self.hidden else "shown"
