"""Answers and comments of waves that closed long ago are deleted. What was released in figures stays."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from results.comments.models import ReleasedComment
from results.models import Response
from results.signals.models import CommentTopic
from surveys.models import Wave
from surveys.retention import (
    BATCH,
    delete_old_invitations,
    forget_in_batches,
    waves_closed_before,
    waves_with_old_invitations,
)


def is_something_old(now: datetime) -> bool:
    return (
        waves_with_old_answers(now).values("pk").union(waves_with_old_invitations(now).values("pk")).exists()
    )


def delete_what_is_old(now: datetime) -> None:
    delete_old_invitations(now)
    delete_old_answers(now)


def waves_with_old_answers(now: datetime) -> QuerySet[Wave]:
    responses = Response.objects.filter(wave=OuterRef("pk"))
    comments = ReleasedComment.objects.filter(pool__wave=OuterRef("pk"))
    return waves_closed_before(now, "answers_kept").filter(Q(Exists(responses)) | Q(Exists(comments)))


def delete_old_answers(now: datetime) -> int:
    """The number deleted. Safe to run twice, and to die half-way."""
    return forget_in_batches(waves_with_old_answers(now), _delete_answers, "wave.answers_deleted", now)


def _delete_answers(wave: Wave) -> int:
    number = 0
    CommentTopic.objects.filter(wave=wave).delete()
    for rows in (Response.objects.filter(wave=wave), ReleasedComment.objects.filter(pool__wave=wave)):
        ids = list(rows.values_list("pk", flat=True)[:BATCH])
        rows.filter(pk__in=ids).delete()
        number += len(ids)
    return number
