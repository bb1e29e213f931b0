"""What holds for each page: no barriers, nothing off the screen, a silent console, and Dutch in Dutch."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import pytest
from django.core.mail import EmailMultiAlternatives
from django.core.management import call_command
from django.test import override_settings
from playwright.sync_api import Browser, Page
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from listening.mailbox.backend import MailboxBackend
from tests.browser.barriers import barriers
from tests.browser.conftest import DESK, PHONE, Visitor, session_of, visitors
from tests.browser.english import english_in
from tests.browser.pages import PLACES, Place
from tests.browser.town import town

pytestmark = pytest.mark.django_db

TEXTS = """() => {
  const named = ["aria-label", "title", "placeholder", "alt", "data-label"];
  const all = [...document.body.querySelectorAll("*")];
  const attributes = all.flatMap((one) => named.map((name) => one.getAttribute(name)));
  return [document.title, ...document.body.innerText.split("\\n"), ...attributes].filter(Boolean);
}"""


@dataclass(frozen=True)
class Tour:
    """`addresses` by place and `sessions` by name; made beforehand, as the tests themselves write nothing."""

    url: str
    addresses: dict[str, str]
    sessions: dict[str, str]


@pytest.fixture(scope="module")
def tour(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Tour]:
    """One town for all pages, as looking changes little; emptied when the last was looked at."""
    changed = override_settings(ROOT_URLCONF="tests.browser.urls", DATA_DIR=tmp_path_factory.mktemp("data"))
    with django_db_blocker.unblock(), changed, pytest.MonkeyPatch.context() as patch:
        patch.setattr(logging.getLogger("django.request"), "disabled", True)  # one page is broken on purpose
        built = town(language="nl")
        built.with_password("hr")
        send_a_mail()
        addresses = {place.name: place.path(built) for place in PLACES}
        sessions = {name: session_of(user) for name, user in built.users.items()}
        server = LiveServer("127.0.0.1")
        yield Tour(server.url, addresses, sessions)
        server.stop()
        call_command("flush", interactive=False, verbosity=0)


def send_a_mail() -> None:
    message = EmailMultiAlternatives("Zes vragen", "Tot vrijdag.", to=["w1@waterveen.example"])
    message.attach_alternative("<p>Tot vrijdag.</p>", "text/html")
    MailboxBackend().send_messages([message])


@dataclass(frozen=True)
class Seen:
    """What one visit to a place in Dutch brings to light."""

    place: Place
    language: str
    barriers_on_desk: list[str]
    barriers_on_phone: list[str]
    width_on_phone: int
    texts: list[str]
    said: list[str]


@pytest.fixture(scope="module")
def visitor_for(tour: Tour, browser: Browser) -> Iterator[Callable[[str], tuple[Visitor, Page]]]:
    """One for all pages of a user, with one tab: what a page is made of is fetched once."""
    with visitors(browser) as visit:

        @cache
        def visitor_for(who: str) -> tuple[Visitor, Page]:
            visitor = visit(tour.url, language="nl")
            if who:
                visitor.sign_in(tour.sessions[who])
            return visitor, visitor.tab()

        yield visitor_for


@pytest.fixture(scope="module", params=PLACES, ids=str)
def seen(
    request: pytest.FixtureRequest, tour: Tour, visitor_for: Callable[[str], tuple[Visitor, Page]]
) -> Seen:
    place: Place = request.param
    visitor, tab = visitor_for(place.who)
    tab.emulate_media(color_scheme="light")
    tab.set_viewport_size(DESK)
    visitor.said.clear()
    visitor.go(tour.addresses[place.name], tab)
    if place.act:
        place.act(tab)
    return look(place, visitor, tab)


def look(place: Place, visitor: Visitor, page: Page) -> Seen:
    """In light on a desk, then in dark on a phone."""
    on_desk = barriers(page)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PHONE)
    return Seen(
        place=place,
        language=page.locator("html").get_attribute("lang") or "",
        barriers_on_desk=on_desk,
        barriers_on_phone=barriers(page),
        width_on_phone=page.evaluate("document.documentElement.scrollWidth"),
        texts=page.evaluate(TEXTS),
        said=[*visitor.said],
    )


def test_a_page_has_no_barriers_in_light_on_a_desk(seen: Seen) -> None:
    assert seen.barriers_on_desk == []


def test_a_page_has_no_barriers_in_dark_on_a_phone(seen: Seen) -> None:
    assert seen.barriers_on_phone == []


def test_a_page_does_not_scroll_sideways_on_a_phone(seen: Seen) -> None:
    assert seen.width_on_phone <= PHONE["width"]


def test_the_console_is_silent(seen: Seen) -> None:
    """No script fails, and the content security policy refuses nothing."""
    refusal = f"the server responded with a status of {seen.place.refusal} "
    assert [line for line in seen.said if refusal not in line] == []


def test_english_is_found_in_dutch() -> None:
    lines = ["Sign in", "Zorg: 3 of 4 people count one level up", "Open de mail", "Aanmelden"]
    assert english_in(lines) == ["Sign in", "Zorg: 3 of 4 people count one level up"]


def test_a_page_is_wholly_dutch_in_dutch(seen: Seen) -> None:
    assert seen.language == "nl"
    assert seen.place.in_english or english_in(seen.texts) == []
