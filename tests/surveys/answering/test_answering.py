from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from django.utils.formats import date_format
from pytest_django import Settings

from surveys.answering import views
from surveys.answering.services import Answers, submit
from surveys.models import Invitation, Submission, Ticket, Wave, WaveQuestion
from tests.answered import who_answered
from tests.waves import OPENED, OpenWave, open_wave

pytestmark = pytest.mark.django_db

THREE = [("nl", "Nederlands"), ("en", "English"), ("de", "Deutsch")]


@pytest.fixture
def built() -> OpenWave:
    return running(open_wave({"City": 6, "City/Care": 3}))


def running(built: OpenWave) -> OpenWave:
    """The wave as it would be if it closed tomorrow."""
    built.wave.closes_at = timezone.now() + timedelta(days=1)
    built.wave.save()
    views._empty_forms.clear()
    return built


@pytest.fixture
def address(built: OpenWave) -> str:
    return f"/a/{built.link(built.invitations['City'][0])}/"


def text(page: str) -> str:
    return " ".join(page.split())


def test_the_page_shows_every_question_with_five_choices_and_who_sees_what(
    client: Client, address: str
) -> None:
    page = client.get(address).content.decode()
    assert page.count("<fieldset") == 2
    assert page.count('type="radio"') == 10
    assert "Your own team (City) has 6 people. Its results are shown from 5 answers" in text(page)


def test_a_small_group_is_told_that_it_counts_one_level_up(client: Client, built: OpenWave) -> None:
    page = client.get(f"/a/{built.link(built.invitations['City/Care'][0])}/").content.decode()
    assert "Your own team (Care) has 3 people, too few to show by itself" in text(page)


def test_the_page_is_one_request_under_60_kb_without_cookies(client: Client, address: str) -> None:
    response = client.get(address)
    assert len(response.content) < 60_000
    assert not response.cookies
    assert not re.findall(rb'(?:src|href)="(?!data:|#|\?)', response.content)
    assert response["Cache-Control"].startswith("max-age=0, no-cache, no-store")


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_records_nothing(client: Client, address: str, method: str) -> None:
    for _ in range(3):
        getattr(client, method)(address)
    assert not Submission.objects.exists()
    assert not Ticket.objects.exists()


def test_sending_seals_the_answers_and_keeps_a_day_but_no_time(
    client: Client, built: OpenWave, address: str
) -> None:
    response = client.post(address, {"q1": "4", "comment": "Less forms\r\nplease\0"})
    assert response.status_code == 303
    assert not response.cookies
    sealed = Submission.objects.get()
    assert sealed.scores == [4, None]
    assert sealed.comments == {"": "Less forms\nplease"}
    assert who_answered(built.wave) == built.invitations["City"][:1]
    assert Ticket.objects.get().day == timezone.localdate()
    thanks = client.get(address + response["Location"]).content.decode()
    assert "Thank you" in thanks


def test_sending_twice_counts_once(client: Client, address: str) -> None:
    client.post(address, {"q1": "4"})
    again = client.post(address, {"q1": "1", "q2": "1"})
    assert "This link has been used" in again.content.decode()
    assert Submission.objects.get().scores == [4, None]


def test_both_mails_of_a_person_lead_to_one_answer(client: Client, built: OpenWave, address: str) -> None:
    invitation = built.invitations["City"][0]
    client.post(address, {"q1": "4"})
    invitation.mails.all().update(kind="reminder")
    second = f"/a/{built.link(invitation)}/"
    client.post(second, {"q1": "2"})
    assert Submission.objects.count() == 1


def test_nothing_chosen_is_said_and_nothing_is_recorded(client: Client, address: str) -> None:
    response = client.post(address, {"comment": "  "})
    assert response.status_code == 422
    assert "Choose an answer to at least one question" in response.content.decode()
    assert not Submission.objects.exists()


