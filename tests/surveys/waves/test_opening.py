from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent
from orgunits.models import OrgUnit
from surveys.cycles.services import pause_cycle
from surveys.models import Cycle, Mail, Wave
from surveys.waves.services import open_due_waves, open_wave

from ..factories import BEFORE, FIRST, City, city

pytestmark = pytest.mark.django_db

FORTNIGHT = timedelta(days=14)
SIZES = {"City": 1, "City/Care": 2, "City/Care/Team": 4, "City/Works": 3, "City/Works/Road": 0}


@pytest.fixture
def made() -> City:
    return city(SIZES)


def opened(cycle: Cycle, now: datetime = FIRST) -> Wave:
    wave = open_wave(cycle, now=now)
    assert wave is not None
    return wave


def skipped() -> list[dict[str, Any]]:
    return list(
        AuditEvent.objects.filter(action="wave.skipped").order_by("pk").values_list("detail", flat=True)
    )


def test_nothing_opens_before_its_time(made: City) -> None:
    made.active()
    assert open_due_waves(FIRST - timedelta(seconds=1)) == 0


def test_a_wave_opens_at_its_time_and_the_cycle_waits_for_the_next(made: City) -> None:
    cycle = made.active(days_open=6, reminder_after_days=3, comment_allowed=False)
    assert open_due_waves(FIRST) == 1
    wave = Wave.objects.get()
    assert (wave.cycle, wave.number, wave.name, wave.state) == (cycle, 1, "Pulse", Wave.State.OPEN)
    assert (wave.scheduled_for, wave.opened_at) == (FIRST, FIRST)
    assert (wave.remind_at, wave.closes_at) == (FIRST + timedelta(days=3), FIRST + timedelta(days=6))
    assert (wave.minimum_group, wave.comment_allowed) == (5, False)
    cycle.refresh_from_db()
    assert cycle.next_opens_at == FIRST + FORTNIGHT


def test_opening_again_changes_nothing(made: City) -> None:
    cycle = made.active()
    assert open_due_waves(FIRST) == 1
    assert open_due_waves(FIRST) == 0
    assert open_wave(cycle, now=FIRST) is None


def test_everyone_employed_in_the_units_and_below_is_invited_once(made: City) -> None:
    made.hire("City/Care", left_on=date(2026, 1, 1))
    cycle = made.active("City/Care", "City/Works")
    cycle.units.add(made.units["City/Care/Team"])  # as a later move of units may bring about
    wave = opened(cycle)
    people = list(wave.invitations.values_list("employee__unit__name", flat=True))
    assert sorted(people) == ["Care"] * 2 + ["Team"] * 4 + ["Works"] * 3


def test_an_invitation_copies_unit_address_language_and_bands(made: City) -> None:
    [person] = made.hire("City/Care", email="x@example.org", language="en", traits={"age": "30-39"})
    invitation = opened(made.active()).invitations.get(employee=person)
    assert (invitation.unit, invitation.email) == (made.units["City/Care"], "x@example.org")
    assert (invitation.language, invitation.bands) == ("en", {"age": "30-39"})
    assert not invitation.reminders_stopped


def test_a_mail_waits_for_each_invited_person_with_an_address(made: City) -> None:
    made.hire("City/Care", 2, email="")
    wave = opened(made.active("City/Care/Team", "City/Care"))
    assert wave.invitations.count() == 8
    mails = Mail.objects.filter(wave=wave, kind=Mail.Kind.INVITATION, state=Mail.State.DUE, due_at=FIRST)
    assert mails.count() == 6
    assert not mails.filter(invitation__email="").exists()


def test_the_tree_is_copied_in_preorder_with_only_the_branches_that_hold_someone(made: City) -> None:
    wave = opened(made.active("City/Care/Team", "City/Works"))
    assert list(wave.units.values_list("position", "parent_position", "name", "invited")) == [
        (0, None, "City", 0),
        (1, 0, "Care", 0),
        (2, 1, "Team", 4),
        (3, 0, "Works", 3),
    ]


def test_the_questions_are_copied_in_the_order_of_the_cycle(made: City) -> None:
    questions = made.questions(3, reversed=True)[::-1]
    wave = opened(made.active(questions=questions))
    assert [copy.question for copy in wave.questions.all()] == questions
    assert [copy.position for copy in wave.questions.all()] == [0, 1, 2]
    for copy, question in zip(wave.questions.all(), questions, strict=True):
        for part in ("code", "kind", "points", "reversed", "text_en", "text_nl", "theme_id"):
            assert getattr(copy, part) == getattr(question, part)


