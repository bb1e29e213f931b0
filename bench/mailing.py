"""Mails through a real SMTP server on this machine, beside smtplib alone."""

from __future__ import annotations

import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils import timezone

from surveys.mailing.services import send_due_mail
from surveys.models import Mail

from . import organisations
from .installation import free_port
from .measures import Measure

PEOPLE, UNITS = 1_000, 100
USUAL_SIZE = 5_000  # bytes of an invitation


def measures() -> Iterator[Measure]:
    wave = organisations.made("mailing", people=PEOPLE, units=UNITS)
    with smtp_server():
        began = time.perf_counter()
        report = send_due_mail(wave.organisation, now=timezone.now())
        per_second = PEOPLE / (time.perf_counter() - began)
        assert report.sent == Mail.objects.filter(wave=wave, state=Mail.State.SENT).count() == PEOPLE
        reference = plain_mails_per_second()
    yield Measure("mails sent", per_second, "per second", reference)


def plain_mails_per_second() -> float:
    message = b"Subject: Plain\r\n\r\n" + b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * (USUAL_SIZE // 72)
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", settings.EMAIL_PORT) as server:
        for number in range(PEOPLE):
            server.sendmail("bench@example.org", f"plain{number}@example.org", message)
    return PEOPLE / (time.perf_counter() - began)


@contextmanager
def smtp_server() -> Iterator[None]:
    """In a process of its own, so that it takes no time from the sender's."""
    settings.EMAIL_PORT = port = free_port()
    command = [sys.executable, "-m", "aiosmtpd", "--nosetuid", "--listen", f"127.0.0.1:{port}"]
    server = subprocess.Popen([*command, "--class", "aiosmtpd.handlers.Sink"])
    try:
        wait_for(port)
        yield
    finally:
        server.terminate()
        server.wait()


def wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The SMTP server did not start.")
