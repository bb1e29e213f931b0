from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts.models import Organisation
from surveys.cycles.services import end_cycle, pause_cycle, resume_cycle
from surveys.journeys.rounds import make_due_rounds
from surveys.models import Cycle, Invitation, Mail, Wave, WaveUnit
from tests.answered import have_answered

from ..factories import city
from .factories import asked, at, journey, run, tick

pytestmark = pytest.mark.django_db


def test_someone_is_asked_thirty_days_after_their_first_day_and_only_once() -> None:
    made = city({"City": 3})
    [person] = made.hire("City", joined_on=date(2026, 1, 20))
    journey(made)
    assert run(date(2026, 2, 1), date(2026, 7, 1)) == {date(2026, 2, 19): 1}
    [invitation] = asked()
    assert (invitation.employee, invitation.event_on, invitation.invited_on) == (
        person,
        date(2026, 1, 20),
        date(2026, 2, 19),
    )
    assert invitation.closes_at == at(date(2026, 3, 5))
    assert Mail.objects.count() == 1


def test_each_period_is_a_wave_that_takes_answers_until_the_last_had_their_days() -> None:
    made = city({"City": 3})
    journey(made)
    tick(at(date(2026, 2, 1)))
    tick(at(date(2026, 5, 1)))
    second, first = Wave.objects.all()
    assert (first.adds_until, first.closes_at) == (at(date(2026, 5, 1)), at(date(2026, 5, 15)))
    assert (second.opened_at, second.number) == (at(date(2026, 5, 1)), 2)
    assert {first.state, second.state} == {Wave.State.OPEN}


def test_someone_invited_on_the_last_day_of_a_period_has_as_many_days_as_anyone() -> None:
    made = city({"City": 3})
    made.hire("City", joined_on=date(2026, 4, 30) - timedelta(days=30))
    journey(made)
    run(date(2026, 2, 1), date(2026, 5, 3))
    [invitation] = asked()
    assert (invitation.wave.number, invitation.closes_at) == (1, at(date(2026, 5, 14)))
    assert invitation.closes_at is not None
    assert invitation.wave.closes_at >= invitation.closes_at


def test_the_day_on_which_a_period_begins_counts_in_it() -> None:
    made = city({"City": 3})
    made.hire("City", joined_on=date(2026, 4, 1))
    journey(made)
    run(date(2026, 2, 1), date(2026, 5, 3))
    assert [one.wave.number for one in asked()] == [2]


def test_a_person_whose_day_was_before_the_journey_began_is_not_asked() -> None:
    made = city({"City": 3})
    made.hire("City", joined_on=date(2025, 12, 31))
    journey(made)
    assert run(date(2026, 2, 1), date(2026, 3, 1)) == {}


def test_the_tree_of_a_wave_grows_with_its_people() -> None:
    made = city({"City": 1, "City/Care": 1, "City/Care/Day": 1, "City/Works": 1})
    journey(made)
    made.hire("City/Care/Day", 2, joined_on=date(2026, 1, 20))
    run(date(2026, 2, 1), date(2026, 2, 19))
    assert tree() == [("City", 0), ("Care", 0), ("Day", 2)]
    made.hire("City/Works", joined_on=date(2026, 1, 25))
    run(date(2026, 2, 20), date(2026, 3, 1))
    assert tree() == [("City", 0), ("Care", 0), ("Day", 2), ("Works", 1)]


def tree() -> list[tuple[str, int]]:
    return list(WaveUnit.objects.order_by("position").values_list("name", "invited"))


# Late, twice, killed


def test_a_tick_that_comes_days_later_still_asks() -> None:
    made = city({"City": 3})
    made.hire("City", joined_on=date(2026, 1, 20))
    journey(made)
    tick(at(date(2026, 2, 1)))
    assert tick(at(date(2026, 3, 5))) == 1


def test_a_tick_that_comes_weeks_later_no_longer_asks() -> None:
    made = city({"City": 3})
    made.hire("City", joined_on=date(2026, 1, 20))
    journey(made)
    tick(at(date(2026, 2, 1)))
    assert tick(at(date(2026, 3, 20))) == 0


