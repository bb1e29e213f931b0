"""How the mails of waves fare is what a plain count finds, whatever became of each."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from surveys.mailing.queries import MailCounts, mail_counts
from surveys.models import Invitation, Mail, RefusedAddress, Wave
from tests.waves import open_wave

State = Mail.State
WAITING, SENT = {State.DUE, State.CLAIMED, State.SENDING}, {State.SENT, State.UNCONFIRMED}
ADDRESSES = ["", "a@example.org", "A@Example.org", "b@example.org"]
REFUSED = st.sets(st.sampled_from(["a@example.org", "b@example.org"]))
# Of someone asked: the address, and what became of the mails of each kind, as far as there is one.
PERSON = st.tuples(
    st.sampled_from(ADDRESSES),
    st.dictionaries(st.sampled_from(Mail.Kind.values), st.sampled_from(list(State))),
)
PEOPLE = st.lists(PERSON, max_size=6)

Person = tuple[str, dict[str, State]]


class AnyMails(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(PEOPLE, PEOPLE, REFUSED, REFUSED)
    def test_they_are_counted_by_wave(
        self, here: list[Person], elsewhere: list[Person], refused: set[str], others: set[str]
    ) -> None:
        waves = [wave_of(here, refused), wave_of(elsewhere, others)]
        assert mail_counts(waves) == {
            waves[0].pk: counted(here, refused),
            waves[1].pk: counted(elsewhere, others),
        }
        assert mail_counts([]) == {}


def wave_of(people: list[Person], refused: set[str]) -> Wave:
    """Of an organisation of its own."""
    built, now = open_wave({"City": 1}), timezone.now()
    wave, unit = built.wave, built.units["City"]
    whole = wave.organisation
    RefusedAddress.objects.bulk_create(
        RefusedAddress(organisation=whole, email=email, reason="550", refused_at=now) for email in refused
    )
    Invitation.objects.filter(wave=wave).delete()
    for email, mails in people:
        asked = Invitation.objects.create(
            organisation=whole, wave=wave, unit=unit, email=email, language="nl"
        )
        Mail.objects.bulk_create(
            Mail(organisation=whole, wave=wave, invitation=asked, kind=kind, state=state, due_at=now)
            for kind, state in mails.items()
        )
    return wave


def counted(people: list[Person], refused: set[str]) -> MailCounts:
    def invited(states: set[State]) -> int:
        return number(lambda _email, mails: mails.get(Mail.Kind.INVITATION) in states)

    def number(is_one: Callable[[str, dict[str, State]], bool]) -> int:
        return sum(is_one(email, mails) for email, mails in people)

    return MailCounts(
        sent=invited(SENT),
        waiting=invited(WAITING),
        refused=invited({State.REFUSED}),
        held_back=number(lambda email, mails: email.lower() in refused and not mails),
        without_address=number(lambda email, _mails: email == ""),
    )
