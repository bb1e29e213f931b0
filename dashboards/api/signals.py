"""Signals as the API tells them: the same as the page does, with numbers beside the sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from accounts.models import Organisation
from results.signals import queries
from results.signals.models import Signal
from results.signals.telling import tell


@dataclass(frozen=True, slots=True)
class SignalResource:
    id: int
    unit: int
    kind: str
    theme: str | None
    title: str
    what: str
    why: str
    began: date
    earliest: date
    latest: date
    size: float
    error: float
    probability: float
    confirmed: bool
    elsewhere: int
    raised_at: datetime
    raised_after: int
    state: str
    reason: str | None
    changed_at: datetime | None
    fallen_back: bool


def signal_resources(
    organisation: Organisation, units: QuerySet[Any], signals: Sequence[Signal]
) -> list[SignalResource]:
    """`units`: those that the reader may see. A few queries, whatever the number of signals."""
    shown = queries.as_still_shown(organisation, list(signals))
    texts = queries.questions_of(shown)
    elsewhere = queries.units_explained(organisation, units, shown)

    def resource(signal: Signal) -> SignalResource:
        told, evidence = tell(signal, texts), signal.evidence
        return SignalResource(
            id=signal.pk,
            unit=signal.unit_id,
            kind=signal.kind,
            theme=signal.theme.code if signal.theme else None,
            title=told.title,
            what=told.what,
            why=told.why,
            began=queries.day_of(signal, "start"),
            earliest=queries.day_of(signal, "earliest"),
            latest=queries.day_of(signal, "latest"),
            size=evidence["size"],
            error=evidence["error"],
            probability=evidence["probability"],
            confirmed=signal.is_confirmed,
            elsewhere=elsewhere.get(signal.pk, 0),
            raised_at=signal.raised_at,
            raised_after=signal.wave_id,
            state=signal.state,
            reason=signal.reason or None,
            changed_at=signal.changed_at,
            fallen_back=signal.fell_back_after_id is not None,
        )

    return list(map(resource, shown))
