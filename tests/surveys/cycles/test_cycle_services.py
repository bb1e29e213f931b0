from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent
from orgunits.models import Role
from surveys.cycles.drafts import save_draft
from surveys.cycles.outlook import outlook
from surveys.cycles.services import (
    CycleError,
    create_cycle,
    end_cycle,
    launch_cycle,
    pause_cycle,
    resume_cycle,
    skip_next_wave,
)
from surveys.models import Cycle, Question
from surveys.waves.services import open_due_waves

from ..factories import BEFORE, FIRST, MONDAY, City, city

pytestmark = pytest.mark.django_db

Step = Callable[..., Cycle]


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def refusal(step: Callable[[], Any]) -> ValidationError:
    with pytest.raises(CycleError) as caught:
        step()
    return caught.value


def words(step: Callable[[], Any]) -> str:
    return " ".join(refusal(step).messages)


@pytest.fixture
def made() -> City:
    return city({"City/Care": 2, "City/Care/Team": 1, "City/Works": 3})


def test_a_new_cycle_is_a_draft_and_keeps_what_was_filled_in(made: City) -> None:
    questions = made.questions(3)[::-1]
    by = made.user(Role.HR)
    plan = made.plan("City/Care", questions=questions, reminder_after_days=3, comment_allowed=False)
    cycle = create_cycle(made.organisation, plan=plan, by=by, now=BEFORE)
    cycle.refresh_from_db()
    assert (cycle.state, cycle.next_opens_at, cycle.created_by) == (Cycle.State.DRAFT, None, by)
    assert (cycle.recurrence, cycle.starts_on, cycle.send_at) == (plan.recurrence, MONDAY, time(9))
    assert (cycle.days_open, cycle.reminder_after_days, cycle.comment_allowed) == (7, 3, False)
    assert [choice.question for choice in cycle.cycle_questions.all()] == questions
    assert list(cycle.units.all()) == [made.units["City/Care"]]
    assert actions() == ["cycle.created"]


def test_a_unit_below_another_chosen_one_adds_nothing(made: City) -> None:
    cycle = made.draft("City/Care/Team", "City/Care", "City/Works")
    assert {unit.name for unit in cycle.units.all()} == {"Care", "Works"}


