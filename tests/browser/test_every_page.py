"""What holds for each page: no barriers, nothing off the screen, a silent console, and Dutch in Dutch."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import pytest
from django.core.mail import EmailMultiAlternatives
from django.core.management import call_command
from django.test import override_settings
from playwright.sync_api import Browser, Page, ViewportSize
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from listening.mailbox.backend import MailboxBackend
from surveys.models import Invitation
from tests.browser.barriers import barriers
from tests.browser.conftest import DESK, PHONE, Language, Visitor, session_of, visitors
from tests.browser.english import english_in
from tests.browser.forced import lost
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
    """What two visits to a place bring to light: in Dutch and in English, each in light and in dark.

    `barriers`: by language, colours and width. All rules are looked at once per language, colours and width;
    texts and the console in Dutch. `lost`: with forced colours. `width_at_400_percent`: of a desk's window.
    """

    place: Place
    languages: list[str]
    barriers: dict[str, list[str]]
    width_on_phone: int
    width_at_400_percent: int
    texts: list[str]
    said: list[str]
    lost: list[str]


Colours = Literal["light", "dark"]
WIDTHS = {"desk": DESK, "phone": PHONE}
AT_400_PERCENT: ViewportSize = {"width": 320, "height": 256}  # of 1280 by 1024, as WCAG 1.4.10 has it
USUAL: dict[str, Any] = {"forced_colors": "none", "contrast": "no-preference"}


@pytest.fixture(scope="module")
def visitor_for(tour: Tour, browser: Browser) -> Iterator[Callable[[str, Language], tuple[Visitor, Page]]]:
    """One for all pages of a user, with one tab: what a page is made of is fetched once."""
    with visitors(browser) as visit:

        @cache
        def visitor_for(who: str, language: Language) -> tuple[Visitor, Page]:
            visitor = visit(tour.url, language=language)
            if who:
                visitor.sign_in(tour.sessions[who])
            return visitor, visitor.tab()

        yield visitor_for


@pytest.fixture(scope="module", params=PLACES, ids=str)
def seen(
    request: pytest.FixtureRequest,
    tour: Tour,
    visitor_for: Callable[[str, Language], tuple[Visitor, Page]],
    django_db_blocker: DjangoDbBlocker,
) -> Seen:
    place: Place = request.param
    found: dict[str, list[str]] = {}
    with django_db_blocker.unblock(), speaking("en"):
        _visitor, page = arrive(tour, place, visitor_for(place.who, "en"), "phone", "dark")
        english = language_on(page)
        found["en dark phone"] = barriers(page)
        found["en light desk"] = seen_anew(page, "desk", "light")
    visitor, page = arrive(tour, place, visitor_for(place.who, "nl"), "desk", "light")
    found["nl light desk"] = barriers(page)
    found["nl dark phone"] = seen_anew(page, "phone", "dark")
    return Seen(
        place=place,
        languages=[language_on(page), english],
        barriers=found,
        width_on_phone=width_of(page),
        width_at_400_percent=width_of(page, AT_400_PERCENT),
        texts=page.evaluate(TEXTS),
        said=[*visitor.said],
        lost=lost(page),
    )


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Everyone, for a while: who signs in, and who was asked."""
    for people in (User.objects, Invitation.objects):
        people.update(language=language)
    yield
    for people in (User.objects, Invitation.objects):
        people.update(language="nl")


def arrive(
    tour: Tour, place: Place, who: tuple[Visitor, Page], width: str, colours: Colours
) -> tuple[Visitor, Page]:
    visitor, page = who
    page.emulate_media(color_scheme=colours, **USUAL)
    page.set_viewport_size(WIDTHS[width])
    visitor.said.clear()
    visitor.go(tour.addresses[place.name], page)
    if place.act:
        place.act(page)
    return visitor, page


def seen_anew(page: Page, width: str, colours: Colours) -> list[str]:
    page.emulate_media(color_scheme=colours)
    page.set_viewport_size(WIDTHS[width])
    return barriers(page, only_look=True)


def width_of(page: Page, window: ViewportSize = PHONE) -> int:
    """What a page takes there, with what one would have to scroll sideways for."""
    page.set_viewport_size(window)
    return int(page.evaluate("document.documentElement.scrollWidth"))


def language_on(page: Page) -> str:
    return page.locator("html").get_attribute("lang") or ""


def test_a_page_has_no_barriers_in_either_language_or_colours(seen: Seen) -> None:
    assert [f"{when}: {one}" for when, every in seen.barriers.items() for one in every] == []


def test_a_page_loses_no_text_or_mark_with_forced_colours(seen: Seen) -> None:
    assert seen.lost == []


def test_a_page_does_not_scroll_sideways_on_a_phone(seen: Seen) -> None:
    assert seen.width_on_phone <= PHONE["width"]


def test_a_page_does_not_scroll_sideways_at_400_percent(seen: Seen) -> None:
    assert seen.width_at_400_percent <= AT_400_PERCENT["width"]


def test_the_console_is_silent(seen: Seen) -> None:
    """No script fails, and the content security policy refuses nothing."""
    refusal = f"the server responded with a status of {seen.place.refusal} "
    assert [line for line in seen.said if refusal not in line] == []


def test_english_is_found_in_dutch() -> None:
    lines = ["Sign in", "Zorg: 3 of 4 people count one level up", "Open de mail", "Aanmelden"]
    assert english_in(lines) == ["Sign in", "Zorg: 3 of 4 people count one level up"]


def test_a_page_is_wholly_dutch_in_dutch(seen: Seen) -> None:
    assert seen.languages == ["nl", "en"]
    assert seen.place.in_english or english_in(seen.texts) == []


def test_the_steps_of_the_scale_can_be_told_apart_with_forced_colours(
    tour: Tour, visitor_for: Callable[[str, Language], tuple[Visitor, Page]]
) -> None:
    visitor, page = visitor_for("hr", "en")
    visitor.go("/styleguide/", page)
    page.emulate_media(forced_colors="active")
    bars = """cells => cells.map((cell) => parseFloat(getComputedStyle(cell, "::after").width))"""
    widths = page.locator("#heatmap tbody .heat:not(.heat--withheld)").evaluate_all(bars)
    assert len(widths) == 7
    assert widths == sorted({*widths})


def test_a_name_of_one_long_word_stays_on_a_phone(
    tour: Tour, visitor_for: Callable[[str, Language], tuple[Visitor, Page]]
) -> None:
    visitor, page = visitor_for("director", "nl")
    page.set_viewport_size(PHONE)
    visitor.go(tour.addresses["department"], page)
    page.locator("h1, .brand, .breadcrumbs li:last-child").evaluate_all(
        "all => all.forEach((one) => { one.textContent = 'Arbeitsunfähigkeitsversicherungsabteilung'; })"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_heatmap_of_100_units_prints_on_two_sheets_and_a_guide_on_one(
    tour: Tour, visitor_for: Callable[[str, Language], tuple[Visitor, Page]]
) -> None:
    visitor, page = visitor_for("director", "nl")
    page.emulate_media(**USUAL)
    visitor.go("/heatmap/?open=all", page)
    page.locator(".heatmap tbody").evaluate(
        "body => { while (body.rows.length < 100) body.append(body.rows[1].cloneNode(true)); }"
    )
    assert sheets(page) == 2
    visitor.go(tour.addresses["conversation guide"], page)
    assert sheets(page) == 1


def sheets(page: Page) -> int:
    return page.pdf(format="A4").count(b"/Type /Page\n")
