"""HR hides a comment from leaders, or shows it again."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from accounts.audit import record
from accounts.models import Organisation, User
from orgunits.models import OrgUnit
from results.comments.models import CommentMark, ReleasedComment
from results.comments.reasons import HideReason


def unit_of_comment(organisation: Organisation, comment_id: uuid.UUID) -> OrgUnit | None:
    """The unit of the pool that it is read in; None when there is no such comment."""
    found = ReleasedComment.objects.filter(organisation=organisation, pk=comment_id)
    comment = found.select_related("pool__unit").first()
    return comment.pool.unit if comment else None


@transaction.atomic
def hide(comment_id: uuid.UUID, reason: HideReason, *, by: User, now: datetime) -> None:
    _mark(comment_id, reason, by=by, now=now)


@transaction.atomic
def show_again(comment_id: uuid.UUID, *, by: User, now: datetime) -> None:
    _mark(comment_id, None, by=by, now=now)


def _mark(comment_id: uuid.UUID, reason: HideReason | None, *, by: User, now: datetime) -> None:
    """The audit event names the comment, and never holds its text. A second click changes nothing."""
    comment = ReleasedComment.objects.select_related("organisation").get(pk=comment_id)
    hidden = reason is not None
    newest = comment.marks.order_by("-pk").first()
    if (reason or "") == (newest.reason if newest else ""):
        return
    CommentMark.objects.create(
        organisation=comment.organisation,
        comment=comment,
        hidden=hidden,
        reason=reason or "",
        by=by,
        at=now,
    )
    action = "comment.hidden" if hidden else "comment.shown"
    detail = {"reason": reason.value} if reason else {}
    record(comment.organisation, action, by=by, now=now, target=comment, **detail)
