"""Mails through a real SMTP server on this machine, beside smtplib alone with one of these mails.

By turns, so that whatever else the machine does slows both alike. Neither side waits for confirmations of
what it sent (TCP_NODELAY), nor does the server, by asyncio's default.
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

ROUNDS, A_ROUND, UNITS = 3, 1000, 100
WARM_UP = 200  # as a worker that has sent mail before
AT_LEAST, RATIO = 200, 0.5


def measures() -> Iterator[Measure]:
    people = WARM_UP + ROUNDS * A_ROUND
    wave = organisations.made("mailing", people=people, units=UNITS)
    message = a_mail(wave)
    with smtp_server():
        seconds_for_mails(wave, WARM_UP)
        seconds_for_smtplib_alone(WARM_UP, message)
        rounds = [
            (seconds_for_mails(wave, A_ROUND), seconds_for_smtplib_alone(A_ROUND, message))
            for _round in range(ROUNDS)
        ]
    assert Mail.objects.filter(wave=wave, state=Mail.State.SENT).count() == people
    per_second, reference = (ROUNDS * A_ROUND / sum(seconds) for seconds in zip(*rounds, strict=True))
    yield Measure("mails sent", per_second, "per second", reference, at_least=RATIO)
    yield Measure("mails sent, one worker", per_second, "per second", at_least=AT_LEAST)


def a_mail(wave: Wave) -> bytes:
    mail = Mail.objects.filter(wave=wave).select_related("organisation", "wave", "invitation__employee")[0]
    message = Composer.for_mails([mail]).compose(mail, token=new_token(), now=timezone.now())
    return message.on_the_wire()[2]


def seconds_for_mails(wave: Wave, number: int) -> float:
    began = time.perf_counter()
    assert send_due_mail(wave.organisation, now=timezone.now(), limit=number).sent == number
    return time.perf_counter() - began


def seconds_for_smtplib_alone(number: int, message: bytes) -> float:
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", settings.EMAIL_PORT) as server:
        assert server.sock is not None
        server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for place in range(number):
            server.sendmail("bench@example.org", f"plain{place}@example.org", message)
    return time.perf_counter() - began


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
