"""A real browser against the real application and database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, sync_playwright

if TYPE_CHECKING:
    from accounts.models import User

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1440, "height": 900}
SECONDS = 30  # on a busy machine

Language = Literal["nl", "en"]
LOCALES = {"nl": "nl-NL", "en": "en-GB"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop running in this thread, in which Django would refuse its database.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        # A browser keeps its connections open, and with them the server's threads and theirs to the database.
        patch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()
        connections.close_all()  # while the loop runs: this thread has others without it


def session_of(user: User) -> str:
    """The key of a new session in which the user has signed in."""
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@dataclass
class Visitor:
    """Someone with a browser of their own. `said`: its console's errors, such as refused styles."""

    context: BrowserContext
    address: str
    said: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        return self.go(path, self.tab())

    def tab(self) -> Page:
        page = self.context.new_page()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.said.append(str(error)))
        return page

    def go(self, path: str, tab: Page) -> Page:
        tab.goto(self.address + path)
        return tab

    def sign_in(self, session: str) -> None:
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.address}
        self.context.add_cookies([cookie])  # type: ignore[list-item] # any other key is optional

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.said.append(message.text)


Visit = Callable[..., Visitor]


@contextmanager
def visitors(browser: Browser) -> Iterator[Visit]:
    """visit(address, language="nl", …): a new visitor; more arguments go to Playwright's `new_context`."""
    contexts = []

    def visit(address: str, *, language: Language = "en", **options: Any) -> Visitor:
        given = {"viewport": DESK, "locale": LOCALES[language], "reduced_motion": "reduce"} | options
        context = browser.new_context(**given)
        context.set_default_timeout(SECONDS * 1000)
        contexts.append(context)
        return Visitor(context, address)

    yield visit
    for context in contexts:
        context.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    with visitors(browser) as start:
        yield start
