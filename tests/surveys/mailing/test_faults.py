"""What a server says or does to one mail, and what becomes of that mail and of the others."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from surveys.mailing.services import send_due_mail
from surveys.models import Mail, Wave
from tests.smtp import GREYLISTED, UNKNOWN, free_port

from .factories import NOW, make_mails, states
from .scripted_smtp import DROP, EVERY, HOLD, KEEP_AND_DROP, ScriptedSmtp

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


def everyone(mails: list[Mail]) -> list[str]:
    return sorted(mail.invitation.email for mail in mails)


def test_a_refused_address_is_a_bounce_with_the_servers_words_and_the_others_get_theirs(
    wave: Wave, scripted_smtp: ScriptedSmtp
) -> None:
    mails = make_mails(wave, 3)
    scripted_smtp.refusing[mails[1].invitation.email] = UNKNOWN

    report = send_due_mail(wave.organisation, now=NOW)

    assert states(wave) == ["sent", "refused", "sent"]
    assert (report.sent, report.refused, report.trouble) == (2, 1, "")
    mails[1].refresh_from_db()
    assert mails[1].error == UNKNOWN
    assert scripted_smtp.steps["CONNECT"] == 1


def test_a_greylisted_mail_is_tried_again_after_a_while(wave: Wave, scripted_smtp: ScriptedSmtp) -> None:
    mails = make_mails(wave, 2)
    address = mails[0].invitation.email
    scripted_smtp.refusing[address] = GREYLISTED

    send_due_mail(wave.organisation, now=NOW)
    mails[0].refresh_from_db()
    assert (mails[0].state, mails[0].attempts, mails[0].error) == ("due", 1, GREYLISTED)
    assert mails[0].due_at >= NOW + timedelta(minutes=2)

    scripted_smtp.refusing.clear()
    send_due_mail(wave.organisation, now=NOW + timedelta(minutes=1))
    assert states(wave) == ["due", "sent"]
    send_due_mail(wave.organisation, now=LATER)
    assert states(wave) == ["sent", "sent"]
    assert sorted(scripted_smtp.addresses()) == everyone(mails)


def test_a_mail_that_is_put_off_again_and_again_is_refused_at_the_eighth_attempt(
    wave: Wave, scripted_smtp: ScriptedSmtp
) -> None:
    [mail] = make_mails(wave, 1)
    scripted_smtp.at("RCPT", EVERY, GREYLISTED)
    for day in range(6):
        for hour in range(24):
            send_due_mail(wave.organisation, now=NOW + timedelta(days=day, hours=hour))
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.error) == ("refused", 8, GREYLISTED)
    assert scripted_smtp.steps["RCPT"] == 8


def test_a_mail_is_not_put_off_beyond_the_end_of_its_wave(wave: Wave, scripted_smtp: ScriptedSmtp) -> None:
    make_mails(wave, 1)
    scripted_smtp.at("RCPT", EVERY, GREYLISTED)
    send_due_mail(wave.organisation, now=wave.closes_at - timedelta(minutes=1))
    assert states(wave) == ["refused"]


def test_without_a_server_all_mails_wait_and_none_loses_an_attempt(
    wave: Wave, scripted_smtp: ScriptedSmtp
) -> None:
    mails = make_mails(wave, 3)
    scripted_smtp.down()

    report = send_due_mail(wave.organisation, now=NOW)

    assert (report.due, report.sent) == (3, 0)
    assert "ConnectionRefusedError" in report.trouble
    mails[2].refresh_from_db()
    assert (mails[2].state, mails[2].attempts, mails[2].token_hash) == ("due", 0, None)
    assert "ConnectionRefusedError" in mails[2].error

    scripted_smtp.up()
    send_due_mail(wave.organisation, now=LATER)
    assert states(wave) == ["sent"] * 3
    assert set(wave.mails.values_list("error", flat=True)) == {""}


@pytest.mark.parametrize("reply", ["421 4.3.2 Closing down", "554 5.3.2 No service here", DROP])
@pytest.mark.parametrize("step", ["CONNECT", "EHLO", "MAIL"])
def test_a_server_that_takes_no_mail_at_all_makes_the_whole_batch_wait(
    wave: Wave, scripted_smtp: ScriptedSmtp, step: str, reply: str
) -> None:
    mails = make_mails(wave, 3)
    scripted_smtp.at(step, EVERY, reply)

    report = send_due_mail(wave.organisation, now=NOW)

    assert states(wave) == ["due"] * 3
    assert report.due == 3
    assert report.trouble
    assert sum(wave.mails.values_list("attempts", flat=True)) == (1 if step == "MAIL" else 0)
    assert scripted_smtp.steps[step] <= 2
    scripted_smtp.script.clear()
    send_due_mail(wave.organisation, now=LATER)
    assert sorted(scripted_smtp.addresses()) == everyone(mails)


def test_a_password_that_is_not_accepted_makes_the_whole_batch_wait(
    wave: Wave, scripted_smtp: ScriptedSmtp, settings: Settings
) -> None:
    make_mails(wave, 2)
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "polsslag", "wrong"
    report = send_due_mail(wave.organisation, now=NOW)
    assert states(wave) == ["due", "due"]
    assert report.trouble


def test_a_name_that_leads_nowhere_makes_the_whole_batch_wait(
    wave: Wave, settings: Settings, scripted_smtp: ScriptedSmtp
) -> None:
    make_mails(wave, 2)
    settings.EMAIL_HOST, settings.EMAIL_PORT = "nowhere.invalid", free_port()
    assert send_due_mail(wave.organisation, now=NOW).due == 2


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_connection_lost_before_the_message_is_made_again_and_everyone_gets_one_mail(
    wave: Wave, scripted_smtp: ScriptedSmtp, step: str
) -> None:
    mails = make_mails(wave, 4)
    scripted_smtp.at(step, 3, DROP)

    send_due_mail(wave.organisation, now=NOW)

    assert states(wave) == ["sent"] * 4
    assert sorted(scripted_smtp.addresses()) == everyone(mails)
    assert scripted_smtp.steps["CONNECT"] == 2


def test_a_server_that_takes_few_mails_per_connection_gets_more_connections(
    wave: Wave, scripted_smtp: ScriptedSmtp
) -> None:
    mails = make_mails(wave, 7)
    for time in (3, 6, 9):
        scripted_smtp.at("MAIL", time, "421 4.7.0 Too many messages, closing connection")
    assert send_due_mail(wave.organisation, now=NOW).trouble == ""
    assert sorted(scripted_smtp.addresses()) == everyone(mails)


def test_a_mail_that_always_costs_the_connection_does_not_keep_the_others_from_leaving(
    wave: Wave, scripted_smtp: ScriptedSmtp
) -> None:
    mails = make_mails(wave, 4)
    scripted_smtp.at("RCPT", 2, DROP)
    scripted_smtp.at("RCPT", 3, DROP)

    report = send_due_mail(wave.organisation, now=NOW)
    assert states(wave) == ["sent", "due", "due", "due"]
    assert report.trouble
    send_due_mail(wave.organisation, now=LATER)
    assert states(wave) == ["sent"] * 4
    assert sorted(scripted_smtp.addresses()) == everyone(mails)


@pytest.mark.parametrize("action", [DROP, KEEP_AND_DROP])
def test_a_mail_whose_connection_was_lost_after_the_message_is_never_sent_again(
    wave: Wave, scripted_smtp: ScriptedSmtp, action: str
) -> None:
    mails = make_mails(wave, 4)
    scripted_smtp.at("BODY", 2, action)

    report = send_due_mail(wave.organisation, now=NOW)
    assert states(wave) == ["sent", "unconfirmed", "due", "due"]
    assert report.unconfirmed == 1
    send_due_mail(wave.organisation, now=LATER)
    send_due_mail(wave.organisation, now=LATER + timedelta(days=1))

    assert states(wave) == ["sent", "unconfirmed", "sent", "sent"]
    assert len(scripted_smtp.addresses()) == len(set(scripted_smtp.addresses()))
    assert scripted_smtp.steps["BODY"] == 4
    assert set(everyone(mails)) - set(scripted_smtp.addresses()) <= {mails[1].invitation.email}


def test_a_link_in_an_unconfirmed_mail_works(wave: Wave, scripted_smtp: ScriptedSmtp) -> None:
    [mail] = make_mails(wave, 1)
    scripted_smtp.at("BODY", 1, KEEP_AND_DROP)
    send_due_mail(wave.organisation, now=NOW)
    mail.refresh_from_db()
    assert mail.state == "unconfirmed"
    assert mail.token_hash is not None


@pytest.mark.parametrize(
    ("step", "state"), [("EHLO", "due"), ("MAIL", "due"), ("RCPT", "due"), ("BODY", "unconfirmed")]
)
def test_a_server_that_does_not_answer_in_time_counts_as_a_lost_connection(
    wave: Wave, scripted_smtp: ScriptedSmtp, step: str, state: str
) -> None:
    make_mails(wave, 2)
    scripted_smtp.at(step, 1, HOLD)
    send_due_mail(wave.organisation, now=NOW)
    assert states(wave) == [state, "due"]


def test_a_mail_accepted_just_before_the_connection_was_lost_is_sent(
    wave: Wave, scripted_smtp: ScriptedSmtp
) -> None:
    mails = make_mails(wave, 3)
    scripted_smtp.at("AFTER", 2, DROP)
    send_due_mail(wave.organisation, now=NOW)
    assert states(wave) == ["sent"] * 3
    assert sorted(scripted_smtp.addresses()) == everyone(mails)


@pytest.mark.parametrize(
    ("step", "reply", "state"),
    [
        ("DATA", "451 4.3.0 Try later", "due"),
        ("DATA", "554 5.5.1 No valid recipients", "refused"),
        ("BODY", "451 4.7.1 Try later", "due"),
        ("BODY", "552 5.2.2 Mailbox full", "refused"),
        ("BODY", "421 4.3.2 Closing down", "due"),
        ("BODY", "251 Forwarded", "sent"),
        ("BODY", "Thank you", "unconfirmed"),
    ],
)
def test_the_reply_to_the_message_decides(
    wave: Wave, scripted_smtp: ScriptedSmtp, step: str, reply: str, state: str
) -> None:
    [mail] = make_mails(wave, 1)
    scripted_smtp.at(step, 1, reply)
    send_due_mail(wave.organisation, now=NOW)
    assert states(wave) == [state]
    mail.refresh_from_db()
    assert mail.error.startswith("" if state == "sent" else reply[:3] if reply[0].isdigit() else "")


@pytest.mark.parametrize("address", ["a@example.org\nBcc: b@example.org", "@", "a@b@c", "@example.org"])
def test_an_address_that_cannot_be_written_down_refuses_that_mail_alone(
    wave: Wave, scripted_smtp: ScriptedSmtp, address: str
) -> None:
    mails = make_mails(wave, 3)
    wave.invitations.filter(pk=mails[1].invitation_id).update(email=address)
    report = send_due_mail(wave.organisation, now=NOW)
    assert report.trouble == ""
    assert states(wave) == ["sent", "refused", "sent"]
