"""That people answered, where a test asks nothing else of their answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from surveys.answering.tickets import answered_in, ticket_of
from surveys.models import Invitation, Ticket, Wave

DAY = date(2026, 3, 2)


def have_answered(invitations: Iterable[Invitation]) -> None:
    Ticket.objects.bulk_create(
        Ticket(
            value=ticket_of(one.wave, one.pk),
            organisation_id=one.organisation_id,
            wave=one.wave,
            unit_id=one.unit_id,
            day=DAY,
        )
        for one in invitations
    )


def who_answered(wave: Wave) -> list[Invitation]:
    return list(Invitation.objects.filter(pk__in=answered_in(wave)).order_by("pk"))
