"""Backends other than Django's SMTP: a mail service over HTTP, the demo's mailbox, and unknown ones."""

import json
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core import mail as outgoing
from django.core.mail.backends.base import BaseEmailBackend
from pytest_django import Settings

from surveys.mailing.services import send_due_mail
from surveys.models import Wave
from tests.smtp import free_port

from .factories import NOW, make_mails, states

pytestmark = pytest.mark.django_db


@dataclass(slots=True)
class MailService:
    """Answers as Postmark's interface does, with a status of choice."""

    status: int = 200
    answer: dict[str, Any] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)
    port: int = 0


@pytest.fixture
def mail_service(settings: Settings) -> Iterator[MailService]:
    service = MailService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            service.requests.append(request)
            accepted = {"ErrorCode": 0, "Message": "OK", "MessageID": "1", "To": request["To"]}
            body = json.dumps(service.answer or accepted).encode()
            self.send_response(service.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    service.port = server.server_port
    Thread(target=server.serve_forever, daemon=True).start()
    use_service(settings, service.port)
    yield service
    server.shutdown()
    server.server_close()


def use_service(settings: Settings, port: int) -> None:
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    address = f"http://127.0.0.1:{port}/"
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "token", "POSTMARK_API_URL": address}


def test_a_mail_service_sends_with_our_headers(wave: Wave, mail_service: MailService) -> None:
    make_mails(wave, 2)
    assert send_due_mail(wave.organisation, now=NOW).sent == 2
    names = {header["Name"] for header in mail_service.requests[0]["Headers"]}
    assert {"Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post", "Message-ID"} <= names


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, ["due", "due"]),
        (429, ["due", "due"]),
        (503, ["due", "due"]),
        (400, ["refused", "refused"]),
        (500, ["unconfirmed", "due"]),
        (504, ["unconfirmed", "due"]),
    ],
)
def test_the_status_of_a_mail_service_decides(
    wave: Wave, mail_service: MailService, status: int, expected: list[str]
) -> None:
    make_mails(wave, 2)
    mail_service.status, mail_service.answer = status, {"ErrorCode": 1, "Message": "No"}
    send_due_mail(wave.organisation, now=NOW)
    assert states(wave) == expected


def test_an_address_that_a_mail_service_refuses_is_a_bounce(wave: Wave, mail_service: MailService) -> None:
    [mail] = make_mails(wave, 1)
    words = f"Found inactive addresses: {mail.invitation.email}. Inactive recipients bounced."
    mail_service.status, mail_service.answer = 422, {"ErrorCode": 406, "Message": words}
    send_due_mail(wave.organisation, now=NOW)
    assert states(wave) == ["refused"]


def test_a_mail_service_that_cannot_be_reached_makes_all_mails_wait(wave: Wave, settings: Settings) -> None:
    make_mails(wave, 2)
    use_service(settings, free_port())
    assert send_due_mail(wave.organisation, now=NOW).due == 2


def test_the_mailbox_of_the_demo_gets_all_mails(wave: Wave, settings: Settings, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND, settings.DATA_DIR = "listening.mailbox.backend.MailboxBackend", tmp_path
    make_mails(wave, 3)
    assert send_due_mail(wave.organisation, now=NOW).sent == 3
    assert len(list((tmp_path / "mail").iterdir())) == 3


@pytest.mark.parametrize("name", ["locmem", "dummy"])
def test_djangos_own_backends_work(wave: Wave, settings: Settings, name: str) -> None:
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{name}.EmailBackend"
    make_mails(wave, 3)
    assert send_due_mail(wave.organisation, now=NOW).sent == 3
    assert len(outgoing.outbox) == (3 if name == "locmem" else 0)


class RaisingBackend(BaseEmailBackend):
    error: Exception

    def send_messages(self, email_messages: Any) -> int:
        raise self.error


class NoBackend(RaisingBackend):
    def open(self) -> bool | None:
        raise self.error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (RuntimeError("Something else"), ["unconfirmed", "due"]),
        (TimeoutError("timed out"), ["unconfirmed", "due"]),
        (smtplib.SMTPServerDisconnected("Connection unexpectedly closed"), ["unconfirmed", "due"]),
        (smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"No \x00 such \xff user")}), ["refused"] * 2),
        (smtplib.SMTPSenderRefused(550, b"Not from you", "b@example.org"), ["due", "due"]),
        (outgoing.BadHeaderError("A line break"), ["refused", "refused"]),
    ],
)
def test_whatever_an_unknown_backend_raises_no_mail_is_sent_twice(
    wave: Wave, settings: Settings, error: Exception, expected: list[str]
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.RaisingBackend"
    RaisingBackend.error = error
    make_mails(wave, 2)
    send_due_mail(wave.organisation, now=NOW)
    assert states(wave) == expected


def test_a_backend_that_cannot_open_makes_all_mails_wait(wave: Wave, settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.NoBackend"
    NoBackend.error = ValueError("Its settings are wrong")
    make_mails(wave, 2)
    report = send_due_mail(wave.organisation, now=NOW)
    assert (report.due, report.trouble) == (2, "ValueError: Its settings are wrong")


class SilentBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Any) -> int:
        return 0


def test_a_mail_that_a_backend_says_it_did_not_send_is_tried_again(wave: Wave, settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.SilentBackend"
    make_mails(wave, 2)
    assert send_due_mail(wave.organisation, now=NOW).due == 2
    assert set(wave.mails.values_list("attempts", flat=True)) == {1}