@pytest.mark.parametrize("value", ["6", "0", "-1", "x", "4.5", "٣", "9" * 5000])
def test_a_score_that_is_not_on_the_page_is_refused_and_the_rest_is_kept(
    client: Client, address: str, value: str
) -> None:
    response = client.post(address, {"q1": "4", "q2": value, "comment": "My <text>"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Choose one of the answers shown with “Statement 2”" in page
    assert re.search(r'name="q1"\s+value="4"\s+checked', page)
    assert "My &lt;text&gt;" in page
    assert not Submission.objects.exists()


def test_a_text_that_is_too_long_is_refused_and_kept(client: Client, address: str) -> None:
    response = client.post(address, {"q1": "4", "comment": "x" * 4001})
    assert "Shorten it to 4000" in response.content.decode()
    assert "x" * 4001 in response.content.decode()


def test_after_closing_a_link_says_the_same_as_one_that_never_existed(
    client: Client, built: OpenWave, address: str
) -> None:
    Wave.objects.update(closes_at=OPENED)
    gone, never = client.get(address), client.get("/a/bm90LWEtdG9rZW4tdGhhdC1leGlzdHM/")
    assert gone.status_code == never.status_code == 404
    assert gone.content == never.content
    assert client.post(address, {"q1": "4"}).content == gone.content
    assert not Submission.objects.exists()


def test_a_link_that_is_early_says_when_to_come_back(client: Client, built: OpenWave, address: str) -> None:
    Wave.objects.update(opened_at=built.wave.closes_at - timedelta(hours=1))
    assert "not open yet" in client.get(address).content.decode()
    client.post(address, {"q1": "4"})
    assert not Submission.objects.exists()


@pytest.mark.parametrize(("language", "text"), [("nl", "Stelling 1"), ("en", "Statement 1")])
def test_the_reader_switches_language(client: Client, address: str, language: str, text: str) -> None:
    page = client.get(f"{address}?lang={language}").content.decode()
    assert text in page
    assert f'<html lang="{language}"' in page


def test_the_switch_leads_to_each_other_language(client: Client, address: str, settings: Settings) -> None:
    settings.LANGUAGES = THREE
    page = client.get(address).content.decode()
    assert all(text in page for text in ('href="?lang=nl"', ">Nederlands</a>", 'lang="de"', ">Deutsch</a>"))


def test_the_switch_leads_to_no_language_that_the_wave_leaves_out(
    client: Client, address: str, settings: Settings
) -> None:
    settings.LANGUAGES = THREE
    Wave.objects.update(languages=["en", "de"])
    page = client.get(f"{address}?lang=de").content.decode()
    assert '<html lang="de"' in page
    assert "?lang=en" in page
    assert "?lang=nl" not in page


def test_an_invitation_in_a_language_that_is_no_longer_offered_is_answered_in_the_organisations(
    client: Client, address: str
) -> None:
    Invitation.objects.update(language="fy")
    assert '<html lang="nl"' in client.get(address).content.decode()


def test_a_language_that_does_not_exist_is_ignored(client: Client, address: str) -> None:
    assert '<html lang="en"' in client.get(f"{address}?lang=xx").content.decode()


def test_no_reminders_takes_a_click_and_not_just_a_look(
    client: Client, built: OpenWave, address: str
) -> None:
    client.get(f"{address}stop/")
    assert not Invitation.objects.filter(reminders_stopped=True).exists()
    client.post(f"{address}stop/", {"List-Unsubscribe": "One-Click"})
    assert Invitation.objects.get(reminders_stopped=True) == built.invitations["City"][0]


def test_a_scale_from_0_to_10_offers_eleven_numbers(client: Client) -> None:
    built = running(open_wave({"City": 5}, questions=1, points=11))
    address = f"/a/{built.link(built.invitations['City'][0])}/"
    assert client.get(address).content.decode().count('type="radio"') == 11
    client.post(address, {"q1": "0"})
    assert Submission.objects.get().scores == [0]


def test_the_same_number_of_queries_whatever_the_number_of_questions(client: Client) -> None:
    counted = []
    for questions in (1, 3, 30):
        built = running(open_wave({"City": 5}, questions=questions))
        tokens = [built.link(invitation) for invitation in built.invitations["City"]]
        views._questions.cache_clear()
        with CaptureQueriesContext(connection) as get:
            client.get(f"/a/{tokens[0]}/")
        with CaptureQueriesContext(connection) as post:
            client.post(f"/a/{tokens[1]}/", {f"q{one + 1}": "3" for one in range(questions)})
        counted.append((len(get), len(post)))
    assert counted == [(6, 5)] * 3  # of which one, and two, only for the first in the wave


def test_answers_of_many_people_at_once_follow_the_same_rules(built: OpenWave) -> None:
    first, second, *_ = built.invitations["City"]
    submit(built.wave, [Answers(first.pk, [1, 2])], now=OPENED)
    accepted = submit(built.wave, [Answers(first.pk, [5, 5]), Answers(second.pk, [3, 3])], now=OPENED)
    assert accepted == 1
    assert sorted(Submission.objects.values_list("scores", flat=True)) == [[1, 2], [3, 3]]


def test_an_invitation_of_another_wave_is_not_accepted(built: OpenWave) -> None:
    other = open_wave({"Town": 1})
    stray = other.invitations["Town"][0]
    assert submit(built.wave, [Answers(stray.pk, [1, 2])], now=OPENED) == 0


# What is said of comments before one types


def said_of_comments(client: Client, built: OpenWave, unit: str) -> str:
    token = built.link(built.invitations[unit][0])
    page = client.get(f"/a/{token}/", headers={"accept-language": "en"}).content.decode()
    [said] = re.findall(r'<p class="soft" id="readers">(.*?)</p>', page, re.DOTALL)
    return " ".join(said.split())


def test_before_typing_one_reads_who_will_read_it_and_when(client: Client) -> None:
    built = running(open_wave({"City": 30, "City/Care": 12, "City/Night": 3}))
    said = said_of_comments(client, built, "City/Care")
    with translation.override("en"):
        day = date_format(timezone.localtime(built.wave.closes_at, built.wave.organisation.zone), "j F")
    assert said.startswith(f"After {day} this is read by HR and by the managers of Care and the units above")
    assert "at least 10 texts" in said
    assert "the managers of all those units read them" in said


def test_a_small_team_is_told_that_others_read_it_too(client: Client) -> None:
    built = running(open_wave({"City": 30, "City/Night": 3}))
    said = said_of_comments(client, built, "City/Night")
    assert "together with texts of other units, because Night has only 3 people" in said
    assert "HR, the managers of all those units and of the units above them read it" in said


def test_it_is_said_once_above_the_first_field_and_told_with_each(client: Client) -> None:
    built = running(open_wave({"City": 12}))
    WaveQuestion.objects.filter(wave=built.wave, position=0).update(kind=WaveQuestion.Kind.OPEN)
    token = built.link(built.invitations["City"][0])
    page = client.get(f"/a/{token}/", headers={"accept-language": "en"}).content.decode()
    assert page.count('id="readers"') == 1
    assert page.count('aria-describedby="readers"') == page.count("<textarea") == 2
    assert page.index('id="readers"') < page.index("<textarea")
