"""Opens every page in the pseudo-language on a phone and prints as JSON those that are wider than it.

A program of its own, like `walk`. With a folder as argument it leaves a screenshot of each page there.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import django

from tests.languages.walk import PSEUDO, own_database

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

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


def too_wide(
    town: Town, browser: Browser, address: str, pictures: Path | None
) -> Iterator[tuple[str, list[str]]]:
    from tests.browser.barriers import barriers
    from tests.browser.conftest import PHONE, Visitor, session_of, visitors
    from tests.browser.pages import PLACES

    town.with_password("hr")
    with visitors(browser) as visit:
        known: dict[str, tuple[Visitor, Page]] = {}
        for place in PLACES:
            if place.who not in known:
                visitor = visit(address, viewport=PHONE, locale="en-XA")
                if place.who:
                    visitor.sign_in(session_of(town.users[place.who]))
                known[place.who] = visitor, visitor.tab()
            visitor, page = known[place.who]
            visitor.go(place.path(town), page)
            if place.act:
                place.act(page)
            if pictures:
                page.screenshot(path=pictures / f"{place.name}.png", full_page=True)
            # Only here are there three languages to switch between.
            more = barriers(page) if place.name in {"today", "answer"} else []
            yield place.name, page.evaluate(TOO_WIDE) + more


def main(chromium: str, pictures: Path | None) -> dict[str, list[str]]:
    from django.db import connections
    from playwright.sync_api import sync_playwright
    from pytest_django.live_server_helper import LiveServer

    from tests.browser.conftest import FLAGS
    from tests.browser.town import town

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop running in this thread
    connections.settings["default"]["CONN_MAX_AGE"] = 0
    built = town(language=PSEUDO)
    server = LiveServer("127.0.0.1")
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            found = dict(too_wide(built, browser, server.url, pictures))
            browser.close()
            connections.close_all()
    finally:
        server.stop()
    return {name: elements for name, elements in found.items() if elements}


if __name__ == "__main__":
    django.setup()
    with own_database():
        pictures = Path(sys.argv[2]) if len(sys.argv) > 2 else None
        json.dump(main(sys.argv[1], pictures), sys.stdout, ensure_ascii=False, indent=1)
