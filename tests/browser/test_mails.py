"""A mail in a mail programme: on a phone, by day and in the dark, with pictures and without."""

from __future__ import annotations

from typing import Literal

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from accounts.logos import read_logo
from accounts.look import appearance_of, change_look
from accounts.models import Organisation
from surveys.mailing.compose import Composer
from surveys.mailing.letters import LOGO_ID
from surveys.models import Mail
from tests.browser.barriers import barriers
from tests.browser.conftest import DESK, PHONE, Visit
from tests.browser.pictures import logo_file
from tests.surveys.mailing.factories import make_mail, make_organisation, make_wave

pytestmark = pytest.mark.django_db(transaction=True)

Scheme = Literal["light", "dark"]
COLOURS = ["", "#7a1f5a", "#ffd400"]  # the product's own, a dark one and one that is too light for text


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation(reply_to="hr@voorbeeld.example")


def html_of(organisation: Organisation, kind: str, *, colour: str, pictures: bool) -> str:
    if colour:
        logo = read_logo(logo_file())
        now = timezone.now()
        change_look(organisation, colour=colour, logo=logo, keep_logo=False, by=None, now=now)
    texts = {
        f"{kind}.intro": "Hello {first_name},\n\nTwo minutes for your own team.",
        f"{kind}.closing": "Kind regards,\nPeople and Organisation",
        "news": "The meeting on Monday is gone.\n\nThere are two more desks.",
    }
    wave = make_wave(organisation, mail_texts={"en": texts})
    mail = make_mail(wave)
    mail.kind = kind
    composer = Composer.for_mails([mail])
    html = str(composer.compose(mail, token="x", now=timezone.now()).alternatives[0][0])
    look = appearance_of(organisation.pk)
    return html.replace(f"cid:{LOGO_ID}", look.logo_as_data) if pictures else html


def shown(visit: Visit, html: str, *, scheme: Scheme, phone: bool = True) -> Page:
    visitor = visit("", viewport=PHONE if phone else DESK, color_scheme=scheme)
    page = visitor.context.new_page()
    page.set_content(html)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("kind", list(Mail.Kind))
def test_a_mail_has_no_barriers_on_a_phone(
    organisation: Organisation, visit: Visit, kind: str, colour: str, scheme: Scheme
) -> None:
    """With contrast among the rules, of text on whatever ground the mode and the colour give it."""
    page = shown(visit, html_of(organisation, kind, colour=colour, pictures=True), scheme=scheme)
    assert [one for one in barriers(page) if not one.startswith(NOT_FOR_MAIL)] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


# A mail has no parts and headings to jump between: programmes show it as part of a page of theirs.
NOT_FOR_MAIL = ("region", "landmark-one-main", "page-has-heading-one")


def test_the_logo_says_whose_mail_it_is_also_when_pictures_are_blocked(
    organisation: Organisation, visit: Visit
) -> None:
    html = html_of(organisation, "invitation", colour="#7a1f5a", pictures=False)
    page = shown(visit, html, scheme="light")
    logo = page.locator("img")
    assert logo.count() == 1
    assert logo.get_attribute("alt") == organisation.name
    assert logo.evaluate("one => one.naturalWidth") == 0  # it is not there
    assert page.get_by_role("link", name="Give my answers").is_visible()
    assert [one for one in barriers(page) if not one.startswith(NOT_FOR_MAIL)] == []


def test_the_logo_stands_on_white_in_the_dark(organisation: Organisation, visit: Visit) -> None:
    html = html_of(organisation, "invitation", colour="#7a1f5a", pictures=True)
    ground = "one => getComputedStyle(one).backgroundColor"
    assert shown(visit, html, scheme="dark").locator("img").evaluate(ground) == "rgb(255, 255, 255)"


def test_a_mail_is_600_pixels_wide_at_most(organisation: Organisation, visit: Visit) -> None:
    html = html_of(organisation, "invitation", colour="", pictures=True)
    page = shown(visit, html, scheme="light", phone=False)
    box = page.locator(".sheet").bounding_box()
    assert box is not None
    assert box["width"] <= 602  # with its borders


def test_what_shows_in_the_list_of_mails_is_the_preheader_and_nothing_after_it(
    organisation: Organisation, visit: Visit
) -> None:
    html = html_of(organisation, "invitation", colour="", pictures=True)
    hidden = shown(visit, html, scheme="light").locator("body > div").first
    assert not hidden.is_visible()
    words = (hidden.text_content() or "").strip()
    assert words.startswith("5 questions, about two minutes.")
    assert len(words) > 100


def test_all_tables_are_for_layout_and_say_so(organisation: Organisation, visit: Visit) -> None:
    html = html_of(organisation, "reminder", colour="#7a1f5a", pictures=True)
    tables = shown(visit, html, scheme="light").locator("table")
    roles = tables.evaluate_all("all => all.map((one) => one.getAttribute('role'))")
    assert set(roles) == {"presentation"}
