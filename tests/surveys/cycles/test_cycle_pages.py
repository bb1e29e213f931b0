from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from orgunits.models import Role
from surveys.cycles.services import pause_cycle
from surveys.models import Cycle, Question, Wave
from surveys.waves.services import open_wave

from ..factories import City, city

pytestmark = pytest.mark.django_db

TOMORROW = timezone.localdate() + timedelta(days=1)


@pytest.fixture
def made() -> City:
    return city({"City/Care": 2, "City/Care/Team": 1, "City/Works": 3})


def browser(made: City, *roles: Role, unit: str = "City") -> Client:
    client = Client()
    client.force_login(made.user(*roles, unit=unit))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def hr(made: City) -> Client:
    return browser(made, Role.HR)


def draft(made: City, *units: str, **changes: Any) -> Cycle:
    return made.draft(*units, now=timezone.now(), starts_on=TOMORROW, recurrence="FREQ=WEEKLY", **changes)


def filled_in(made: City, *units: str, **changes: Any) -> dict[str, Any]:
    return {
        "name": "Pulse",
        "units": [made.units[path].pk for path in units or ["City"]],
        "questions": [question.pk for question in made.questions(2)],
        "rhythm": "two_weeks",
        "recurrence": "",
        "starts_on": TOMORROW.isoformat(),
        "send_at": "09:00",
        "days_open": "7",
        "reminder_after_days": "3",
        "comment_allowed": "on",
    } | changes


def page(client: Client, name: str, *args: Any) -> str:
    response = client.get(reverse(f"surveys:{name}", args=args))
    assert response.status_code == 200
    return response.content.decode()


def after(client: Client, name: str, *args: Any, sent: dict[str, Any] | None = None) -> str:
    response = client.post(reverse(f"surveys:{name}", args=args), sent or {}, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def ticked(shown: str, name: str) -> list[int]:
    return [int(number) for number in re.findall(rf'id="{name}-(\d+)"\s+checked', shown)]


def test_without_cycles_the_list_says_what_to_do(hr: Client) -> None:
    assert "There are no cycles yet" in page(hr, "cycles")


def test_the_list_shows_state_rhythm_and_number_of_people(made: City, hr: Client) -> None:
    draft(made, "City/Care", name="Care pulse")
    shown = page(hr, "cycles")
    assert "Care pulse" in shown
    assert "draft" in shown
    assert '<td class="table__number" data-label="People">3</td>' in shown


def test_a_cycle_is_made_from_the_form(made: City, hr: Client) -> None:
    response = hr.post(reverse("surveys:cycle_new"), filled_in(made, "City/Care"))
    cycle = Cycle.objects.get()
    assert response.url == reverse("surveys:cycle", args=[cycle.pk])  # type: ignore[attr-defined]
    weekday = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[TOMORROW.weekday()]
    assert cycle.recurrence == f"FREQ=WEEKLY;INTERVAL=2;BYDAY={weekday}"
    assert (cycle.state, cycle.starts_on, cycle.reminder_after_days) == (Cycle.State.DRAFT, TOMORROW, 3)
    assert list(cycle.units.all()) == [made.units["City/Care"]]


def test_an_own_rule_is_kept_as_typed(made: City, hr: Client) -> None:
    rule = "FREQ=MONTHLY;BYMONTHDAY=1"
    after(hr, "cycle_new", sent=filled_in(made, rhythm="own", recurrence=rule))
    assert Cycle.objects.get().recurrence == rule


def test_no_reminder_is_an_empty_field(made: City, hr: Client) -> None:
    after(hr, "cycle_new", sent=filled_in(made, reminder_after_days=""))
    assert Cycle.objects.get().reminder_after_days is None


def test_the_form_shows_units_with_people_and_questions_in_both_languages(made: City, hr: Client) -> None:
    question = Question.objects.get(organisation=None, code="energy_1")
    shown = page(hr, "cycle_new")
    assert "6 people" in shown
    assert "3 people" in shown
    assert question.text_en in shown
    assert f'lang="nl">{question.text_nl}' in shown


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": ""}, "This field is required"),
        ({"units": []}, "Choose at least one unit."),
        ({"questions": []}, "Choose at least one question."),
        ({"starts_on": "soon"}, "Enter a valid date"),
        ({"send_at": "25:00"}, "Enter a valid time"),
        ({"days_open": "61"}, "less than or equal to 60"),
        ({"reminder_after_days": "7"}, "send the reminder earlier"),
        ({"days_open": "15", "reminder_after_days": ""}, "while the one of"),
        ({"rhythm": "own"}, "Write a rule"),
        ({"rhythm": "own", "recurrence": "FREQ=HOURLY"}, "More often is not possible"),
        ({"rhythm": "own", "recurrence": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "gives no date"),
        ({"rhythm": "sometimes"}, "Select a valid choice"),
        ({"units": ["x"]}, "is not a valid value"),
        ({"units": ["0"]}, "is not one of the available choices"),
    ],
)
def test_a_mistake_is_explained_and_keeps_what_was_typed(
    made: City, hr: Client, changes: dict[str, Any], reason: str
) -> None:
    sent = filled_in(made, "City/Works", name="My own name") | changes
    shown = after(hr, "cycle_new", sent=sent)
    assert reason in shown
    assert not Cycle.objects.exists()
    if "name" not in changes:
        assert 'value="My own name"' in shown
    if "units" not in changes:
        assert ticked(shown, "units") == sent["units"]
    if "questions" not in changes:
        assert ticked(shown, "question") == sent["questions"]


