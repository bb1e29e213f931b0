from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef

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
    mails = Mail.objects.filter(wave__in=waves, kind=Mail.Kind.INVITATION).order_by()
    states = mails.values_list("wave_id", "state").annotate(number=Count("*"))
    people = {(wave_id, state): number for wave_id, state, number in states}
    unmailed = Invitation.objects.filter(
        ~Exists(Mail.objects.filter(invitation=OuterRef("pk"))), address_refused(), wave__in=waves
    )
    held_back = dict(unmailed.exclude(email="").values_list("wave_id").annotate(Count("pk")).order_by())
    missing = Invitation.objects.filter(wave__in=waves, email="").values_list("wave_id")
    without_address = dict(missing.annotate(Count("pk")).order_by())

    def count(wave: Wave, *states: Mail.State) -> int:
        return sum(people.get((wave.pk, state), 0) for state in states)

    return {
        wave.pk: MailCounts(
            sent=count(wave, Mail.State.SENT, Mail.State.UNCONFIRMED),
            waiting=count(wave, Mail.State.DUE, Mail.State.CLAIMED, Mail.State.SENDING),
            refused=count(wave, Mail.State.REFUSED),
            held_back=held_back.get(wave.pk, 0),
            without_address=without_address.get(wave.pk, 0),
        )
        for wave in waves
    }
