"""Answering over HTTP: how many, how fast, in how many bytes and queries."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from listening.embedded import DataFolder
from surveys.mailing.recorded import count_as_sent
from surveys.mailing.tokens import new_token, token_hash
from surveys.models import Mail, Submission, Wave

from . import bare, organisations
from .load import Load, Request, put_load
from .measures import Measure
from .serving import web_server

PEOPLE, UNITS, QUESTIONS = 4_500, 450, 10
WARM_UP, ROUNDS, A_ROUND = 200, 6, 700
MANY_QUESTIONS = 30
FETCHED = re.compile(rb"""<(?:img|script|iframe|link)\b[^>]*\s(?:src|href)=["'](?!data:)""")


def measures(folder: DataFolder) -> Iterator[Measure]:
    wave = organisations.made("answering", people=PEOPLE, units=UNITS, questions=QUESTIONS)
    links = tokens(wave)
    bare.make_tables(PEOPLE * 4)
    with web_server(folder):
        product, reference = compare(links[: WARM_UP + ROUNDS * A_ROUND])
        page = fetch(links[-1])
    answered = Submission.objects.filter(wave=wave).count()
    assert answered == WARM_UP + ROUNDS * A_ROUND, f"{answered} submissions"
    rate = product.per_second, reference.per_second
    yield Measure("requests of answering", rate[0], "per second", rate[1], at_least=0.5)
    yield Measure("submissions: page and answers", rate[0] / 2, "per second")
    yield Measure("95th percentile of a request", product.p95 * 1000, "ms", reference.p95 * 1000, at_most=4)
    yield Measure("answering page", len(page) / 1000, "kB", at_most=60)
    yield Measure("requests for the page", 1 + len(FETCHED.findall(page)), "requests", at_most=1)
    yield from query_counts(links[-2])


def tokens(wave: Wave) -> list[str]:
    """A working link for everyone, as if their mails were sent."""
    count_as_sent(wave.mails.all(), now=wave.opened_at)
    mails = list(wave.mails.order_by("pk"))
    made = [new_token() for _ in mails]
    for mail, token in zip(mails, made, strict=True):
        mail.token_hash = token_hash(token)
    Mail.objects.bulk_update(mails, ["token_hash"], batch_size=1000)
    return made


def compare(links: list[str]) -> tuple[Load, Load]:
    """By turns, so that whatever else the machine does hits both."""
    answering = [visit(token, number) for number, token in enumerate(links)]
    numbers = iter(range(1, PEOPLE * 4))
    put_load(answering[:WARM_UP])
    put_load([[bare_request(next(numbers))] for _ in range(WARM_UP)])
    product, reference = Load(), Load()
    for place in range(WARM_UP, len(answering), A_ROUND):
        product += put_load(answering[place : place + A_ROUND])
        reference += put_load([[bare_request(next(numbers))] for _ in range(2 * A_ROUND)])
    return product, reference


def visit(token: str, number: int) -> list[Request]:
    answers = {f"q{place}": 1 + (number * place) % 5 for place in range(1, QUESTIONS + 1)}
    path = f"/a/{token}/"
    return [Request("GET", path), Request("POST", path, urlencode(answers), status=303)]


def bare_request(number: int) -> Request:
    return Request("POST", f"/bare/{number}/", "x=1")


def fetch(token: str) -> bytes:
    with urllib.request.urlopen(f"{settings.BASE_URL}/a/{token}/", timeout=10) as page:  # noqa: S310
        return bytes(page.read())


def query_counts(token: str) -> Iterator[Measure]:
    """Of a page that nobody opened before, with few and with many questions, units and people."""
    few = queries_of(token)
    wave = organisations.made("questions", people=10, units=2, questions=MANY_QUESTIONS)
    many = queries_of(tokens(wave)[0])
    yield Measure(f"queries with {MANY_QUESTIONS} questions, to {QUESTIONS}", many, "queries", few, at_most=1)


def queries_of(token: str) -> int:
    client = Client()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/a/{token}/", headers={"host": "127.0.0.1"}).status_code == 200
        assert client.post(f"/a/{token}/", {"q1": "3"}, headers={"host": "127.0.0.1"}).status_code == 303
    return len(queries)