def test_a_draft_is_changed_by_the_same_form(made: City, hr: Client) -> None:
    cycle = draft(made, "City/Works")
    shown = page(hr, "cycle_edit", cycle.pk)
    assert 'value="Pulse"' in shown
    after(hr, "cycle_edit", cycle.pk, sent=filled_in(made, "City/Care", name="Renamed"))
    cycle.refresh_from_db()
    assert cycle.name == "Renamed"


def test_a_launched_cycle_cannot_be_changed(made: City, hr: Client) -> None:
    cycle = draft(made)
    after(hr, "cycle_launch", cycle.pk)
    shown = after(hr, "cycle_edit", cycle.pk, sent=filled_in(made, name="Renamed"))
    assert "Only a draft can be changed" in shown
    cycle.refresh_from_db()
    assert cycle.name == "Pulse"


def test_before_launch_the_page_says_how_many_people_get_a_mail_and_when(made: City, hr: Client) -> None:
    made.hire("City/Care", email="")
    shown = page(hr, "cycle_launch", draft(made).pk)
    assert "6 people get a mail" in shown
    assert "6 of 7 people have an e-mail address" in shown
    assert "09:00" in shown


def test_looking_at_the_launch_page_launches_nothing(made: City, hr: Client) -> None:
    cycle = draft(made)
    page(hr, "cycle_launch", cycle.pk)
    cycle.refresh_from_db()
    assert cycle.state == Cycle.State.DRAFT


def test_a_cycle_goes_from_draft_to_end_by_its_buttons(made: City, hr: Client) -> None:
    cycle = draft(made)
    assert "This is a draft" in page(hr, "cycle", cycle.pk)
    assert "The next wave opens on" in after(hr, "cycle_launch", cycle.pk)
    assert "Paused" in after(hr, "cycle_pause", cycle.pk)
    assert "The next wave opens on" in after(hr, "cycle_resume", cycle.pk)
    assert "Ended" in after(hr, "cycle_end", cycle.pk)
    cycle.refresh_from_db()
    assert cycle.state == Cycle.State.ENDED


def test_what_stands_in_the_way_of_a_launch_is_said(made: City, hr: Client) -> None:
    cycle = draft(made)
    made.organisation.employees.update(left_on=date(2026, 1, 1))
    assert "Nobody works in the chosen units" in after(hr, "cycle_launch", cycle.pk)


def test_a_double_click_on_launch_shows_no_error(made: City, hr: Client) -> None:
    cycle = draft(made)
    after(hr, "cycle_launch", cycle.pk)
    assert "The next wave opens on" in after(hr, "cycle_launch", cycle.pk)


def test_the_page_shows_the_next_ten_dates_in_the_organisation_s_own_time() -> None:
    made = city({"City": 1}, time_zone="America/New_York")
    shown = page(browser(made, Role.HR), "cycle", draft(made).pk)
    assert shown.count(", 09:00</li>") == 10


def opened(made: City) -> Wave:
    cycle = draft(made)
    Cycle.objects.filter(pk=cycle.pk).update(state=Cycle.State.ACTIVE, next_opens_at=timezone.now())
    wave = open_wave(cycle, now=timezone.now())
    assert wave is not None
    return wave


