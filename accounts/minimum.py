"""The smallest group of which anything is shown: what an organisation may choose, and who chose it when."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.choices import Choice, choices_made
from accounts.errors import AccountError
from accounts.models import Organisation, User

CHANGED = "minimum_group.changed"


@transaction.atomic
def change_minimum(organisation: Organisation, minimum: int, *, by: User | None, now: datetime) -> None:
    """Holds for waves that open from now on. Raises AccountError for another number than 5, 7 or 10."""
    if minimum not in Organisation.MinimumGroup.values:
        raise AccountError(_("Choose 5, 7 or 10 people."))
    before = Organisation.objects.select_for_update().get(pk=organisation.pk).minimum_group
    if before == minimum:
        return
    Organisation.objects.filter(pk=organisation.pk).update(minimum_group=minimum)
    record(organisation, CHANGED, by=by, now=now, target=organisation, before=before, after=minimum)


def minimum_history(organisation: Organisation) -> list[Choice]:
    """The newest first."""
    return choices_made(organisation, CHANGED)
