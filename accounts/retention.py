"""How long an organisation keeps answers and invitations: what may be chosen, and who chose it when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.choices import Choice, choices_made
from accounts.errors import AccountError
from accounts.models import Organisation, User

CHANGED = "retention.changed"


@dataclass(frozen=True, slots=True)
class Term:
    """Months after the closing of a wave."""

    field: str
    least: int
    most: int


# Fewer months for invitations would ask someone again about the same day of a journey.
TERMS = (Term("answers_kept", 3, 60), Term("invitations_kept", 3, 24))


@transaction.atomic
def change_terms(
    organisation: Organisation, terms: Mapping[str, int], *, by: User | None, now: datetime
) -> None:
    """Raises AccountError outside the bounds. What is then too old is deleted with the next round."""
    for term in TERMS:
        if not term.least <= terms[term.field] <= term.most:
            raise AccountError(
                _("Choose from %(least)d to %(most)d months.") % {"least": term.least, "most": term.most}
            )
    locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
    before = terms_of(locked)
    if before == dict(terms):
        return
    Organisation.objects.filter(pk=organisation.pk).update(**terms)
    record(organisation, CHANGED, by=by, now=now, target=organisation, before=before, after=dict(terms))


def terms_of(organisation: Organisation) -> dict[str, int]:
    return {term.field: getattr(organisation, term.field) for term in TERMS}


def history(organisation: Organisation) -> list[Choice]:
    """The newest first."""
    return choices_made(organisation, CHANGED)
