"""An address that a server refuses for good gets no mail in later waves, until HR or an import changes it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import AuditEvent
from orgunits.models import Employee
from surveys.mailing.again import not_reached, send_again
from surveys.mailing.refused import allow_again, refused_people
from surveys.mailing.services import send_due_mail
from surveys.models import Mail, RefusedAddress, Wave
from surveys.waves.snapshot import queue_mails
from tests.answered import have_answered
from tests.smtp import GREYLISTED, UNKNOWN, SmtpServer

from .factories import NOW, make_mail, make_mails, make_wave, states

pytestmark = pytest.mark.django_db(transaction=True)

POLICY = "550 5.7.1 Sender is on our blocklist"


def refuse(server: SmtpServer, mail: Mail, reply: str = UNKNOWN) -> None:
    server.refused[mail.invitation.email] = reply


def next_wave(wave: Wave, mails: list[Mail]) -> Wave:
    """A second wave with the same people."""
    again = make_wave(wave.organisation, number=1, questions=0)
    for mail in mails:
        employee = mail.invitation.employee
        assert employee is not None
        employee.refresh_from_db()
        again.invitations.create(
            organisation=wave.organisation,
            employee=employee,
            unit=employee.unit,
            email=employee.email,
            language="en",
        )
    queue_mails(again.invitations.all(), Mail.Kind.INVITATION, now=NOW)
    return again


def test_an_unknown_address_gets_no_mail_in_the_next_wave(wave: Wave, smtp_server: SmtpServer) -> None:
    gone, fine = make_mails(wave, 2)
    refuse(smtp_server, gone)
    send_due_mail(wave.organisation, now=NOW)
    later = next_wave(wave, [gone, fine])
    assert [mail.invitation.email for mail in later.mails.all()] == [fine.invitation.email]
    assert "550" in RefusedAddress.objects.get().reason


@pytest.mark.parametrize("reply", [GREYLISTED, POLICY])
def test_a_refusal_that_is_not_about_the_address_holds_nothing_back(
    reply: str, wave: Wave, smtp_server: SmtpServer
) -> None:
    mail = make_mail(wave)
    refuse(smtp_server, mail, reply)
    send_due_mail(wave.organisation, now=NOW)
    assert not RefusedAddress.objects.exists()


def test_capitals_make_no_other_address(wave: Wave, smtp_server: SmtpServer) -> None:
    mail = make_mail(wave, email="Noor@Example.org")
    refuse(smtp_server, mail)
    send_due_mail(wave.organisation, now=NOW)
    Employee.objects.update(email="noor@example.ORG")
    assert next_wave(wave, [mail]).mails.count() == 0


def test_another_organisation_still_mails_it(wave: Wave, smtp_server: SmtpServer) -> None:
    from .factories import make_organisation

    mail = make_mail(wave, email="noor@example.org")
    refuse(smtp_server, mail)
    send_due_mail(wave.organisation, now=NOW)
    other = make_wave(make_organisation(), questions=0)
    twin = make_mail(other, email="noor@example.org")
    twin.delete()
    assert queue_mails(other.invitations.all(), Mail.Kind.INVITATION, now=NOW) == 1


def test_hr_sees_who_it_is_until_an_import_brings_another_address(
    wave: Wave, smtp_server: SmtpServer
) -> None:
    mail = make_mail(wave, first_name="Sam")
    refuse(smtp_server, mail)
    send_due_mail(wave.organisation, now=NOW)
    assert [person.name for person in refused_people(wave.organisation)] == ["Sam"]
    Employee.objects.filter(first_name="Sam").update(email="sam.new@example.org")
    assert refused_people(wave.organisation) == []
    assert next_wave(wave, [mail]).mails.count() == 1


def test_hr_can_say_that_the_address_is_right(wave: Wave, smtp_server: SmtpServer) -> None:
    mail = make_mail(wave)
    refuse(smtp_server, mail)
    send_due_mail(wave.organisation, now=NOW)
    allow_again(RefusedAddress.objects.get(), by=None, now=NOW)
    assert next_wave(wave, [mail]).mails.count() == 1
    assert AuditEvent.objects.filter(action="address.allowed_again").exists()


# Sending again


def test_a_refused_mail_goes_again_to_the_address_that_the_person_has_now(
    wave: Wave, smtp_server: SmtpServer
) -> None:
    mail = make_mail(wave)
    refuse(smtp_server, mail)
    send_due_mail(wave.organisation, now=NOW)
    Employee.objects.update(email="right@example.org")
    assert send_again(wave, by=None, now=NOW) == 1
    send_due_mail(wave.organisation, now=NOW + timedelta(minutes=2))
    assert smtp_server.addresses() == ["right@example.org"]
    assert "You may have had this mail before" in smtp_server.mails[0].text
    assert states(wave) == ["sent"]


def test_only_those_who_were_chosen_get_it(wave: Wave) -> None:
    one, _two = make_mails(wave, 2, state="refused")
    assert send_again(wave, invitations=[one.invitation_id], by=None, now=NOW) == 1
    assert states(wave) == ["due", "refused"]


@pytest.mark.parametrize("state", ["sent", "due", "sending", "cancelled"])
def test_a_mail_that_went_well_or_is_under_way_is_not_sent_again(state: str, wave: Wave) -> None:
    mail = make_mail(wave, state=state)
    assert send_again(wave, invitations=[mail.invitation_id], by=None, now=NOW) == 0


def test_twice_asked_is_sent_once(wave: Wave, smtp_server: SmtpServer) -> None:
    make_mail(wave, state="unconfirmed")
    assert [send_again(wave, by=None, now=NOW) for _ in range(2)] == [1, 0]
    send_due_mail(wave.organisation, now=NOW)
    assert len(smtp_server.mails) == 1


def test_a_mail_that_was_perhaps_sent_keeps_a_link_that_works(wave: Wave) -> None:
    from surveys.answering.services import look_up
    from surveys.mailing.tokens import token_hash

    mail = make_mail(wave, state="unconfirmed", token_hash=token_hash("first"))
    send_again(wave, by=None, now=NOW)
    found = look_up(token_hash("first"), now=NOW)
    assert found is not None
    assert (found.invitation_id, found.on_paper) == (mail.invitation_id, True)


def test_someone_held_back_can_be_sent_to_in_an_open_wave(wave: Wave, smtp_server: SmtpServer) -> None:
    mail = make_mail(wave)
    refuse(smtp_server, mail)
    send_due_mail(wave.organisation, now=NOW)
    later = next_wave(wave, [mail])
    smtp_server.refused.clear()
    assert not_reached(later).count() == 1
    assert send_again(later, by=None, now=NOW) == 1
    send_due_mail(wave.organisation, now=NOW)
    assert smtp_server.addresses() == [mail.invitation.email]
    assert not_reached(later).count() == 0


@pytest.mark.parametrize("answered", [True, False])
def test_what_becomes_of_it_does_not_depend_on_having_answered(
    answered: bool, wave: Wave, smtp_server: SmtpServer
) -> None:
    """Someone may have answered by letter, and HR must not learn that from a mail that is called off."""
    mail = make_mail(wave, state="refused")
    have_answered(wave.invitations.filter(pk=mail.invitation_id) if answered else ())
    assert not_reached(wave).count() == 1
    assert send_again(wave, by=None, now=NOW) == 1
    send_due_mail(wave.organisation, now=NOW)
    assert states(wave) == ["sent"]


def test_a_refused_reminder_is_no_reason_to_be_listed(wave: Wave) -> None:
    """Only who has not answered gets a reminder, so the list would name those."""
    mail = make_mail(wave, state="sent")
    wave.mails.create(
        organisation=wave.organisation,
        invitation=mail.invitation,
        kind=Mail.Kind.REMINDER,
        state="refused",
        due_at=NOW,
    )
    assert not not_reached(wave).exists()


def test_nothing_is_sent_again_into_a_closed_wave(wave: Wave) -> None:
    from django.core.exceptions import ValidationError

    make_mail(wave, state="refused")
    with pytest.raises(ValidationError):
        send_again(wave, by=None, now=wave.closes_at)


def test_sending_again_is_audited(wave: Wave) -> None:
    make_mail(wave, state="refused")
    send_again(wave, by=None, now=NOW)
    assert AuditEvent.objects.get(action="mail.sent_again").detail == {"mails": 1}
