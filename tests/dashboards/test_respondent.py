"""The page for those who were asked: their own team and the organisation, and nothing about who answered."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Look
from surveys.answering.tickets import ticket_of
from surveys.mailing.tokens import new_token
from surveys.models import Link, Ticket, Wave
from tests.dashboards.test_pages import answered
from tests.results.closing import close
from tests.waves import OPENED, OpenWave

pytestmark = pytest.mark.django_db


@pytest.fixture
def built() -> OpenWave:
    return answered()


def address(built: OpenWave, path: str, person: int = 0) -> str:
    return f"/a/{built.link(built.invitations[path][person])}/"


def text_of(client: Client, address: str, *, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_same_link_leads_to_the_own_team_and_the_organisation(client: Client, built: OpenWave) -> None:
    link = address(built, "City/Care/North")
    close(built.wave)
    gone = client.get(link)
    assert b'href="results/"' in gone.content
    text = text_of(client, f"{link}results/")
    assert "Energy" in text
    assert "Of North 12 of 12 people took part (100%)." in text
    assert "Of City 87 of 87 people took part (100%)." in text
    assert "Works" not in text
    assert "Care" not in text


def test_a_team_that_is_too_small_sees_the_next_level_and_why(client: Client, built: OpenWave) -> None:
    link = address(built, "City/Care/South")
    close(built.wave)
    text = text_of(client, f"{link}results/")
    assert "South has no figures of its own" in text
    assert "Below you see Care" in text


def test_the_page_is_the_same_whether_or_not_someone_answered(client: Client, built: OpenWave) -> None:
    """Also while it is open: of two in one team, one answered."""
    silent = built.invitations["City/Works"][0]
    Ticket.objects.filter(pk=ticket_of(built.wave, silent.pk)).delete()
    links = [address(built, "City/Works", person) for person in (0, 1)]
    Wave.objects.update(closes_at=OPENED + timedelta(days=3650))
    open_pages = {client.get(f"{link}results/").content for link in links}
    Wave.objects.update(closes_at=built.wave.closes_at)
    close(built.wave)
    closed_pages = {client.get(f"{link}results/").content for link in links}
    assert (len(open_pages), len(closed_pages)) == (1, 1)


def test_a_link_on_paper_leads_there_as_well(client: Client, built: OpenWave) -> None:
    from surveys.mailing.tokens import token_hash

    token = new_token()
    invitation = built.invitations["City/Care/North"][3]
    Link.objects.create(
        organisation=built.wave.organisation,
        wave=built.wave,
        invitation=invitation,
        token_hash=token_hash(token),
    )
    close(built.wave)
    assert "Energy" in text_of(client, f"/a/{token}/results/")


def test_before_the_close_it_says_when_and_shows_nothing(client: Client, built: OpenWave) -> None:
    link = address(built, "City/Care/North")
    text = text_of(client, f"{link}results/")
    assert "The questions close on Monday 9 March" in text
    assert "Energy" not in text


@pytest.mark.parametrize("audited", [False])
def test_figures_that_were_not_audited_are_not_shown(client: Client, built: OpenWave, audited: bool) -> None:
    link = address(built, "City/Care/North")
    close(built.wave, audited=audited)
    text = text_of(client, f"{link}results/")
    assert "being counted and checked" in text
    assert "Energy" not in text


def test_a_link_that_never_existed_and_one_that_was_erased_give_one_page(
    client: Client, built: OpenWave
) -> None:
    link = address(built, "City/Care/North")
    close(built.wave)
    built.wave.mails.all().delete()
    gone, never = client.get(f"{link}results/"), client.get(f"/a/{new_token()}/results/")
    assert (gone.status_code, gone.content) == (never.status_code, never.content) == (404, never.content)


def test_what_was_done_since_is_told_once_it_is_written(client: Client, built: OpenWave) -> None:
    link = address(built, "City/Care/North")
    close(built.wave)
    assert "told before the next questions" in text_of(client, f"{link}results/")
    following = Wave.objects.get(pk=built.wave.pk)
    following.pk, following.number, following.state = None, 2, Wave.State.OPEN
    following.opened_at += timedelta(weeks=4)
    following.scheduled_for = following.opened_at
    following.mail_texts = {"en": {"news": "Fewer forms in {cycle}.\n\nA new roster."}}
    following.save()
    text = text_of(client, f"{link}results/")
    assert "Fewer forms in Pulse. A new roster." in text
    assert "told before" not in text


def test_it_is_one_light_request_without_cookie_that_tells_nobody_where_it_came_from(
    client: Client, built: OpenWave
) -> None:
    Look.objects.create(organisation=built.wave.organisation, colour="#ffd400", changed_at=OPENED)
    link = address(built, "City/Care/North")
    close(built.wave)
    response = client.get(f"{link}results/", headers={"accept-language": "nl"})
    assert len(response.content) < 60_000
    assert not response.cookies
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert not re.findall(rb'(?:src|href)="(?!data:|#|\?|mailto:)', response.content)
    for style in re.findall(r"<style>(.*?)</style>", response.content.decode(), re.DOTALL):
        assert source_of(style) in response["Content-Security-Policy"]


def source_of(style: str) -> str:
    from base64 import b64encode
    from hashlib import sha256

    return f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'"


def test_the_same_queries_for_a_large_organisation_as_for_a_small_one(client: Client) -> None:
    counted = []
    for teams, questions in ((1, 1), (9, 5)):
        sizes = {"City": 6} | {f"City/Team {team}": 8 for team in range(teams)}
        built = answered(sizes, questions=questions)
        link = address(built, "City/Team 0")
        close(built.wave)
        client.get(f"{link}results/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"{link}results/").status_code == 200
        counted.append(len(queries))
    assert counted == [12, 12]