@pytest.mark.parametrize(
    ("field", "changes", "reason"),
    [
        ("name", {"name": "  "}, "cannot be blank"),
        ("units", {"units": []}, "at least one unit"),
        ("questions", {"questions": []}, "at least one question"),
        ("days_open", {"days_open": 0}, "greater than or equal to 1"),
        ("days_open", {"days_open": 61}, "less than or equal to 60"),
        ("reminder_after_days", {"reminder_after_days": 7}, "send the reminder earlier"),
        ("reminder_after_days", {"reminder_after_days": 0}, "greater than or equal to 1"),
        ("recurrence", {"recurrence": "FREQ=HOURLY"}, "More often is not possible"),
        ("recurrence", {"recurrence": "FREQ=WEEKLY;BYDAY=XX"}, "cannot be read"),
        ("recurrence", {"recurrence": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "gives no date"),
        ("recurrence", {"recurrence": "FREQ=WEEKLY", "days_open": 8}, "is still open"),
        ("recurrence", {"recurrence": "FREQ=WEEKLY;BYDAY=" + "MO," * 100}, "at most 200"),
    ],
)
def test_a_plan_that_cannot_work_is_refused_at_the_field(
    made: City, field: str, changes: dict[str, Any], reason: str
) -> None:
    error = refusal(lambda: create_cycle(made.organisation, plan=made.plan(**changes), by=None, now=BEFORE))
    assert list(error.message_dict) == [field]
    assert reason in " ".join(error.messages)
    assert not Cycle.objects.exists()


def test_all_that_is_wrong_is_said_at_once(made: City) -> None:
    plan = made.plan(name="", units=[], questions=[])
    error = refusal(lambda: create_cycle(made.organisation, plan=plan, by=None, now=BEFORE))
    assert set(error.message_dict) == {"name", "units", "questions"}


def test_units_and_questions_of_another_organisation_are_refused(made: City) -> None:
    other = city({"City/Care": 1})
    plan = made.plan(units=[other.units["City"]], questions=other.questions(1))
    error = refusal(lambda: create_cycle(made.organisation, plan=plan, by=None, now=BEFORE))
    assert set(error.message_dict) == {"units", "questions"}


def test_questions_of_the_shared_bank_may_be_used(made: City) -> None:
    shared = list(Question.objects.filter(organisation=None, code__in=["energy_1", "energy_2"]))
    assert made.draft(questions=shared).cycle_questions.count() == 2


def test_only_open_questions_give_no_figure_so_they_are_refused(made: City) -> None:
    plan = made.plan(questions=made.questions(2, kind=Question.Kind.OPEN, points=0))
    assert "not open" in words(lambda: create_cycle(made.organisation, plan=plan, by=None, now=BEFORE))


def test_a_draft_can_be_changed_as_a_whole(made: City) -> None:
    cycle = made.draft("City/Care")
    questions = made.questions(1)
    plan = made.plan("City/Works", questions=questions, name="New")
    save_draft(cycle, plan=plan, version=cycle.version, by=None, now=BEFORE)
    cycle.refresh_from_db()
    assert cycle.name == "New"
    assert [choice.question for choice in cycle.cycle_questions.all()] == questions
    assert list(cycle.units.all()) == [made.units["City/Works"]]
    assert actions() == ["cycle.created", "cycle.changed"]


def test_a_launched_cycle_cannot_be_changed(made: City) -> None:
    cycle, plan = made.active(), made.plan()
    change = partial(save_draft, cycle, plan=plan, version=cycle.version, by=None, now=BEFORE)
    assert "cannot be changed" in words(change)


def test_launching_sets_the_first_opening(made: City) -> None:
    cycle = launch_cycle(made.draft(), by=None, now=BEFORE)
    assert (cycle.state, cycle.next_opens_at) == (Cycle.State.ACTIVE, FIRST)
    assert actions() == ["cycle.created", "cycle.launched"]


def test_launching_twice_changes_nothing_the_second_time(made: City) -> None:
    draft = made.draft()
    launch_cycle(draft, by=None, now=BEFORE)
    launch_cycle(draft, by=None, now=BEFORE + timedelta(hours=1))
    assert actions() == ["cycle.created", "cycle.launched"]


def test_launching_at_the_very_moment_of_the_first_opening_is_in_time(made: City) -> None:
    launch_cycle(made.draft(), by=None, now=FIRST)
    assert open_due_waves(FIRST) == 1


def test_a_first_day_that_has_passed_is_refused_at_launch(made: City) -> None:
    draft = made.draft()
    assert "have passed" in words(lambda: launch_cycle(draft, by=None, now=FIRST + timedelta(seconds=1)))


def test_a_first_day_in_the_past_may_stand_when_the_first_date_is_still_to_come(made: City) -> None:
    draft = made.draft(recurrence="FREQ=WEEKLY;BYDAY=FR", starts_on=date(2026, 2, 23))
    assert launch_cycle(draft, by=None, now=datetime(2026, 2, 24, tzinfo=UTC)).state == Cycle.State.ACTIVE


def test_a_cycle_without_people_is_refused_at_launch(made: City) -> None:
    made.organisation.employees.update(left_on=date(2026, 1, 1))
    draft = made.draft()
    assert "Nobody works" in words(lambda: launch_cycle(draft, by=None, now=BEFORE))


def test_all_that_is_missing_at_launch_is_said_at_once(made: City) -> None:
    draft = made.draft("City/Works")
    draft.cycle_questions.all().delete()
    made.organisation.employees.update(left_on=date(2026, 1, 1))
    made.organisation.units.filter(name="Works").update(ended_on=date(2026, 2, 1))
    error = refusal(lambda: launch_cycle(draft, by=None, now=BEFORE))
    assert len(error.messages) == 3
    assert "no longer exist: Works" in error.messages[0]


def test_a_pause_takes_the_next_opening_away_and_resuming_gives_the_next_date(made: City) -> None:
    cycle = made.active()
    assert pause_cycle(cycle, by=None, now=BEFORE).next_opens_at is None
    assert open_due_waves(FIRST) == 0
    resumed = resume_cycle(cycle, by=None, now=FIRST + timedelta(days=1))
    assert resumed.next_opens_at == FIRST + timedelta(days=14)
    assert actions()[-2:] == ["cycle.paused", "cycle.resumed"]


def test_a_wave_that_was_skipped_stays_skipped_after_a_pause(made: City) -> None:
    cycle = made.active()
    skip_next_wave(cycle, opens_at=FIRST, by=None, now=BEFORE)
    paused = pause_cycle(cycle, by=None, now=BEFORE)
    following = FIRST + timedelta(days=14)
    assert outlook(paused, now=BEFORE).openings[0].opening == following
    assert resume_cycle(cycle, by=None, now=BEFORE).next_opens_at == following


def test_resuming_after_the_last_date_is_refused(made: City) -> None:
    cycle = made.active(recurrence="FREQ=WEEKLY;COUNT=2")
    pause_cycle(cycle, by=None, now=BEFORE)
    late = FIRST + timedelta(days=30)
    assert "no more dates" in words(lambda: resume_cycle(cycle, by=None, now=late))


def test_resuming_with_a_clock_that_was_set_back_gives_no_date_twice(made: City) -> None:
    cycle = made.active()
    open_due_waves(FIRST)
    pause_cycle(cycle, by=None, now=FIRST)
    resumed = resume_cycle(cycle, by=None, now=FIRST - timedelta(hours=1))
    assert resumed.next_opens_at == FIRST + timedelta(days=14)


def test_pausing_and_ending_leave_the_open_wave_open(made: City) -> None:
    cycle = made.active()
    open_due_waves(FIRST)
    pause_cycle(cycle, by=None, now=FIRST)
    end_cycle(cycle, by=None, now=FIRST)
    assert [wave.state for wave in cycle.waves.all()] == ["open"]


@pytest.mark.parametrize(
    ("before", "step", "reason"),
    [
        ([], pause_cycle, "Only an active cycle"),
        ([], end_cycle, "has not begun"),
        ([], resume_cycle, "Only a paused cycle"),
        ([launch_cycle, pause_cycle], launch_cycle, "Only a draft"),
        ([launch_cycle, end_cycle], launch_cycle, "Only a draft"),
        ([launch_cycle, end_cycle], pause_cycle, "Only an active cycle"),
        ([launch_cycle, end_cycle], resume_cycle, "Only a paused cycle"),
    ],
)
def test_a_step_that_does_not_fit_the_state_is_refused(
    made: City, before: list[Step], step: Step, reason: str
) -> None:
    cycle = made.draft()
    for earlier in before:
        earlier(cycle, by=None, now=BEFORE)
    assert reason in words(lambda: step(cycle, by=None, now=BEFORE))


@pytest.mark.parametrize("steps", [[pause_cycle], [pause_cycle, resume_cycle], [end_cycle]])
def test_a_double_click_changes_nothing_the_second_time(made: City, steps: list[Step]) -> None:
    cycle = made.active()
    for step in steps:
        step(cycle, by=None, now=BEFORE)
    before = actions()
    steps[-1](cycle, by=None, now=BEFORE)
    assert actions() == before


def test_hr_may_not_use_units_beyond_their_own(made: City) -> None:
    by = made.user(Role.HR, unit="City/Care")
    assert create_cycle(made.organisation, plan=made.plan("City/Care/Team"), by=by, now=BEFORE)
    plan = made.plan("City/Works")
    assert "HR administrator of: Works" in words(
        lambda: create_cycle(made.organisation, plan=plan, by=by, now=BEFORE)
    )


@pytest.mark.parametrize("step", [launch_cycle, pause_cycle, resume_cycle, end_cycle])
def test_hr_may_not_touch_a_cycle_that_has_a_unit_beyond_their_own(made: City, step: Step) -> None:
    by = made.user(Role.HR, unit="City/Care")
    cycle = made.draft("City/Care", "City/Works")
    assert "HR administrator of: Works" in words(lambda: step(cycle, by=by, now=BEFORE))


def test_another_role_on_the_unit_is_not_enough(made: City) -> None:
    by = made.user(Role.DIRECTOR, Role.MANAGER)
    plan = made.plan()
    assert "HR administrator" in words(lambda: create_cycle(made.organisation, plan=plan, by=by, now=BEFORE))
