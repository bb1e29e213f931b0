"""Whatever address someone types, nothing inside is reached, and nothing but a status is believed."""

from __future__ import annotations

import threading
import time
from ipaddress import ip_network

import pytest
from pytest_django import Settings

from accounts.errors import AccountError
from accounts.webhooks import posting
from accounts.webhooks.models import Delivery
from accounts.webhooks.posting import Answer, post
from accounts.webhooks.services import check_address
from tests.accounts.webhooks.receiver import Receiver
from tests.smtp import free_port

Problem = Delivery.Problem
REFUSED = Answer(problem=Problem.REFUSED)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",  # 127.0.0.1 as one number
        "0x7f.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",  # noqa: S104 - an address that someone may type
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",  # where clouds keep their keys
        "[fe80::1]",
        "[fd00::1]",
        "[64:ff9b::7f00:1]",
        "[::7f00:1]",
        "[::ffff:0:7f00:1]",
        "[fec0::1]",
        "224.0.0.1",
    ],
)
def test_an_address_inside_is_refused(settings: Settings, receiver: Receiver, host: str) -> None:
    settings.WEBHOOK_NETWORKS = []
    port = receiver.url.rpartition(":")[2]
    assert post(f"http://{host}:{port}", "{}", {}) == REFUSED
    assert receiver.received == []


def test_an_address_in_a_network_that_the_operator_named_is_reached(
    settings: Settings, receiver: Receiver
) -> None:
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.0/8")]
    assert post(receiver.url.replace("127.0.0.1", "localhost"), "{}", {}) == Answer(200)
    assert receiver.received[0].headers["host"].startswith("localhost:")
    assert post("http://10.1.2.3/", "{}", {}) == REFUSED


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.status, receiver.redirects_to = 302, receiver.url
    assert post(receiver.url, "{}", {}) == Answer(302, Problem.STATUS)
    assert len(receiver.received) == 1


def test_in_production_only_https_is_spoken(settings: Settings, receiver: Receiver) -> None:
    settings.WEBHOOK_SCHEMES = ["https"]
    assert post(receiver.url, "{}", {}) == REFUSED
    assert receiver.received == []
    with pytest.raises(AccountError, match="https://"):
        check_address(receiver.url)


def test_a_server_without_a_certificate_gets_nothing(receiver: Receiver) -> None:
    answer = post(receiver.url.replace("http:", "https:"), "{}", {})
    assert (answer, receiver.received) == (Answer(problem=Problem.UNREACHABLE), [])


def test_a_long_answer_is_not_read(receiver: Receiver) -> None:
    receiver.answer = b"x" * 50_000_000
    assert post(receiver.url, "{}", {}) == Answer(200)
    assert receiver.answered == 0


def test_who_does_not_answer_is_not_waited_for(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "READ", 0.3)
    receiver.hangs = threading.Event()
    begun = time.monotonic()
    assert post(receiver.url, "{}", {}) == Answer(problem=Problem.TOO_SLOW)
    assert time.monotonic() - begun < 5
    receiver.hangs.set()


def test_where_nobody_listens_is_told_as_that() -> None:
    assert post(f"http://127.0.0.1:{free_port()}/", "{}", {}) == Answer(problem=Problem.UNREACHABLE)


def test_a_proxy_or_password_of_the_machine_is_not_used(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    assert post(receiver.url, "{}", {}) == Answer(200)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "ftp://example.org/",
        "https://",
        "https://[::1",
        "https://a:b@example.org/",
        "file:///etc/passwd",
    ],
)
def test_what_is_no_address_is_refused_when_typed(url: str) -> None:
    with pytest.raises(AccountError):
        check_address(url)