def test_the_page_shows_its_waves_with_people_and_mails(made: City, hr: Client) -> None:
    wave = opened(made)
    shown = page(hr, "cycle", wave.cycle_id)
    assert "Pulse 1" in shown
    assert "6 waiting" in shown


def test_a_wave_can_be_closed_early(made: City, hr: Client) -> None:
    wave = opened(made)
    assert "The wave has been closed" in after(hr, "wave_close", wave.pk)
    wave.refresh_from_db()
    assert wave.state == Wave.State.CLOSING


NAMES = ["cycle", "cycle_edit", "cycle_launch", "cycle_pause", "cycle_resume", "cycle_end"]


@pytest.mark.parametrize("name", NAMES)
def test_a_cycle_with_units_beyond_one_s_own_does_not_exist(made: City, name: str) -> None:
    cycle = draft(made, "City/Care", "City/Works")
    client = browser(made, Role.HR, unit="City/Care")
    assert client.post(reverse(f"surveys:{name}", args=[cycle.pk])).status_code == 404
    assert "Pulse" not in page(client, "cycles")


@pytest.mark.parametrize("name", NAMES)
def test_a_cycle_of_another_organisation_does_not_exist(made: City, hr: Client, name: str) -> None:
    cycle = draft(city({"City": 1}))
    assert hr.post(reverse(f"surveys:{name}", args=[cycle.pk])).status_code == 404


def test_a_wave_beyond_one_s_own_units_cannot_be_closed(made: City) -> None:
    wave = opened(made)
    client = browser(made, Role.HR, unit="City/Care")
    assert client.post(reverse("surveys:wave_close", args=[wave.pk])).status_code == 404


def test_units_beyond_one_s_own_are_neither_shown_nor_accepted(made: City) -> None:
    client = browser(made, Role.HR, unit="City/Care")
    shown = page(client, "cycle_new")
    assert "Team" in shown
    assert "Works" not in shown
    assert "is not one of the available choices" in after(
        client, "cycle_new", sent=filled_in(made, "City/Works")
    )


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.MANAGER, Role.PRIVACY_OFFICER, Role.IT_ADMINISTRATOR])
def test_only_hr_sees_cycles(made: City, role: Role) -> None:
    client = browser(made, role)
    assert client.get(reverse("surveys:cycles")).status_code == 403
    assert client.get(reverse("surveys:cycle_new")).status_code == 403


@pytest.mark.parametrize("name", ["cycle_pause", "cycle_resume", "cycle_end"])
def test_a_link_cannot_take_a_step(made: City, hr: Client, name: str) -> None:
    assert hr.get(reverse(f"surveys:{name}", args=[draft(made).pk])).status_code == 405


def queries_of(client: Client, name: str, *args: Any) -> int:
    page(client, name, *args)
    with CaptureQueriesContext(connection) as queries:
        page(client, name, *args)
    return len(queries)


def test_the_list_takes_the_same_queries_for_one_and_three_cycles(made: City, hr: Client) -> None:
    draft(made, "City/Care")
    one = queries_of(hr, "cycles")
    draft(made, "City/Care", "City/Works")
    pause_cycle(
        made.active(now=timezone.now(), starts_on=TOMORROW, recurrence="FREQ=WEEKLY"),
        by=None,
        now=timezone.now(),
    )
    assert queries_of(hr, "cycles") == one


def test_a_cycle_page_takes_the_same_queries_for_any_number_of_units_questions_and_waves(
    made: City, hr: Client
) -> None:
    first = draft(made, "City/Care", questions=made.questions(1))
    wave = opened(made)
    second = wave.cycle
    for number in (2, 3):
        wave.pk, wave.number, wave.scheduled_for = None, number, wave.scheduled_for + timedelta(days=7)
        wave.save(force_insert=True)
    assert queries_of(hr, "cycle", first.pk) == queries_of(hr, "cycle", second.pk)


def test_the_form_takes_the_same_queries_for_any_number_of_units_and_questions(
    made: City, hr: Client
) -> None:
    few = queries_of(hr, "cycle_new")
    for number in range(3):
        made.units["City"].refresh_from_db()
        made.units["City"].add_child(organisation=made.organisation, name=f"More {number}")
    made.questions(3)
    assert queries_of(hr, "cycle_new") == few
