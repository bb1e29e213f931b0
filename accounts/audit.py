from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models

from accounts.models import AuditEvent, Organisation, User


def record(
    organisation: Organisation,
    action: str,
    *,
    by: User | None,
    now: datetime,
    target: models.Model | None = None,
    **detail: Any,
) -> AuditEvent:
    """Write an audit event in the caller's transaction; `by=None` means the system itself."""
    name = f"{target._meta.label_lower}:{target.pk}" if target is not None else ""
    return AuditEvent.objects.create(
        organisation=organisation, at=now, actor=by, action=action, target=name, detail=detail
    )
