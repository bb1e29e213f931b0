"""Which state of the ledger a page shows: a short text that changes when there is something new to see."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, Subquery

from accounts.models import Organisation
from results.models import Atom, Release, WaveVerdict
from surveys.models import Wave


@dataclass(frozen=True, slots=True)
class LedgerVersion:
    """`text`: opaque. `expects_more`: whether a wave is open, or closed and not shown yet."""

    text: str
    expects_more: bool


def ledger_version(organisation_id: int, unit_id: int) -> LedgerVersion | None:
    """One query. New are a verdict, which shows a closed wave, and a live figure of the unit.

    A unit has a new live figure whenever one of those below it has, so a page of many asks for the highest.
    """
    waves = Wave.objects.filter(organisation=organisation_id)
    unfinished = waves.exclude(state=Wave.State.CLOSED)
    unjudged = waves.filter(
        ~Exists(WaveVerdict.objects.filter(wave=OuterRef("pk"))),
        Exists(Atom.objects.filter(wave=OuterRef("pk"))),
    )
    verdicts = WaveVerdict.objects.filter(organisation=organisation_id).order_by("-pk")
    live = Release.objects.filter(
        organisation=organisation_id, unit=unit_id, wave__in=unfinished.values("pk")
    ).order_by("-pk")
    found = (
        Organisation.objects.filter(pk=organisation_id)
        .annotate(more=Q(Exists(unfinished)) | Q(Exists(unjudged)))
        .values_list(Subquery(verdicts.values("pk")[:1]), Subquery(live.values("pk")[:1]), "more")
        .first()
    )
    if found is None:
        return None
    verdict, release, expects_more = found
    return LedgerVersion(f"{verdict or 0}-{release or 0}", expects_more)
