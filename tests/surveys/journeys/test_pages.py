"""HR makes a journey, starts it and looks at it; what the pages of a wave leave out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orgunits.models import Role
from surveys.journeys.templates import JOURNEYS
from surveys.models import Cycle

from ..factories import City, city
from .factories import running_now

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
FIRST_DAY = (TODAY.replace(day=1) + timedelta(days=32)).replace(day=1)


@pytest.fixture
def made() -> City:
    return city({"City/Care": 6, "City/Works": 6}, reply_to="hr@example.org")


@pytest.fixture
def hr(made: City) -> Client:
    client = Client()
    client.force_login(made.user(Role.HR))
    client.cookies["django_language"] = "en"
    return client


def text_of(client: Client, name: str, *args: Any) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def begun(hr: Client, key: str) -> Cycle:
    hr.post(reverse("surveys:cycle_new"), {"begin": key})
    return Cycle.objects.get()


def filled_in(made: City, **changes: Any) -> dict[str, Any]:
    return {
        "version": "1",
        "name": "New here",
        "units": [made.units["City"].pk],
        "questions": [question.pk for question in made.questions(3)],
        "days": "30",
        "period": "quarter",
        "starts_on": FIRST_DAY.isoformat(),
        "send_at": "09:00",
        "days_open": "14",
        "reminder_after_days": "5",
        "languages": ["nl", "en"],
    } | changes


@pytest.mark.parametrize("template", JOURNEYS, ids=lambda template: template.key)
def test_each_way_to_begin_makes_a_draft_that_can_be_launched(hr: Client, made: City, template: Any) -> None:
    cycle = begun(hr, template.key)
    assert (cycle.kind, cycle.days_after) == (template.kind, template.days_after)
    assert cycle.cycle_questions.count() == len(template.questions)
    hr.post(reverse("surveys:cycle_launch", args=[cycle.pk]))
    cycle.refresh_from_db()
    assert cycle.state == Cycle.State.ACTIVE


def test_the_page_says_the_journey_in_words(hr: Client, made: City) -> None:
    cycle = begun(hr, "onboarding_30")
    hr.post(reverse("surveys:cycle_edit", args=[cycle.pk]), filled_in(made))
    assert (
        "To everyone who starts in City, 30 days after their first day: 3 questions about Energy, "
        "with 14 days to answer. One reminder after 5 days, to those who have not answered. "
        "Results per quarter, from 5 answers."
    ) in text_of(hr, "surveys:cycle_edit", cycle.pk)


def test_what_is_filled_in_is_kept(hr: Client, made: City) -> None:
    cycle = begun(hr, "leaving")
    sent = filled_in(made, days="7", side="before", period="half_year")
    hr.post(reverse("surveys:cycle_edit", args=[cycle.pk]), sent)
    cycle.refresh_from_db()
    assert (cycle.days_after, cycle.starts_on) == (-7, FIRST_DAY)
    assert cycle.recurrence == "FREQ=MONTHLY;INTERVAL=6;BYMONTHDAY=1"
    page = text_of(hr, "surveys:cycle_edit", cycle.pk)
    assert "7 days before their last day" in page
    assert "per half year" in page


def test_a_first_day_that_not_every_month_has_is_refused(hr: Client, made: City) -> None:
    cycle = begun(hr, "onboarding_30")
    day = FIRST_DAY.replace(month=1, year=FIRST_DAY.year + 1, day=30)
    page = hr.post(reverse("surveys:cycle_edit", args=[cycle.pk]), filled_in(made, starts_on=day.isoformat()))
    assert "from 1 to 28" in page.content.decode()
    cycle.refresh_from_db()
    assert cycle.starts_on == FIRST_DAY


def test_the_page_tells_how_many_would_have_been_asked(hr: Client, made: City) -> None:
    made.hire("City/Care", 7, joined_on=TODAY - timedelta(days=60))
    made.hire("City/Care", 1, joined_on=TODAY - timedelta(days=60), left_on=TODAY - timedelta(days=50))
    cycle = begun(hr, "onboarding_30")
    page = text_of(hr, "surveys:cycle_edit", cycle.pk)
    assert "7 people </strong>" in page
    assert page.count("0 people </strong>") == 3
    assert "at most 7 people would have been asked in one period" in page


def test_what_will_be_shown_goes_by_the_last_twelve_months(hr: Client, made: City) -> None:
    made.hire("City/Care", 12, joined_on=TODAY - timedelta(days=60))
    made.hire("City/Works", 2, joined_on=TODAY - timedelta(days=60))
    cycle = begun(hr, "onboarding_30")
    page = text_of(hr, "forecast", cycle.pk)
    assert "City, Care" in page
    assert "Works" not in page[page.index("<table") :]
    assert page.count("none: too few people") == 3


def test_without_dates_the_checks_say_which_column_is_missing(hr: Client) -> None:
    cycle = begun(hr, "onboarding_30")
    assert "Add the column joined_on" in text_of(hr, "surveys:cycle_edit", cycle.pk)


def test_the_preview_says_why_someone_is_asked(hr: Client, made: City) -> None:
    cycle = begun(hr, "onboarding_30")
    page = text_of(hr, "surveys:cycle_preview_page", cycle.pk)
    assert "You get this because you started here about 30 days ago." in page
    assert "put together with those of others" in page


def test_the_test_mail_says_so_too_and_gives_two_weeks(hr: Client) -> None:
    cycle = begun(hr, "moved")
    hr.post(reverse("surveys:cycle_test_mail", args=[cycle.pk]))
    english = next(one for one in mail.outbox if "The first question:" in str(one.body))
    assert "because you came to another team about 60 days ago" in " ".join(str(english.body).split())


def test_the_page_of_an_open_wave_has_no_numbers_about_answers(hr: Client, made: City) -> None:
    wave = running_now(made)
    page = text_of(hr, "wave", wave.pk)
    assert "1 person was asked since" in page
    assert "Shown after the end" in page
    assert "Participation per unit" not in page
    assert "Keep it open longer" not in page


def test_today_lists_the_wave_without_participation(hr: Client, made: City) -> None:
    running_now(made)
    page = text_of(hr, "today")
    assert "Pulse, from" in page
    assert "Shown after the end" in page
    assert "Participation per unit" not in page
    assert "will be skipped" not in page


def test_a_wave_of_a_journey_cannot_be_extended(hr: Client, made: City) -> None:
    wave = running_now(made)
    day = (TODAY + timedelta(days=30)).isoformat()
    page = hr.post(reverse("waves:extend", args=[wave.pk]), {"until": day})
    assert "nothing to extend" in page.content.decode()


def test_a_wave_of_a_journey_cannot_be_skipped(hr: Client, made: City) -> None:
    cycle = running_now(made).cycle
    cycle.refresh_from_db()
    assert cycle.next_opens_at
    sent = {"opens_at": cycle.next_opens_at.isoformat()}
    page = hr.post(reverse("surveys:cycle_skip", args=[cycle.pk]), sent, follow=True)
    assert "Pause it instead" in page.content.decode()


def test_the_pages_of_a_running_journey_say_how_it_goes(hr: Client, made: City) -> None:
    cycle = running_now(made).cycle
    page = text_of(hr, "surveys:cycle", cycle.pk)
    assert "People are asked by themselves" in page
    assert "Skip the next wave" not in page
    assert "30 days after their first day, results per quarter" in text_of(hr, "surveys:cycles")


def test_a_copy_of_a_journey_is_a_journey(hr: Client, made: City) -> None:
    cycle = begun(hr, "leaving")
    hr.post(reverse("surveys:cycle_new"), {"begin": "earlier", "cycle": cycle.pk})
    copy = Cycle.objects.exclude(pk=cycle.pk).get()
    assert (copy.kind, copy.days_after, copy.recurrence) == (cycle.kind, -14, cycle.recurrence)
