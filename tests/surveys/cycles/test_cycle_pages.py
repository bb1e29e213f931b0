from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import AuditEvent
from orgunits.models import Role
from surveys.cycles.services import pause_cycle
from surveys.models import Cycle, CycleQuestion, Theme, Wave
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


def page(client: Client, name: str, *args: Any) -> str:
    response = client.get(reverse(f"surveys:{name}", args=args))
    assert response.status_code == 200
    return response.content.decode()


def after(client: Client, name: str, *args: Any, sent: dict[str, Any] | None = None) -> str:
    response = client.post(reverse(f"surveys:{name}", args=args), sent or {}, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_without_cycles_the_list_says_what_to_do(hr: Client) -> None:
    assert "There are no cycles yet" in page(hr, "cycles")


def test_the_list_shows_state_rhythm_and_number_of_people(made: City, hr: Client) -> None:
    draft(made, "City/Care", name="Care pulse")
    shown = page(hr, "cycles")
    assert "Care pulse" in shown
    assert "draft" in shown
    assert '<td class="table__number" data-label="People">3</td>' in shown


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


@pytest.mark.parametrize("step", [None, pause_cycle])
def test_a_cycle_that_was_launched_has_no_launch_page(made: City, hr: Client, step: Any) -> None:
    cycle = made.active("City")
    if step:
        step(cycle, by=None, now=timezone.now())
    shown = hr.get(reverse("surveys:cycle_launch", args=[cycle.pk]), follow=True)
    assert shown.redirect_chain == [(reverse("surveys:cycle", args=[cycle.pk]), 302)]
    assert "was launched before" in shown.content.decode()


def test_a_draft_without_units_is_for_who_began_it_and_hr_of_all(made: City, hr: Client) -> None:
    one, other = browser(made, Role.HR, unit="City/Care"), browser(made, Role.HR, unit="City/Works")
    one.post(reverse("surveys:cycle_new"), {"begin": "empty"})
    empty = Cycle.objects.get()
    empty.units.clear()
    address = reverse("surveys:cycle_edit", args=[empty.pk])
    assert [client.get(address).status_code for client in (one, other, hr)] == [200, 404, 200]


def test_the_page_shows_the_next_ten_dates_in_the_organisation_s_own_time() -> None:
    made = city({"City": 1}, time_zone="America/New_York")
    shown = page(browser(made, Role.HR), "cycle", draft(made, send_at=time(23, 30)).pk)
    assert shown.count('<li class="dates__wave"') == 10
    assert f"<strong>{date_format(TOMORROW, 'l j F Y')}</strong>" in shown  # in UTC it is the day after


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


def test_the_next_wave_is_skipped_once_however_often_the_button_is_clicked(made: City, hr: Client) -> None:
    cycle = draft(made)
    after(hr, "cycle_launch", cycle.pk)
    cycle.refresh_from_db()
    assert cycle.next_opens_at is not None
    was = cycle.next_opens_at
    for _click in range(2):
        after(hr, "cycle_skip", cycle.pk, sent={"opens_at": was.isoformat()})
    cycle.refresh_from_db()
    assert cycle.next_opens_at == was + timedelta(days=7)
    assert AuditEvent.objects.filter(action="cycle.wave_skipped").count() == 1


NAMES = [
    "cycle",
    "cycle_edit",
    "cycle_preview",
    "cycle_preview_page",
    "cycle_test_mail",
    "cycle_launch",
    "cycle_pause",
    "cycle_resume",
    "cycle_skip",
    "cycle_end",
]


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


def test_a_wave_beyond_one_s_own_units_cannot_be_closed_or_extended(made: City) -> None:
    wave = opened(made)
    client = browser(made, Role.HR, unit="City/Care")
    for name in ("surveys:wave_close", "waves:extend"):
        assert client.post(reverse(name, args=[wave.pk])).status_code == 404


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.MANAGER, Role.PRIVACY_OFFICER, Role.IT_ADMINISTRATOR])
def test_only_hr_sees_cycles(made: City, role: Role) -> None:
    client = browser(made, role)
    assert client.get(reverse("surveys:cycles")).status_code == 403
    assert client.get(reverse("surveys:cycle_new")).status_code == 403


@pytest.mark.parametrize(
    "name", ["cycle_pause", "cycle_resume", "cycle_skip", "cycle_end", "cycle_test_mail"]
)
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
    wave = opened(made)
    cycle = wave.cycle
    queries_of(hr, "cycle", cycle.pk)  # the look of the organisation is remembered from here on
    one = queries_of(hr, "cycle", cycle.pk)
    for number in (2, 3):
        wave.pk, wave.number, wave.scheduled_for = None, number, wave.scheduled_for + timedelta(days=7)
        wave.save(force_insert=True)
    cycle.units.add(made.units["City/Care"])
    cycle.cycle_questions.create(organisation=cycle.organisation, question=made.questions(1)[0], position=99)
    assert queries_of(hr, "cycle", cycle.pk) == one


def test_names_stand_on_the_page_as_they_are(made: City, hr: Client) -> None:
    """Its rows and dates are put together without a template."""
    name, shown = '<b>%(wave)s {url} "x"</b>', "&lt;b&gt;%(wave)s {url} &quot;x&quot;&lt;/b&gt;"
    wave = opened(made)
    Wave.objects.update(name=name)
    Cycle.objects.update(name=name, return_within=2)
    CycleQuestion.objects.bulk_create(
        CycleQuestion(
            organisation=made.organisation, cycle=wave.cycle, question=one, position=place, rotating=True
        )
        for place, one in enumerate([*made.questions(1), *made.questions(1)], start=5)
    )
    Theme.objects.update(name_en=name)
    written = page(hr, "cycle", wave.cycle_id)
    assert f">{shown} 1</a>" in written
    assert f"<br>{shown}" in written  # the themes of a date
    assert "<b>" not in written
