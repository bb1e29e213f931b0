"""Says to the operator that open waves have lost their key: `manage.py check --deploy`."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.db import DatabaseError

from surveys.answering.keys import known_names
from surveys.models import Wave


@register(deploy=True)
def open_waves_have_their_keys(**_options: Any) -> list[CheckMessage]:
    """Nothing to say where there is no database, as while an image is made."""
    try:
        lost = list(Wave.objects.open().exclude(key_name__in=known_names()).order_by("pk"))
    except DatabaseError:
        return []
    return [
        Error(
            f"Wave {wave.pk} is open under a SECRET_KEY that is not known here: it takes no answers.",
            hint="Add that key to SECRET_KEY_FALLBACKS until the wave has closed, or close it early.",
            obj=wave,
            id="surveys.E001",
        )
        for wave in lost
    ]
