"""The test suite's own mail server misbehaves as asked."""

import smtplib

import pytest
from django.core.mail import send_mail

from tests.smtp import GREYLISTED, UNKNOWN, SmtpServer


def send(*to: str) -> None:
    send_mail("Subject", "Text", "hr@example.nl", list(to))


def test_mails_arrive(smtp_server: SmtpServer) -> None:
    send("jan@example.nl")
    assert smtp_server.addresses() == ["jan@example.nl"]
    assert smtp_server.mails[0].text.strip() == "Text"
    assert smtp_server.connections == 1


def test_down_refuses_connections_and_up_takes_them_at_the_same_port(smtp_server: SmtpServer) -> None:
    smtp_server.down()
    with pytest.raises(ConnectionRefusedError):
        send("jan@example.nl")
    smtp_server.up()
    send("jan@example.nl")
    assert smtp_server.addresses() == ["jan@example.nl"]


@pytest.mark.parametrize(("reply", "code"), [(UNKNOWN, 550), (GREYLISTED, 451)])
def test_an_address_can_be_refused(smtp_server: SmtpServer, reply: str, code: int) -> None:
    smtp_server.refused["gone@example.nl"] = reply
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        send("gone@example.nl")
    assert refusal.value.recipients["gone@example.nl"][0] == code


@pytest.mark.parametrize("kept", [True, False])
def test_the_connection_can_be_dropped_with_or_without_the_mail(smtp_server: SmtpServer, kept: bool) -> None:
    smtp_server.drop_at, smtp_server.keep_dropped = 2, kept
    send("first@example.nl")
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send("second@example.nl")
    assert len(smtp_server.mails) == (2 if kept else 1)
