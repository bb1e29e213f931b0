"""An organisation's colour and logo on the pages of those who sign in."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts import page_look as looks
from accounts.colours import contrast, palette_of
from accounts.logos import read_logo
from accounts.look import change_look
from accounts.page_look import style_of
from dashboards.own_look import stylesheet_of
from listening.inlined import inlined_text
from orgunits.models import OrgUnit, Role
from tests.browser.pictures import logo_file
from tests.factories import unit_tree, user_with

NOW = datetime(2026, 3, 2, tzinfo=UTC)
PAPER, SAND = ("#ffffff", "#171614"), ("#f7f5f1", "#201f1c")  # the light and the dark ones of tokens.css


@pytest.fixture
def root(db: None) -> OrgUnit:
    looks._page_look.cache_clear()
    return unit_tree("City")["City"]


def dress(root: OrgUnit, colour: str = "#ffd400", *, logo: bool = True) -> None:
    picture = read_logo(logo_file()) if logo else None
    change_look(root.organisation, colour=colour, logo=picture, keep_logo=False, by=None, now=NOW)


@given(st.integers(0, 0xFFFFFF))
def test_every_colour_gives_texts_that_can_be_read_in_light_and_dark(number: int) -> None:
    style = style_of(palette_of(f"#{number:06x}"))
    for scheme, grounds in zip(
        re.findall(r":root\{(.*?)\}", style), zip(PAPER, SAND, strict=True), strict=True
    ):
        token = dict(re.findall(r"--polsslag-([\w-]+):(#\w{6})", scheme))
        for ground in grounds:
            assert contrast(token["color-accent"], ground) >= 4.5
        assert contrast(token["color-on-accent"], token["color-accent"]) >= 4.5
        assert contrast(token["button-color"], token["button-background-color"]) >= 4.5


def test_tokens_css_has_the_grounds_that_are_checked_here() -> None:
    tokens = inlined_text("css/tokens.css")
    for name, grounds in (("paper", PAPER), ("sand", SAND)):
        assert re.findall(rf"--polsslag-color-{name}: ?(#\w{{6}})", tokens) == list(grounds)


def test_who_asks_for_more_contrast_gets_seven_to_one() -> None:
    css = inlined_text("css/components/contrast.css")
    *schemes, forced = re.findall(r":root:root\{(.*?)\}", css)
    assert "#" not in forced  # there the colours are the reader's own
    for scheme, grounds in zip(schemes, zip(PAPER, SAND, strict=True), strict=True):
        token = dict(re.findall(r"--polsslag-color-([\w-]+): ?(#\w{6})", scheme))
        for ground in grounds:
            for name in ("ink", "ink-soft", "accent", "accent-strong", "danger", "warning"):
                assert contrast(token[name], ground) >= 7, name
            assert min(contrast(token[name], ground) for name in ("line", "control")) >= 3
        assert contrast(token["on-accent"], token["accent"]) >= 7


def test_a_page_has_the_organisations_colour_and_logo(client: Client, root: OrgUnit) -> None:
    dress(root)
    client.force_login(user_with(Role.HR, root))
    page = client.get("/heatmap/").content.decode()
    (style,) = re.findall(r'href="(/look/[^"]+\.css)"', page)
    (logo,) = re.findall(r'src="(/look/[^"]+\.png)"', page)
    assert 'alt="' + root.organisation.name in page
    for address, kind in ((style, "text/css"), (logo, "image/png")):
        response = Client().get(address)
        assert response["Content-Type"].startswith(kind)
        assert "immutable" in response["Cache-Control"]
        assert not response.cookies


def test_without_a_look_a_page_has_the_products_own(client: Client, root: OrgUnit) -> None:
    client.force_login(user_with(Role.HR, root))
    page = client.get("/heatmap/").content.decode()
    assert "/look/" not in page.replace("/people/look/", "")


def test_a_style_has_the_hash_of_its_content_in_its_address(client: Client, db: None) -> None:
    address = stylesheet_of("#ffd400")
    assert client.get(address).status_code == 200
    assert client.get(address.replace("ffd400", "ffd401")).status_code == 404
    assert client.get(address.replace("ffd400", "red")).status_code == 404


def test_a_page_that_names_the_logo_before_gets_the_one_of_now(client: Client, root: OrgUnit) -> None:
    dress(root)
    response = client.get(f"/look/{root.organisation_id}-0123456789abcdef.png", follow=True)
    assert response["Content-Type"] == "image/png"
    assert client.get(f"/look/{root.organisation_id + 1}-0123456789abcdef.png").status_code == 404


def test_the_look_costs_a_page_no_query_once_it_is_known(client: Client, root: OrgUnit) -> None:
    client.force_login(user_with(Role.HR, root))
    counted = []
    for dressed in (False, True):
        if dressed:
            dress(root)
        looks._page_look.cache_clear()
        client.get("/heatmap/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/heatmap/")
        counted.append(len(queries))
    assert counted[0] == counted[1]
    assert not any("accounts_look" in query["sql"] for query in queries)
