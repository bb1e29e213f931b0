from __future__ import annotations

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class ChangeKind(TextChoices):
    """What changed. A recorded organisation may know other kinds, which are shown as they are."""

    REORGANISATION = "reorganisation", _("reorganisation")
    SYSTEM = "system", _("new system")
    PROCESS = "process", _("new way of working")
    POLICY = "policy", _("new law or rule")
    LEADERSHIP = "leadership", _("new leader")
    RELOCATION = "relocation", _("move to another place")
    OTHER = "other", _("other change")


LABELS: dict[str, str | Promise] = dict(ChangeKind.choices)


def kind_label(kind: str) -> str | Promise:
    return LABELS.get(kind, kind)