def test_later_changes_leave_an_open_wave_as_it_was(made: City) -> None:
    wave = opened(made.active())
    copies: list[Any] = [wave.units, wave.questions, wave.invitations]

    def snapshot() -> list[list[dict[str, Any]]]:
        return [list(copy.order_by("pk").values()) for copy in copies]

    before = snapshot()
    OrgUnit.objects.move(made.units["City/Care/Team"], made.units["City/Works"], "last-child")
    made.organisation.units.update(name="Renamed", ended_on=date(2026, 3, 3))
    made.organisation.employees.update(
        unit=made.units["City/Works"],
        email="",
        traits={"age": "60+"},
        language="en",
        left_on=date(2026, 3, 3),
    )
    made.hire("City", 3)
    made.organisation.questions.update(text_en="Other", reversed=True, points=7)
    wave.cycle.units.clear()
    wave.cycle.cycle_questions.all().delete()
    made.organisation.minimum_group = 10
    made.organisation.save()
    assert snapshot() == before
    wave.refresh_from_db()
    assert wave.minimum_group == 5


def test_the_minimum_group_of_the_organisation_holds_from_the_next_wave(made: City) -> None:
    cycle = made.active(recurrence="FREQ=WEEKLY", days_open=5)
    assert opened(cycle).minimum_group == 5
    made.organisation.minimum_group = 7
    made.organisation.save()
    assert opened(cycle, FIRST + timedelta(days=7)).minimum_group == 7


def test_the_last_date_of_the_rule_ends_the_cycle(made: City) -> None:
    cycle = made.active(recurrence="FREQ=WEEKLY;COUNT=2")
    opened(cycle)
    opened(cycle, FIRST + timedelta(days=7))
    cycle.refresh_from_db()
    assert (cycle.state, cycle.next_opens_at) == (Cycle.State.ENDED, None)
    assert list(cycle.waves.order_by("number").values_list("number", "state")) == [(1, "open"), (2, "open")]


def test_a_wave_closes_by_the_local_clock_when_the_clock_changes(made: City) -> None:
    cycle = made.active(starts_on=date(2026, 3, 27), recurrence="FREQ=MONTHLY", reminder_after_days=3)
    wave = opened(cycle, datetime(2026, 3, 27, 8, tzinfo=UTC))
    assert wave.remind_at == datetime(2026, 3, 30, 7, tzinfo=UTC)
    assert wave.closes_at == datetime(2026, 4, 3, 7, tzinfo=UTC)


def test_the_time_zone_is_the_organisation_s_own() -> None:
    made = city({"City": 1}, time_zone="Asia/Tokyo")
    cycle = made.active(now=BEFORE)
    assert cycle.next_opens_at == datetime(2026, 3, 2, 0, tzinfo=UTC)


def test_a_late_tick_opens_the_wave_with_its_planned_end(made: City) -> None:
    late = FIRST + timedelta(days=2, hours=3)
    wave = opened(made.active(reminder_after_days=3), late)
    assert (wave.scheduled_for, wave.opened_at) == (FIRST, late)
    assert wave.closes_at == FIRST + timedelta(days=7)


def test_after_a_late_opening_the_reminder_still_comes_days_after_the_invitation(made: City) -> None:
    wave = opened(made.active(reminder_after_days=3), FIRST + timedelta(days=1, hours=3))
    assert wave.remind_at == FIRST + timedelta(days=4)


def test_after_a_very_late_opening_there_is_no_reminder(made: City) -> None:
    wave = opened(made.active(reminder_after_days=3), FIRST + timedelta(days=5))
    assert wave.remind_at is None


def test_of_several_missed_dates_only_the_last_is_opened(made: City) -> None:
    cycle = made.active()
    wave = opened(cycle, FIRST + 3 * FORTNIGHT + timedelta(hours=1))
    assert (wave.number, wave.scheduled_for) == (1, datetime(2026, 4, 13, 7, tzinfo=UTC))
    assert [(skip["reason"], skip["count"]) for skip in skipped()] == [("missed", 3)]
    assert (skipped()[0]["first"], skipped()[0]["last"]) == (
        FIRST.isoformat(),
        datetime(2026, 3, 30, 7, tzinfo=UTC).isoformat(),
    )


def test_a_date_whose_wave_would_be_over_already_is_skipped(made: City) -> None:
    cycle = made.active(days_open=7)
    assert open_wave(cycle, now=FIRST + timedelta(days=7)) is None
    cycle.refresh_from_db()
    assert (cycle.state, cycle.next_opens_at) == (Cycle.State.ACTIVE, FIRST + FORTNIGHT)
    assert [(skip["reason"], skip["count"]) for skip in skipped()] == [("missed", 1)]