def test_nobody_is_asked_before_the_time_of_sending_not_even_late() -> None:
    made = city({"City": 3})
    made.hire("City", joined_on=date(2026, 1, 20))
    journey(made)
    tick(at(date(2026, 2, 1)))
    assert tick(at(date(2026, 2, 19), 8, 59)) == 0
    assert tick(at(date(2026, 2, 19), 9)) == 1


def test_two_ticks_on_a_day_ask_once() -> None:
    made = city({"City": 3})
    made.hire("City", joined_on=date(2026, 1, 20))
    journey(made)
    run(date(2026, 2, 1), date(2026, 2, 18))
    assert [tick(at(date(2026, 2, 19), hour)) for hour in (9, 9, 10, 23)] == [1, 0, 0, 0]


def test_a_round_that_is_made_anew_after_a_crash_asks_nobody_twice() -> None:
    made = city({"City": 3})
    made.hire("City", joined_on=date(2026, 1, 20))
    journey(made)
    run(date(2026, 2, 1), date(2026, 2, 19))
    Wave.objects.update(round_at=at(date(2026, 2, 19)))  # as if its last step had been lost
    assert tick(at(date(2026, 2, 19), 9, 2)) == 0
    assert (Invitation.objects.count(), Mail.objects.count()) == (1, 1)


def test_a_worker_killed_in_a_round_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    made = city({"City": 3})
    made.hire("City", joined_on=date(2026, 1, 20))
    journey(made)
    run(date(2026, 2, 1), date(2026, 2, 18))
    with monkeypatch.context() as broken:
        broken.setattr("surveys.journeys.rounds.queue_mails", killed)
        with pytest.raises(ExceptionGroup):
            make_due_rounds(at(date(2026, 2, 19)))
    assert not asked()
    assert tick(at(date(2026, 2, 19), 9, 1)) == 1
    assert Mail.objects.count() == 1


def killed(*args: object, **more: object) -> int:
    raise RuntimeError


def test_nine_stays_nine_when_the_clock_changes() -> None:
    made = city({"City": 3})
    made.hire("City", joined_on=date(2026, 2, 26))
    journey(made)
    tick(at(date(2026, 2, 1)))
    run(date(2026, 2, 2), date(2026, 3, 30))
    [wave] = Wave.objects.all()
    assert wave.round_at == at(date(2026, 3, 31))  # summer time began on the 29th
    [invitation] = asked()
    assert (invitation.invited_on, invitation.closes_at) == (date(2026, 3, 28), at(date(2026, 4, 11)))


# Closed days


def test_a_day_in_a_weekend_waits_for_monday() -> None:
    made = city({"City": 3})
    made.hire("City", joined_on=date(2026, 1, 22))  # 30 days later is a Saturday
    journey(made, skip_weekends=True)
    assert run(date(2026, 2, 1), date(2026, 3, 1)) == {date(2026, 2, 23): 1}


def test_days_in_a_long_quiet_period_are_not_lost() -> None:
    made = city({"City": 3})
    made.hire("City", joined_on=date(2026, 1, 20))
    made.organisation.quiet_periods.create(
        name="Break", first_day=date(2026, 2, 10), last_day=date(2026, 3, 31)
    )
    journey(made)
    assert run(date(2026, 2, 1), date(2026, 4, 30)) == {date(2026, 4, 1): 1}


# What HR does


def test_while_a_journey_is_paused_nobody_is_asked_and_after_it_those_of_the_last_weeks() -> None:
    made = city({"City": 3})
    made.hire("City", joined_on=date(2026, 1, 5))  # day 30 is 4 February
    made.hire("City", joined_on=date(2026, 1, 20))  # day 30 is 19 February
    cycle = journey(made)
    tick(at(date(2026, 2, 1)))
    pause_cycle(cycle, by=None, now=at(date(2026, 2, 2)))
    assert run(date(2026, 2, 3), date(2026, 2, 25)) == {}
    resume_cycle(cycle, by=None, now=at(date(2026, 2, 25), 12))
    assert run(date(2026, 2, 26), date(2026, 3, 10)) == {date(2026, 2, 26): 1}


