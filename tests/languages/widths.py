"""Every page on a phone, and what of it is wider than that."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Visitor
    from tests.browser.pages import Place
    from tests.browser.town import Town

TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  const cut = (one) => {
    const style = getComputedStyle(one);
    return style.overflowX === "hidden" && style.textOverflow !== "ellipsis"
      && one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1;
  };
  const found = document.documentElement.scrollWidth > width
    ? [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > width + 1)
    : [...document.querySelectorAll("main *, header *")].filter(cut);
  return found.slice(-3).map((one) => one.outerHTML.slice(0, 150));
}"""


def on_a_phone(town: Town, chromium: str) -> Iterator[tuple[Place, Page]]:
    from django.db import connections
    from playwright.sync_api import sync_playwright
    from pytest_django.live_server_helper import LiveServer

    from tests.browser.conftest import FLAGS, PHONE, session_of, visitors
    from tests.browser.pages import PLACES

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop running in this thread
    connections.settings["default"]["CONN_MAX_AGE"] = 0
    town.with_password("hr")
    server = LiveServer("127.0.0.1")
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            with visitors(browser) as visit:
                known: dict[str, tuple[Visitor, Page]] = {}
                for place in PLACES:
                    if place.who not in known:
                        visitor = visit(server.url, viewport=PHONE, locale="en-XA")
                        if place.who:
                            visitor.sign_in(session_of(town.users[place.who]))
                        known[place.who] = visitor, visitor.tab()
                    visitor, page = known[place.who]
                    visitor.go(place.path(town), page)
                    if place.act:
                        place.act(page)
                    yield place, page
            browser.close()
            connections.close_all()
    finally:
        server.stop()
