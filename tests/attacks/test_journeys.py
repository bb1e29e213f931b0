"""Journeys ask people one by one, and managers know who began when: nothing may tell about one of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orgunits.models import Employee, OrgUnit, Role
from orgunits.units.services import move_unit
from results import queries
from results.models import Participation, Release, Response
from results.services import close_wave
from results.verdicts import audit_wave
from surveys.answering.services import Answers, submit
from surveys.journeys.rounds import make_due_rounds
from surveys.letters.services import make_letters, order_letters, withdraw_letters
from surveys.models import Cycle, Invitation, LetterRun, Mail, Ticket, Wave
from surveys.waves.services import stop_accepting
from tests.surveys.factories import City, city
from tests.surveys.journeys.factories import asked, at, journey, run, running_now, tick

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> City:
    return city({"City/Care": 1, "City/Works": 1})


def answer(people: list[Invitation], now: object = None) -> None:
    """Each differs from the next, so that no group is too much alike."""
    for number, one in enumerate(people):
        scores = [number % 5 + 1, (number + 2) % 5 + 1]
        submit(one.wave, [Answers(one.pk, [*scores])], now=now or one.wave.opened_at + timedelta(hours=1))  # type: ignore[arg-type]


def close(wave: Wave) -> None:
    Wave.objects.filter(pk=wave.pk).update(closes_at=wave.opened_at + timedelta(hours=2))
    end = wave.opened_at + timedelta(hours=2)
    assert stop_accepting(wave.pk, now=end)
    assert close_wave(wave.pk, now=end)
    audit_wave(wave.pk, now=end)


def hr(made: City) -> Client:
    client = Client()
    client.force_login(made.user(Role.HR))
    return client


PAGES = ("wave", "wave_live", "today_numbers", "today", "surveys:cycle", "waves:letters")


def seen(client: Client, wave: Wave) -> dict[str, str]:
    """All that HR can look at while the wave is open."""
    found = {}
    for name in PAGES:
        args = {"today": [], "surveys:cycle": [wave.cycle_id]}.get(name, [wave.pk])
        response = client.get(reverse(name, args=args))
        assert response.status_code == 200
        found[name] = without_tokens(response.content.decode())
    return found


def without_tokens(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrf" not in line)


@pytest.mark.parametrize("people", [1, 4, 5, 12])
def test_no_page_changes_when_a_newcomer_answers(made: City, people: int) -> None:
    wave = running_now(made, people)
    client = hr(made)
    before = seen(client, wave)
    answer(asked()[:1], now=timezone.now())
    assert seen(client, wave) == before
    assert queries.participation_so_far(wave, now=timezone.now()) == {}


def test_no_page_changes_when_someone_who_did_not_answer_is_reminded(made: City) -> None:
    wave = running_now(made, 2)
    Mail.objects.update(state=Mail.State.SENT)
    client = hr(made)
    before = seen(client, wave)
    now = timezone.now()
    Invitation.objects.update(
        invited_on=timezone.localdate() - timedelta(days=8), closes_at=now + timedelta(days=1)
    )
    Wave.objects.update(round_at=now)
    while not Mail.objects.filter(kind=Mail.Kind.REMINDER).exists():  # a weekend may come first
        now += timedelta(hours=23)
        Invitation.objects.update(closes_at=now + timedelta(days=1))
        make_due_rounds(now)
    assert seen(client, wave) == before


def test_a_wave_of_fewer_people_than_the_minimum_shows_nothing_ever(made: City) -> None:
    wave = running_now(made, 4)
    answer(asked(), now=timezone.now())
    close(wave)
    assert not Release.objects.exists()
    assert not Participation.objects.exists()
    assert not Response.objects.exists()


def test_one_newcomer_beside_others_is_in_no_difference_of_two_units(made: City) -> None:
    """City less Care would be the one who began in Works."""
    for answering in (True, False):
        Cycle.objects.all().update(state=Cycle.State.ENDED)
        there = made.hire("City/Works", joined_on=timezone.localdate() - timedelta(days=30))
        wave = running_now(made, 6)
        people = [one for one in wave.invitations.all() if answering or one.employee not in there]
        answer(people, now=timezone.now())
        close(wave)
        counts = dict(Release.objects.filter(wave=wave).values_list("unit__name", "n"))
        taking = dict(Participation.objects.filter(wave=wave).values_list("unit__name", "answered"))
        # The one in Works counts nowhere, so nobody sees whether there was an answer.
        assert counts == {"City": 6, "Care": 6}
        assert taking == {"City": 6, "Care": 6}
        made.organisation.employees.all().update(joined_on=None)


def test_nobody_is_in_two_waves_of_a_journey_about_one_date(made: City) -> None:
    """Else one wave less the other would be about the few who differ."""
    made.hire("City/Care", 6, joined_on=date(2026, 3, 31))  # day 30 is the last of the first period
    journey(made)
    run(date(2026, 4, 28), date(2026, 5, 4))
    made.organisation.employees.update(joined_on=date(2026, 4, 2))
    run(date(2026, 5, 5), date(2026, 5, 12))
    people = [one.employee_id for one in asked()]
    assert len(people) == len(set(people))


def test_a_period_that_hr_cuts_short_is_pooled_like_any_other(made: City) -> None:
    """Closing just before and just after someone comes gives no difference about that person."""
    wave = running_now(made, 3)
    answer(asked(), now=timezone.now())
    close(wave)
    assert not Release.objects.exists()


def test_a_unit_that_moves_after_the_last_was_asked_changes_no_figure(made: City) -> None:
    shown = []
    for move in (False, True):
        built = city({"City/Care": 1, "City/Works": 1, "City/Care/Day": 1})
        built.hire("City/Care/Day", 5, joined_on=timezone.localdate() - timedelta(days=30))
        wave = running_now(built, 5)
        answer(list(wave.invitations.all()), now=timezone.now())
        if move:
            day = OrgUnit.objects.get(pk=built.units["City/Care/Day"].pk)
            move_unit(day, OrgUnit.objects.get(pk=built.units["City/Works"].pk), by=None, now=timezone.now())
        close(wave)
        shown.append(sorted(Release.objects.filter(wave=wave).values_list("unit__name", "n", "covered")))
    assert shown[0] == shown[1]


def test_a_closed_wave_of_a_journey_forgets_who_answered(made: City) -> None:
    wave = running_now(made, 6)
    answer(asked()[:3], now=timezone.now())
    close(wave)
    assert not Ticket.objects.exists()


def test_an_invitation_is_taken_back_whether_or_not_it_was_answered(made: City) -> None:
    """A list that kept only those who answered would name them."""
    wave = running_now(made, 2)
    Mail.objects.update(state=Mail.State.SENT)
    answer(asked()[:1], now=timezone.now())
    made.organisation.employees.update(left_on=timezone.localdate())
    now = at(timezone.localdate() + timedelta(days=1))
    make_due_rounds(now)
    assert wave.invitations.count() == 2


@pytest.mark.parametrize("answering", [True, False])
def test_an_invitation_whose_letter_was_made_worthless_is_not_taken_back(made: City, answering: bool) -> None:
    """Its answer would stay behind without the person, and break the wave."""
    wave, now = running_now(made, 6), timezone.now()
    Mail.objects.update(state=Mail.State.SENT)
    first, *others = asked()
    first.mails.all().delete()
    Invitation.objects.filter(pk=first.pk).update(email="", closes_at=None)
    audience, form = LetterRun.Audience.WITHOUT_MAIL, LetterRun.Form.CSV
    run = order_letters(wave, audience=audience, form=form, by=None, now=now)
    make_letters(run.pk, now=now)
    answer([first, *others] if answering else others, now=now)
    withdraw_letters(run, by=None, now=now)
    leave_and_pass_some_days(first)
    assert wave.invitations.count() == 6


@pytest.mark.parametrize("state", [Mail.State.DUE, Mail.State.CANCELLED])
def test_an_invitation_that_hr_sends_again_is_not_taken_back(made: City, state: str) -> None:
    wave = running_now(made, 2)
    Mail.objects.update(state=Mail.State.SENT)
    first = asked()[0]
    first.mails.update(state=state, again=True)
    leave_and_pass_some_days(first)
    assert wave.invitations.count() == 2


def leave_and_pass_some_days(one: Invitation) -> None:
    today = timezone.localdate()
    Employee.objects.filter(invitations=one).update(left_on=today)
    for number in (1, 2, 3):
        make_due_rounds(at(today + timedelta(days=number)))


def test_a_journey_of_one_person_keeps_its_answer_sealed_and_then_throws_it_away(made: City) -> None:
    made.hire("City/Care", joined_on=date(2026, 1, 20))
    journey(made)
    run(date(2026, 2, 1), date(2026, 2, 19))
    [one] = asked()
    submit(one.wave, [Answers(one.pk, [4, 4], {"": "I am the only one"})], now=at(date(2026, 2, 20)))
    tick(at(date(2026, 5, 1)))
    tick(at(date(2026, 5, 15)))
    wave = Wave.objects.get(number=1)
    assert wave.state == Wave.State.CLOSED
    assert not Response.objects.exists()
    assert not Release.objects.exists()
