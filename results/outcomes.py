"""How far a wave is on its way from the last answer to its figures, for the pages of HR."""

from __future__ import annotations

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from surveys.models import Wave


class Outcome(StrEnum):
    """Of a wave that takes no more answers."""

    CLOSING = "closing"
    CHECKED = "checked"  # by the auditor, at this moment
    WITHHELD = "withheld"
    SHOWN = "shown"

    @property
    def label(self) -> Promise:
        return LABELS[self]


LABELS = {
    Outcome.CLOSING: _("closing"),
    Outcome.CHECKED: _("being checked"),
    Outcome.WITHHELD: _("figures withheld"),
    Outcome.SHOWN: _("closed"),
}


def outcome_of(state: str, passed: bool | None, *, released: bool) -> Outcome:
    """`passed`: what the newest verdict says, None before there is one. `released`: see `results.queries`."""
    if state == Wave.State.CLOSING:
        return Outcome.CLOSING
    if released:
        return Outcome.SHOWN
    return Outcome.CHECKED if passed is None else Outcome.WITHHELD
