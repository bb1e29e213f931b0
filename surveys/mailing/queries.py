from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from surveys.mailing.refused import address_refused
from surveys.models import Invitation, Mail, Wave


@dataclass(frozen=True, slots=True)
class MailCounts:
    """How the invitations of a wave fare, in people."""

    sent: int = 0
    waiting: int = 0
    refused: int = 0
    held_back: int = 0
    without_address: int = 0

    @property
    def not_reached(self) -> int:
        return self.refused + self.held_back + self.without_address


def mail_counts(waves: Sequence[Wave]) -> dict[int, MailCounts]:
    """By wave; a mail that was perhaps sent counts as sent. `held_back`: the address was refused before."""
    state = Mail.State
    mails = Mail.objects.filter(wave__in=waves, kind=Mail.Kind.INVITATION).values_list("wave_id")
    counted = mails.annotate(
        sent=Count("pk", filter=Q(state__in=[state.SENT, state.UNCONFIRMED])),
        waiting=Count("pk", filter=Q(state__in=[state.DUE, state.CLAIMED, state.SENDING])),
        refused=Count("pk", filter=Q(state=state.REFUSED)),
    ).order_by()
    by_wave = {wave_id: tuple(counts) for wave_id, *counts in counted}
    unmailed = Invitation.objects.filter(
        ~Exists(Mail.objects.filter(invitation=OuterRef("pk"))), address_refused(), wave__in=waves
    )
    held_back = dict(unmailed.exclude(email="").values_list("wave_id").annotate(Count("pk")).order_by())
    missing = Invitation.objects.filter(wave__in=waves, email="").values_list("wave_id")
    without_address = dict(missing.annotate(Count("pk")).order_by())
    found = {}
    for wave in waves:
        sent, waiting, refused = by_wave.get(wave.pk, (0, 0, 0))
        found[wave.pk] = MailCounts(
            sent, waiting, refused, held_back.get(wave.pk, 0), without_address.get(wave.pk, 0)
        )
    return found
