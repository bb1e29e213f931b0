from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from surveys.models import Invitation, Mail, Wave


@dataclass(frozen=True, slots=True)
class MailCounts:
    """How the invitations of a wave fare, in people."""

    sent: int = 0
    waiting: int = 0
    refused: int = 0
    without_address: int = 0

    @property
    def not_reached(self) -> int:
        return self.refused + self.without_address


def mail_counts(waves: Sequence[Wave]) -> dict[int, MailCounts]:
    """By wave; a mail that was perhaps sent counts as sent."""
    state = Mail.State
    mails = Mail.objects.filter(wave__in=waves, kind=Mail.Kind.INVITATION).values_list("wave_id")
    counted = mails.annotate(
        sent=Count("pk", filter=Q(state__in=[state.SENT, state.UNCONFIRMED])),
        waiting=Count("pk", filter=Q(state__in=[state.DUE, state.CLAIMED, state.SENDING])),
        refused=Count("pk", filter=Q(state=state.REFUSED)),
    ).order_by()
    by_wave = {wave_id: tuple(counts) for wave_id, *counts in counted}
    missing = Invitation.objects.filter(wave__in=waves, email="").values_list("wave_id")
    without_address = dict(missing.annotate(Count("pk")).order_by())
    found = {}
    for wave in waves:
        sent, waiting, refused = by_wave.get(wave.pk, (0, 0, 0))
        found[wave.pk] = MailCounts(sent, waiting, refused, without_address.get(wave.pk, 0))
    return found
