"""A page that is open hears of new figures, at the price of one query."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dashboards.polling import news_url
from orgunits.models import Role
from results.models import Release
from tests.factories import user_with
from tests.results.closing import close
from tests.waves import OpenWave, open_wave

pytestmark = pytest.mark.django_db

SIZES = {"City": 6, "City/Care": 12}


@pytest.fixture
def opened() -> OpenWave:
    built = open_wave(SIZES)
    for unit, size in SIZES.items():
        built.answer(unit, [[1 + one % 5, 1 + one % 4] for one in range(size)])
    return built


def address(built: OpenWave, unit: str = "City") -> str:
    return news_url(built.wave.organisation_id, built.units[unit].pk)


def test_a_poll_without_news_is_one_query_and_no_text(opened: OpenWave, client: Client) -> None:
    client.force_login(user_with(Role.DIRECTOR, opened.units["City"]))
    tag = client.get(address(opened)).headers["ETag"]
    with CaptureQueriesContext(connection) as taken:
        answer = client.get(address(opened), headers={"if-none-match": tag})
    assert (answer.status_code, answer.content) == (304, b"")
    assert len(taken) == 1


def test_a_wave_that_closed_and_was_found_to_hold_is_news_once(opened: OpenWave, client: Client) -> None:
    before = client.get(address(opened)).headers["ETag"]
    close(opened.wave)
    news = client.get(address(opened), headers={"if-none-match": before})
    assert (news.status_code, news.content) == (200, b"")
    assert news.headers["ETag"] != before
    again = client.get(address(opened), headers={"if-none-match": news.headers["ETag"]})
    assert again.status_code == 286  # the page stops asking: no wave is open


def test_a_live_figure_is_news_for_its_unit(opened: OpenWave, client: Client) -> None:
    tags = {unit: client.get(address(opened, unit)).headers["ETag"] for unit in SIZES}
    question = opened.questions[0].question
    Release.objects.create(
        organisation=opened.wave.organisation,
        wave=opened.wave,
        unit=opened.units["City/Care"],
        question=question,
        step=1,
        released_at=timezone.now(),
        blocks=[],
        n=12,
        mean=3.0,
        invited=12,
        covered=12,
    )
    found = {
        unit: client.get(address(opened, unit), headers={"if-none-match": tag}).status_code
        for unit, tag in tags.items()
    }
    assert found == {"City": 304, "City/Care": 200}


def test_an_address_that_was_made_up_or_is_of_yesterday_opens_nothing(
    opened: OpenWave, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = address(opened)
    assert client.get(good[:-3] + "x/").status_code == 404
    monkeypatch.setattr("django.core.signing.time.time", lambda: timezone.now().timestamp() + 13 * 3600)
    assert client.get(good).status_code == 404


def test_other_organisations_are_no_news(opened: OpenWave, client: Client) -> None:
    other = open_wave(SIZES)
    tag = client.get(address(opened)).headers["ETag"]
    for unit in SIZES:
        other.answer(unit, [[1 + one % 5, 1 + one % 4] for one in range(12)])
    close(other.wave)
    assert client.get(address(opened), headers={"if-none-match": tag}).status_code == 304


def test_a_part_that_is_fetched_after_the_session_ended_sends_the_whole_page_to_sign_in(
    opened: OpenWave, client: Client
) -> None:
    client.force_login(user_with(Role.HR, opened.units["City"]))
    part = reverse("wave_live", args=[opened.wave.pk])
    assert b"<table" in client.get(part, headers={"hx-request": "true"}).content
    client.logout()
    answer = client.get(part, headers={"hx-request": "true"})
    assert (answer.status_code, answer.content, answer.headers["HX-Refresh"]) == (200, b"", "true")
    assert client.get(part).status_code == 302
