"""Mails through a real SMTP server on this machine, beside smtplib alone with mails as large.

Neither side waits for confirmations of what it sent (TCP_NODELAY), nor does the server, by asyncio's default.
"""

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

from surveys.mailing.compose import Composer
from surveys.mailing.services import send_due_mail
from surveys.mailing.tokens import new_token
from surveys.models import Mail, Wave

from . import organisations
from .installation import free_port
from .measures import Measure

PEOPLE, UNITS = 2_000, 100
WARM_UP = 200  # as a worker that has sent mail before
AT_LEAST, RATIO = 200, 0.5


def measures() -> Iterator[Measure]:
    wave = organisations.made("mailing", people=WARM_UP + PEOPLE, units=UNITS)
    size = size_of_a_mail(wave)
    with smtp_server():
        assert send_due_mail(wave.organisation, now=timezone.now(), limit=WARM_UP).sent == WARM_UP
        plain_mails_per_second(WARM_UP, size)
        before = plain_mails_per_second(PEOPLE // 2, size)
        began = time.perf_counter()
        report = send_due_mail(wave.organisation, now=timezone.now())
        per_second = PEOPLE / (time.perf_counter() - began)
        assert report.sent == PEOPLE
        assert Mail.objects.filter(wave=wave, state=Mail.State.SENT).count() == WARM_UP + PEOPLE
        after = plain_mails_per_second(PEOPLE // 2, size)
    reference = 2 / (1 / before + 1 / after)
    yield Measure("mails sent", per_second, "per second", reference, at_least=RATIO)
    yield Measure("mails sent, one worker", per_second, "per second", at_least=AT_LEAST)


def size_of_a_mail(wave: Wave) -> int:
    mail = Mail.objects.filter(wave=wave).select_related("organisation", "wave", "invitation__employee")[0]
    message = Composer.for_mails([mail]).compose(mail, token=new_token(), now=timezone.now())
    return len(message.on_the_wire()[2])


def plain_mails_per_second(number: int, size: int) -> float:
    message = b"Subject: Plain\r\n\r\n" + (b"y" * 70 + b"\r\n") * (size // 72)
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", settings.EMAIL_PORT) as server:
        assert server.sock is not None
        server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for place in range(number):
            server.sendmail("bench@example.org", f"plain{place}@example.org", message)
    return number / (time.perf_counter() - began)


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