def test_while_the_previous_wave_is_open_no_other_opens(made: City) -> None:
    cycle = made.active(recurrence="FREQ=WEEKLY")
    wave = opened(cycle)
    Wave.objects.filter(pk=wave.pk).update(closes_at=FIRST + timedelta(days=9))
    assert open_wave(cycle, now=FIRST + timedelta(days=7)) is None
    cycle.refresh_from_db()
    assert cycle.next_opens_at == FIRST + FORTNIGHT
    assert [skip["reason"] for skip in skipped()] == ["previous_wave_open"]


def test_a_previous_wave_whose_time_is_over_does_not_hold_up_the_next(made: City) -> None:
    cycle = made.active(recurrence="FREQ=WEEKLY", days_open=7)
    opened(cycle)
    assert opened(cycle, FIRST + timedelta(days=7)).number == 2


def test_a_cycle_whose_people_have_all_left_is_skipped_until_the_next_date(made: City) -> None:
    cycle = made.active("City/Care/Team")
    made.organisation.employees.update(left_on=date(2026, 3, 1))
    assert open_due_waves(FIRST) == 0
    assert not Wave.objects.exists()
    assert [skip["reason"] for skip in skipped()] == ["no_people"]
    made.hire("City/Care/Team", 2)
    assert opened(cycle, FIRST + FORTNIGHT).number == 1


def test_a_paused_cycle_opens_nothing(made: City) -> None:
    pause_cycle(made.active(), by=None, now=BEFORE)
    assert open_due_waves(FIRST) == 0


def test_a_clock_that_jumps_ahead_and_back_opens_no_date_twice(made: City) -> None:
    made.active()
    assert open_due_waves(FIRST + timedelta(hours=1)) == 1
    for minutes in range(0, 120, 10):
        assert open_due_waves(FIRST - timedelta(hours=1) + timedelta(minutes=minutes)) == 0
    assert Wave.objects.count() == 1


def test_ticks_round_nine_from_march_to_november_open_each_date_once_at_nine(made: City) -> None:
    cycle = made.active(days_open=6)
    for day in range(250):
        for hours in (-2, -1, 0, 1):
            open_due_waves(FIRST + timedelta(days=day, hours=hours))
    waves = list(cycle.waves.order_by("number"))
    assert [wave.number for wave in waves] == list(range(1, 19))
    zone = made.organisation.zone
    assert {wave.opened_at.astimezone(zone).time() for wave in waves} == {time(9)}
    assert {wave.closes_at.astimezone(zone).time() for wave in waves} == {time(9)}


def test_one_cycle_that_fails_does_not_hold_up_the_others(made: City) -> None:
    broken, sound = made.active("City/Care"), made.active("City/Works")
    Cycle.objects.filter(pk=broken.pk).update(recurrence="FREQ=BROKEN")
    with pytest.RaisesGroup(Exception, flatten_subgroups=True):
        open_due_waves(FIRST)
    assert (broken.waves.count(), sound.waves.count()) == (0, 1)
    Cycle.objects.filter(pk=broken.pk).update(recurrence="FREQ=WEEKLY")
    assert open_due_waves(FIRST) == 1


def test_a_failure_halfway_leaves_nothing_behind(made: City, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: Any, **_options: Any) -> None:
        raise RuntimeError("power cut")

    cycle = made.active()
    monkeypatch.setattr("surveys.waves.services.queue_mails", fail)
    with pytest.raises(RuntimeError):
        open_wave(cycle, now=FIRST)
    assert not Wave.objects.exists()
    monkeypatch.undo()
    assert opened(cycle).invitations.count() == 10


def test_opening_is_audited_with_the_number_of_people_and_mails(made: City) -> None:
    wave = opened(made.active("City/Works"))
    event = AuditEvent.objects.get(action="wave.opened")
    assert (event.actor, event.at, event.target) == (None, FIRST, f"surveys.wave:{wave.pk}")
    assert event.detail == {"invited": 3, "mails": 3, "asked_enough": 0}


def queries_to_open(people: int, units: int, questions: int) -> int:
    made = city({"City": 0} | {f"City/Unit {number}": people for number in range(units)})
    cycle = made.active(questions=made.questions(questions))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        opened(cycle)
    return len(queries)


def test_opening_takes_the_same_few_queries_for_any_number_of_people_units_and_questions() -> None:
    assert queries_to_open(1, 1, 1) == queries_to_open(3, 3, 3) == 21
