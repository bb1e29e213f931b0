"""Looking at a cycle as an employee, before anyone is asked; and the checks beside the builder."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orgunits.models import Role
from surveys.cycles.checks import checks
from surveys.cycles.outlook import outlook
from surveys.models import Cycle, Invitation, Mail, Submission, Wave
from surveys.waves.services import open_wave
from tests.smtp import SmtpServer

from ..factories import BEFORE, FIRST, City, city

pytestmark = pytest.mark.django_db

SOON = timezone.localdate() + timedelta(days=14)


@pytest.fixture
def made() -> City:
    return city({"City/Care": 8, "City/Works": 6}, reply_to="hr@city.example")


@pytest.fixture
def hr(made: City) -> Client:
    client = Client()
    client.force_login(made.user(Role.HR))
    client.cookies["django_language"] = "en"
    return client


def draft(made: City, **changes: Any) -> Cycle:
    return made.draft(now=timezone.now(), starts_on=SOON, **changes)


def test_the_preview_shows_the_page_at_two_widths_in_each_language(made: City, hr: Client) -> None:
    cycle = draft(made)
    shown = hr.get(reverse("surveys:cycle_preview", args=[cycle.pk])).content.decode()
    assert shown.count("<iframe") == 2
    assert "?lang=nl" in shown
    assert "?lang=en" in shown


@pytest.mark.parametrize(
    ("language", "text", "intro"), [("nl", "Tekst 0", "Dag!"), ("en", "Text 0", "Hello!")]
)
def test_the_page_in_the_frame_is_the_one_that_employees_get(
    made: City, hr: Client, language: str, text: str, intro: str
) -> None:
    cycle = draft(made, intros={"nl": "Dag!", "en": "Hello!"})
    response = hr.get(reverse("surveys:cycle_preview_page", args=[cycle.pk]), {"lang": language})
    shown = response.content.decode()
    assert text in shown
    assert intro in shown
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]


def test_sending_the_preview_thanks_and_keeps_nothing(made: City, hr: Client) -> None:
    cycle = draft(made)
    response = hr.post(reverse("surveys:cycle_preview_page", args=[cycle.pk]), {"q1": "4"})
    assert response.status_code == 200
    assert not Submission.objects.exists()
    assert not Wave.objects.exists()


def test_a_draft_without_units_and_questions_can_be_looked_at(made: City, hr: Client) -> None:
    cycle = draft(made)
    cycle.units.clear()
    cycle.cycle_questions.all().delete()
    for name in ("cycle_preview", "cycle_preview_page", "cycle", "cycle_edit", "cycle_launch"):
        assert hr.get(reverse(f"surveys:{name}", args=[cycle.pk])).status_code == 200
    assert hr.get(reverse("forecast", args=[cycle.pk])).status_code == 200


def test_a_test_mail_goes_to_oneself_only_and_leads_to_the_preview(
    smtp_server: SmtpServer, made: City, hr: Client
) -> None:
    cycle = draft(made, sender_name="The city")
    response = hr.post(reverse("surveys:cycle_test_mail", args=[cycle.pk]), follow=True)
    user = response.wsgi_request.user
    assert "A test mail is on its way to" in response.content.decode()
    assert smtp_server.addresses() == [user.email, user.email]  # type: ignore[union-attr]  # one per language
    mail = smtp_server.mails[0]
    assert "[Test]" in str(mail.message["Subject"])
    assert f"/cycles/{cycle.pk}/preview/page/?lang=nl" in mail.text
    assert "/a/test/" not in mail.text
    assert not Mail.objects.exists()
    assert not Invitation.objects.exists()


def test_a_mail_server_that_is_down_is_said(smtp_server: SmtpServer, made: City, hr: Client) -> None:
    smtp_server.down()
    response = hr.post(reverse("surveys:cycle_test_mail", args=[draft(made).pk]), follow=True)
    assert "The test mail was not sent" in response.content.decode()


# Checks


def texts(cycle: Cycle) -> list[str]:
    return [check.text for check in checks(outlook(cycle, now=BEFORE), now=BEFORE)]


def said(cycle: Cycle) -> str:
    return " ".join(texts(cycle))


def test_a_sound_cycle_has_no_remarks(made: City) -> None:
    assert texts(made.draft()) == []


def test_people_without_address_are_counted(made: City) -> None:
    made.hire("City/Care", 2, email="")
    assert "2 people have no e-mail address" in said(made.draft())


def test_a_small_audience_is_warned_about(made: City) -> None:
    assert "With fewer than 5 answers nothing is shown" in said(made.draft("City/Works"))
    assert "With fewer than 5 answers nothing is shown" in said(made.draft(parts=3))


def test_many_questions_are_warned_about_unless_they_take_turns(made: City) -> None:
    themes = [made.questions(6), made.questions(6)]
    asked = [question for theme in themes for question in theme]
    assert "Some waves ask 12 questions" in said(made.draft(questions=asked))
    rotating = {theme[0].theme_id for theme in themes}
    assert "Some waves" not in said(made.draft(questions=asked, rotating=rotating))


def test_words_in_one_of_two_languages_are_warned_about(made: City) -> None:
    assert "missing in: English" in said(made.draft(intros={"nl": "Dag!"}))
    assert "missing in" not in said(made.draft(intros={"nl": "Dag!"}, languages=["nl"]))


def test_a_first_wave_within_a_day_is_warned_about(made: City) -> None:
    cycle = made.draft()
    found = checks(outlook(cycle, now=FIRST - timedelta(hours=2)), now=FIRST - timedelta(hours=2))
    assert [check.text for check in found] == [
        "The first mails go out within a day. Do people and managers know about it?"
    ]


def test_other_cycles_for_the_same_people_are_named(made: City) -> None:
    made.active("City/Care", name="Care pulse")
    assert "also asked by: Care pulse" in said(made.draft())
    assert "also asked by" not in said(made.draft("City/Works"))


def test_who_will_have_had_enough_by_the_first_wave_is_counted(made: City) -> None:
    other = made.active("City/Care", name="Care pulse")  # opens at the first wave
    limit: dict[str, Any] = {"most_invitations": 1, "most_within_days": 20}
    week_later = FIRST.date() + timedelta(days=7)
    cycle = made.draft(starts_on=week_later, **limit)
    expected = "8 people will have had 1 invitations by the first wave"
    assert expected in said(cycle)  # as it is planned
    open_wave(other, now=FIRST)
    assert expected in said(cycle)  # as it has happened


def test_a_cycle_that_passes_its_own_limit_is_warned_about(made: City) -> None:
    cycle = made.draft(recurrence="FREQ=WEEKLY", most_invitations=2, most_within_days=28)
    assert "invites people 4 times in 28 days" in said(cycle)


def test_dates_that_are_left_out_are_said_with_the_reason(made: City) -> None:
    made.organisation.quiet_periods.create(
        name="Summer", first_day=FIRST.date(), last_day=FIRST.date() + timedelta(days=20)
    )
    assert "One of the next dates is left out: Summer." in said(made.draft())
