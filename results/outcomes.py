"""How far a wave is on its way from the last answer to its figures, for the pages of HR."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from django.db.models import Exists, OuterRef, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from results.models import Atom, WaveVerdict
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


def outcomes(wave_ids: Iterable[int]) -> dict[int, Outcome]:
    """By id, of those of these waves that are not open any more; one query.

    As in `results.queries`: the newest verdict counts, and a wave without atoms cannot be judged.
    """
    newest = WaveVerdict.objects.filter(wave=OuterRef("pk")).order_by("-audited_at", "-pk")
    over = Wave.objects.filter(pk__in=list(wave_ids)).exclude(state=Wave.State.OPEN).order_by()
    judged = over.annotate(
        passed=Subquery(newest.values("passed")[:1]),
        judgeable=Exists(Atom.objects.filter(wave=OuterRef("pk"))),
    ).values_list("pk", "state", "passed", "judgeable")
    return {pk: _outcome(state, passed, judgeable=judgeable) for pk, state, passed, judgeable in judged}


def _outcome(state: str, passed: bool | None, *, judgeable: bool) -> Outcome:
    if state == Wave.State.CLOSING:
        return Outcome.CLOSING
    if passed is None and judgeable:
        return Outcome.CHECKED
    return Outcome.WITHHELD if passed is False else Outcome.SHOWN
