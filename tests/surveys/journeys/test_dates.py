"""Dates that come, change and go by imports: who is asked, who not, and who once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orgunits.imports.services import import_people, undo_import
from orgunits.models import Employee, ImportRun
from surveys.letters.services import order_letters, recipients
from surveys.mailing.again import send_again
from surveys.mailing.services import send_due_mail
from surveys.models import Cycle, Invitation, LetterRun, Mail, Wave

from ..factories import City, city
from .factories import asked, at, journey, run, running_now, tick

pytestmark = pytest.mark.django_db

HEADER = "employee_id,email,first_name,last_name,unit_path,manager_email,joined_on,leaves_on"
KEPT = [
    "K1,k1@example.org,Kim,Kok,City,,,",
    "K2,k2@example.org,Bo,Bos,City/Care,,,",
    "K3,k3@example.org,Al,Alt,City/Works,,,",
]


def imported(made: City, *lines: str, on: date) -> ImportRun:
    content = "\n".join([HEADER, *KEPT, *lines, ""]).encode()
    return import_people(made.organisation, content=content, by=None, now=at(on, 8))


def person(unit: str = "City/Care", *, joined_on: str = "", leaves_on: str = "") -> str:
    return f"P,p@example.org,Pat,Poot,{unit},,{joined_on},{leaves_on}"


@pytest.fixture
def made() -> City:
    built = city({"City/Care": 0, "City/Works": 0})
    imported(built, on=date(2026, 1, 4))
    return built


# First days


def test_an_import_twice_asks_once(made: City) -> None:
    journey(made)
    tick(at(date(2026, 2, 1)))
    for day in (date(2026, 2, 2), date(2026, 2, 20), date(2026, 2, 25)):
        imported(made, person(joined_on="2026-01-20"), on=day)
        run(day, day + timedelta(days=3))
    assert len(asked()) == 1


def test_someone_whom_an_import_brings_late_is_asked_late(made: City) -> None:
    journey(made)
    tick(at(date(2026, 2, 1)))
    imported(made, person(joined_on="2026-01-20"), on=date(2026, 2, 25))
    assert run(date(2026, 2, 25), date(2026, 2, 26)) == {date(2026, 2, 25): 1}


def test_a_first_day_that_is_corrected_after_the_mail_asks_nobody_twice(made: City) -> None:
    journey(made)
    imported(made, person(joined_on="2026-01-20"), on=date(2026, 1, 21))
    run(date(2026, 2, 1), date(2026, 2, 20))
    imported(made, person(joined_on="2026-02-01"), on=date(2026, 2, 21))
    run(date(2026, 2, 21), date(2026, 3, 10))
    assert len(asked()) == 1


def test_a_first_day_that_is_put_off_before_the_mail_is_followed(made: City) -> None:
    journey(made)
    imported(made, person(joined_on="2026-01-20"), on=date(2026, 1, 21))
    tick(at(date(2026, 2, 1)))
    imported(made, person(joined_on="2026-02-10"), on=date(2026, 2, 2))
    assert run(date(2026, 2, 18), date(2026, 3, 15)) == {date(2026, 3, 12): 1}


def test_someone_who_comes_back_starts_anew(made: City) -> None:
    journey(made)
    imported(made, person(joined_on="2026-01-20"), on=date(2026, 1, 21))
    run(date(2026, 2, 1), date(2026, 2, 20))
    imported(made, on=date(2026, 3, 1))
    imported(made, person(joined_on="2026-06-01"), on=date(2026, 6, 2))
    assert run(date(2026, 6, 29), date(2026, 7, 3)) == {date(2026, 7, 1): 1}
    assert [one.event_on for one in asked()] == [date(2026, 1, 20), date(2026, 6, 1)]


def test_a_start_that_is_called_off_before_its_day_asks_nobody(made: City) -> None:
    journey(made)
    imported(made, person(joined_on="2026-01-20"), on=date(2026, 1, 21))
    tick(at(date(2026, 2, 1)))
    imported(made, on=date(2026, 2, 10))
    assert run(date(2026, 2, 18), date(2026, 3, 1)) == {}


def test_a_mail_that_still_waits_when_its_person_is_gone_is_not_sent_and_taken_back(made: City) -> None:
    journey(made)
    imported(made, person(joined_on="2026-01-20"), on=date(2026, 1, 21))
    tick(at(date(2026, 2, 1)))
    assert tick(at(date(2026, 2, 19)), sending=False) == 1
    imported(made, on=date(2026, 2, 19))
    send_due_mail(made.organisation, now=at(date(2026, 2, 19), 9, 1))
    assert not mail.outbox
    assert Mail.objects.get().state == Mail.State.CANCELLED
    tick(at(date(2026, 2, 20)))
    assert not asked()
    assert not Wave.objects.get().units.exists()


def test_an_invitation_that_went_out_stays_when_its_person_leaves(made: City) -> None:
    journey(made)
    imported(made, person(joined_on="2026-01-20"), on=date(2026, 1, 21))
    run(date(2026, 2, 1), date(2026, 2, 19))
    imported(made, on=date(2026, 2, 20))
    run(date(2026, 2, 20), date(2026, 2, 25))
    assert len(asked()) == 1


# Moves


def moving(made: City, **changes: Any) -> Cycle:
    return journey(made, **{"kind": Cycle.Kind.MOVED, "days_after": 60} | changes)


def test_someone_is_asked_after_a_move(made: City) -> None:
    moving(made)
    imported(made, person("City/Care"), on=date(2026, 1, 6))
    imported(made, person("City/Works"), on=date(2026, 1, 20))
    assert run(date(2026, 3, 18), date(2026, 3, 25)) == {date(2026, 3, 21): 1}
    assert asked()[0].unit == made.units["City/Works"]


def test_of_two_moves_shortly_after_each_other_the_last_counts(made: City) -> None:
    moving(made)
    imported(made, person("City/Care"), on=date(2026, 1, 6))
    imported(made, person("City/Works"), on=date(2026, 1, 20))
    imported(made, person("City"), on=date(2026, 2, 10))
    assert run(date(2026, 3, 18), date(2026, 4, 20)) == {date(2026, 4, 11): 1}


def test_a_second_move_within_two_months_of_one_that_was_asked_about_is_left_alone(made: City) -> None:
    moving(made, days_after=30)
    imported(made, person("City/Care"), on=date(2026, 1, 6))
    imported(made, person("City/Works"), on=date(2026, 1, 20))
    run(date(2026, 2, 15), date(2026, 2, 22))
    imported(made, person("City"), on=date(2026, 3, 1))
    run(date(2026, 3, 28), date(2026, 4, 5))
    assert len(asked()) == 1


def test_who_is_new_or_comes_back_has_not_moved(made: City) -> None:
    imported(made, person("City/Care"), on=date(2026, 1, 6))
    imported(made, on=date(2026, 1, 10))
    imported(made, person("City/Works"), on=date(2026, 1, 20))
    assert set(Employee.objects.values_list("moved_on", flat=True)) == {None}


def test_a_unit_with_another_name_is_no_move(made: City) -> None:
    imported(made, person("City/Care"), on=date(2026, 1, 6))
    made.units["City/Care"].name = "Home care"
    made.units["City/Care"].save()
    kept = [line.replace("City/Care", "City/Home care") for line in KEPT]
    content = "\n".join([HEADER, *kept, person("City/Home care"), ""]).encode()
    import_people(made.organisation, content=content, by=None, now=at(date(2026, 1, 20), 8))
    assert set(Employee.objects.values_list("moved_on", flat=True)) == {None}


# Last days


def leaving(made: City, **changes: Any) -> Cycle:
    return journey(made, **{"kind": Cycle.Kind.LEAVING, "days_after": -14} | changes)


def test_someone_is_asked_before_a_last_day_that_is_known(made: City) -> None:
    leaving(made)
    imported(made, person(leaves_on="2026-03-31"), on=date(2026, 2, 2))
    assert run(date(2026, 3, 12), date(2026, 3, 31)) == {date(2026, 3, 17): 1}
    assert Mail.objects.count() == 1


def test_a_last_day_that_becomes_known_late_is_still_asked_about(made: City) -> None:
    leaving(made)
    tick(at(date(2026, 2, 1)))
    imported(made, person(leaves_on="2026-03-31"), on=date(2026, 3, 27))
    assert run(date(2026, 3, 27), date(2026, 3, 28)) == {date(2026, 3, 27): 1}


def test_someone_who_is_gone_without_notice_gets_a_letter_and_no_mail(made: City) -> None:
    leaving(made)
    imported(made, person(), on=date(2026, 2, 2))
    imported(made, on=date(2026, 3, 2))
    assert run(date(2026, 3, 2), date(2026, 3, 3)) == {date(2026, 3, 2): 1}
    assert not Mail.objects.exists()
    [invitation] = asked()
    assert (invitation.email, invitation.closes_at) == ("", None)
    letters = order_letters(
        Wave.objects.get(),
        audience=LetterRun.Audience.WITHOUT_MAIL,
        form=LetterRun.Form.CSV,
        by=None,
        now=at(date(2026, 3, 3)),
    )
    assert list(recipients(letters)) == [invitation]


def test_someone_without_a_mail_stays_until_there_is_a_letter(made: City) -> None:
    leaving(made)
    imported(made, person(), on=date(2026, 2, 2))
    imported(made, on=date(2026, 3, 2))
    run(date(2026, 3, 2), date(2026, 4, 10))
    assert len(asked()) == 1


def test_a_contract_that_is_extended_is_asked_about_again_at_its_new_end(made: City) -> None:
    leaving(made)
    imported(made, person(leaves_on="2026-03-31"), on=date(2026, 2, 2))
    run(date(2026, 3, 15), date(2026, 3, 20))
    imported(made, person(leaves_on="2026-09-30"), on=date(2026, 3, 25))
    assert run(date(2026, 9, 10), date(2026, 9, 20)) == {date(2026, 9, 16): 1}


def test_nobody_is_reminded_at_an_address_of_someone_whose_last_day_has_passed(made: City) -> None:
    leaving(made, reminder_after_days=5, days_after=-2)
    imported(made, person(leaves_on="2026-03-17"), on=date(2026, 2, 2))
    run(date(2026, 3, 10), date(2026, 3, 30))
    assert [one.kind for one in Mail.objects.all()] == [Mail.Kind.INVITATION]


def test_the_mail_says_why_and_until_when(made: City) -> None:
    journey(made)
    imported(made, person(joined_on="2026-01-20"), on=date(2026, 1, 21))
    tick(at(date(2026, 2, 1)))
    tick(at(date(2026, 2, 19)), sending=False)
    send_due_mail(made.organisation, now=at(date(2026, 2, 19), 9, 1))
    [message] = mail.outbox
    text = " ".join(str(message.body).split())
    assert "ongeveer 30 dagen geleden" in text
    assert "5 maart" in message.subject


# The link


def test_a_link_works_until_the_persons_own_last_day(made: City, client: Client) -> None:
    link = link_into_a_wave(made, ends_in=timedelta(hours=1))
    assert client.get(link).status_code == 200
    Invitation.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
    assert client.get(link).status_code == 404
    assert client.post(link, {"q1": "4"}).status_code == 404


def link_into_a_wave(made: City, *, ends_in: timedelta) -> str:
    """Of someone who was asked just now."""
    now = timezone.now()
    running_now(made)
    Invitation.objects.update(closes_at=now + ends_in)
    send_due_mail(made.organisation, now=now)
    body = str(mail.outbox[-1].body)
    return reverse("answer", args=[body.split("/a/")[1].split("/")[0].split("#")[0]])


def test_a_mail_that_hr_sends_again_gives_the_days_again(made: City) -> None:
    journey(made)
    imported(made, person(joined_on="2026-01-20"), on=date(2026, 1, 21))
    run(date(2026, 2, 1), date(2026, 2, 19))
    Mail.objects.update(state=Mail.State.REFUSED)
    assert send_again(Wave.objects.get(), by=None, now=at(date(2026, 3, 10))) == 1
    assert Invitation.objects.get().closes_at == at(date(2026, 3, 24))


# Undoing


def test_undoing_an_import_undoes_the_move_as_well(made: City) -> None:
    imported(made, person("City/Care"), on=date(2026, 1, 6))
    moved = imported(made, person("City/Works"), on=date(2026, 1, 20))
    undo_import(moved, by=None, now=at(date(2026, 1, 21)))
    assert Employee.objects.get(employee_id="P").moved_on is None
