"""People who open the link in their mail and send their answers, over real HTTP."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlencode, urlsplit

from tests.smtp import ReceivedMail

LINK = re.compile(r"http://127\.0\.0\.1:\d+/a/[\w-]{32}/")
AT_ONCE = 4
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def link_in(mail: ReceivedMail) -> str:
    """The link to the answering page; the one to stop reminders has the same beginning."""
    found = LINK.search(mail.text)
    assert found, mail.text
    return found.group()


def links_by_address(mails: Sequence[ReceivedMail]) -> dict[str, str]:
    return {mail.recipients[0]: link_in(mail) for mail in mails}


def answer_all(links: Mapping[str, str], scores: Mapping[str, Sequence[int | None]]) -> list[int]:
    """Everyone in `scores` answers, a few at once; the status of each of their posts."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda email: answer(links[email], scores[email]), scores))


def answer(link: str, scores: Sequence[int | None]) -> int:
    """Opens the page and sends it; the status of the post."""
    connection, path = connect(link)
    page = request(connection, "GET", path)
    body = page.read().decode()
    assert page.status == 200, f"{page.status} for {link}"
    assert all(f'name="q{number}"' in body for number in range(1, len(scores) + 1))
    return post(connection, path, scores)


def send(link: str, scores: Sequence[int | None]) -> int:
    """Only sends: a page that was opened earlier."""
    connection, path = connect(link)
    return post(connection, path, scores)


def post(connection: HTTPConnection, path: str, scores: Sequence[int | None]) -> int:
    chosen = {f"q{number}": score for number, score in enumerate(scores, start=1) if score is not None}
    response = request(connection, "POST", path, urlencode(chosen))
    response.read()
    connection.close()
    return response.status


def look(link: str) -> tuple[int, str]:
    connection, path = connect(link)
    page = request(connection, "GET", path)
    return page.status, page.read().decode()


def connect(link: str) -> tuple[HTTPConnection, str]:
    address = urlsplit(link)
    return HTTPConnection(address.netloc, timeout=30), address.path


def request(connection: HTTPConnection, method: str, path: str, body: str | None = None) -> HTTPResponse:
    connection.request(method, path, body, FORM if body is not None else {})
    return connection.getresponse()