def test_a_journey_that_was_paused_past_a_period_goes_on_with_the_one_that_runs() -> None:
    made = city({"City": 3})
    cycle = journey(made)
    tick(at(date(2026, 2, 1)))
    pause_cycle(cycle, by=None, now=at(date(2026, 2, 2)))
    run(date(2026, 5, 1), date(2026, 6, 1))
    resume_cycle(cycle, by=None, now=at(date(2026, 6, 10), 12))
    made.hire("City", joined_on=date(2026, 5, 20))
    assert run(date(2026, 6, 11), date(2026, 7, 1)) == {date(2026, 6, 19): 1}
    wave = Wave.objects.get(state=Wave.State.OPEN)
    assert (wave.number, wave.adds_until) == (2, at(date(2026, 8, 1)))


def test_an_ended_journey_lets_the_last_who_were_asked_answer() -> None:
    made = city({"City": 3})
    made.hire("City", joined_on=date(2026, 1, 20))
    made.hire("City", joined_on=date(2026, 1, 25))
    cycle = journey(made)
    run(date(2026, 2, 1), date(2026, 2, 19))
    end_cycle(cycle, by=None, now=at(date(2026, 2, 20), 12))
    wave = Wave.objects.get()
    assert (wave.state, wave.closes_at) == (Wave.State.OPEN, at(date(2026, 3, 6)))
    assert run(date(2026, 2, 21), date(2026, 3, 7)) == {}
    wave.refresh_from_db()
    assert wave.state == Wave.State.CLOSED


# Reminders


def test_each_is_reminded_so_many_days_after_their_own_invitation() -> None:
    made = city({"City": 3})
    made.hire("City", joined_on=date(2026, 1, 20))  # asked on 19 February, a Thursday
    made.hire("City", joined_on=date(2026, 1, 25))  # asked on Tuesday the 24th
    journey(made, reminder_after_days=4, remind_again_after_days=8)
    run(date(2026, 2, 1), date(2026, 3, 20))
    reminders = Mail.objects.exclude(kind=Mail.Kind.INVITATION).order_by("due_at")
    assert [(mail.kind, mail.due_at.date()) for mail in reminders] == [
        (Mail.Kind.REMINDER, date(2026, 2, 23)),
        (Mail.Kind.LAST_REMINDER, date(2026, 2, 27)),
        (Mail.Kind.REMINDER, date(2026, 3, 2)),  # four days later is a Saturday
        (Mail.Kind.LAST_REMINDER, date(2026, 3, 4)),
    ]


def test_who_answered_is_not_reminded() -> None:
    made = city({"City": 3})
    made.hire("City", joined_on=date(2026, 1, 20))
    journey(made, reminder_after_days=4)
    run(date(2026, 2, 1), date(2026, 2, 19))
    have_answered(Invitation.objects.all())
    run(date(2026, 2, 20), date(2026, 3, 10))
    assert not Mail.objects.exclude(kind=Mail.Kind.INVITATION).exists()


# Limits


def test_a_journey_is_not_held_back_by_a_limit_but_counts_for_that_of_other_cycles() -> None:
    made = city({"City": 3})
    made.hire("City", joined_on=date(2026, 1, 20))
    journey(made)
    run(date(2026, 2, 1), date(2026, 2, 19))
    made.active(starts_on=date(2026, 3, 2), most_invitations=1, most_within_days=30)
    tick(at(date(2026, 3, 2)))
    pulse = Wave.objects.get(kind=Cycle.Kind.RECURRING)
    assert pulse.invitations.count() == 3


def test_an_invitation_of_a_journey_counts_from_its_own_day_and_not_from_the_wave() -> None:
    made = city({"City": 3})
    made.hire("City", joined_on=date(2026, 3, 15))  # asked on 14 April
    journey(made)
    run(date(2026, 2, 1), date(2026, 4, 14))
    made.active(starts_on=date(2026, 5, 4), most_invitations=1, most_within_days=30)
    tick(at(date(2026, 5, 4)))
    pulse = Wave.objects.get(kind=Cycle.Kind.RECURRING)
    assert pulse.invitations.count() == 3


def test_the_organisation_of_another_journey_is_left_alone() -> None:
    made, other = city({"City": 3}), city({"City": 3})
    other.hire("City", joined_on=date(2026, 1, 20))
    journey(made)
    assert run(date(2026, 2, 1), date(2026, 3, 1)) == {}
    assert Organisation.objects.count() == 2
