from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from accounts.models import AuditEvent
from actions.errors import ActionError
from actions.models import Action
from actions.queries import by_urgency, history, numbers, told_to
from actions.services import change_action, close_action, plan_action, reopen_action
from orgunits.models import OrgUnit, Role
from results.signals.models import Signal
from surveys.models import Theme
from tests.actions.steps import FIRST, LAST, NOW, a_plan, an_action
from tests.factories import OrganisationFactory, RoleGrantFactory, UserFactory, unit_tree, user_with
from tests.signals import make_signal
from tests.waves import open_wave

pytestmark = pytest.mark.django_db
State = Action.State


@pytest.fixture
def city() -> dict[str, OrgUnit]:
    return unit_tree("City", "City/Care", "City/Care/Night", "City/Works")


def events(*names: str) -> list[str]:
    return list(AuditEvent.objects.filter(action__in=names).values_list("action", flat=True))


def test_an_action_is_planned_under_way_overdue_and_done(city: dict[str, OrgUnit]) -> None:
    action = an_action(city["City/Care"])
    day = timedelta(days=1)
    moments = (FIRST - day, FIRST, LAST, LAST + day)
    assert [action.state(on) for on in moments] == [
        State.PLANNED,
        State.RUNNING,
        State.RUNNING,
        State.OVERDUE,
    ]
    action = close_action(action, "done", "The rota is on the wall.", by=None, now=NOW)
    assert action.state(LAST + day) == State.DONE


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": "  "}, "title"),
        ({"due_on": FIRST - timedelta(days=1)}, "due_on"),
        ({"due_on": date.max}, "due_on"),
        ({"starts_on": date.min}, "starts_on"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_at_its_field(
    city: dict[str, OrgUnit], fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(ActionError) as refused:
        an_action(city["City/Care"], **fields)
    assert set(refused.value.message_dict) == {field}
    assert not Action.objects.exists()


def test_the_database_itself_refuses_an_action_that_ends_first_or_is_half_closed(
    city: dict[str, OrgUnit],
) -> None:
    action = an_action(city["City/Care"])
    wrong: list[dict[str, object]] = [
        {"due_on": FIRST - timedelta(days=1)},
        {"outcome": "done"},
        {"closed_at": NOW},
        {"outcome": "done", "closed_at": NOW, "remind_at": NOW},
    ]
    for values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Action.objects.filter(pk=action.pk).update(**values)


def test_its_owner_is_someone_who_sees_the_unit(city: dict[str, OrgUnit]) -> None:
    care, town = city["City/Care"], unit_tree("Town")["Town"]
    ended = RoleGrantFactory.create(unit=care, role=Role.MANAGER, ends_on=NOW.date() - timedelta(days=1)).user
    for stranger in (
        user_with(Role.MANAGER, city["City/Works"]),
        user_with(Role.MANAGER, city["City/Care/Night"]),
        user_with(Role.IT_ADMINISTRATOR, city["City"]),
        user_with(Role.HR, town),
        UserFactory.create(organisation=care.organisation),
        ended,
    ):
        with pytest.raises(ActionError):
            an_action(care, owner=stranger)
    for leader in (user_with(Role.MANAGER, care), user_with(Role.HR, city["City"])):
        assert an_action(care, owner=leader).owner == leader


def test_an_owner_whose_role_ended_does_not_stand_in_the_way_of_a_change(city: dict[str, OrgUnit]) -> None:
    leader = user_with(Role.MANAGER, city["City/Care"])
    action = an_action(city["City/Care"], owner=leader)
    leader.role_grants.update(ends_on=NOW.date() - timedelta(days=1))
    assert change_action(action, a_plan(owner=leader, title="Other"), by=None, now=NOW).title == "Other"


def test_a_theme_of_another_organisation_is_not_taken(city: dict[str, OrgUnit]) -> None:
    theirs = Theme.objects.create(organisation=OrganisationFactory.create(), code="own", name_en="Own")
    with pytest.raises(ValueError, match="another organisation"):
        an_action(city["City/Care"], theme=theirs)


def test_the_same_form_sent_twice_plans_one_action_with_what_was_filled_in_last(
    city: dict[str, OrgUnit],
) -> None:
    care = city["City/Care"]
    leader, colleague, key = user_with(Role.MANAGER, care), user_with(Role.HR, care), uuid4()
    for title in ("Plan the week", "Plan the week", "Plan the month"):
        plan_action(care, a_plan(title=title), by=leader, now=NOW, form_key=key)
    assert Action.objects.get().title == "Plan the month"
    assert events("action.planned", "action.changed") == ["action.planned", "action.changed"]
    plan_action(care, a_plan(), by=colleague, now=NOW, form_key=key)
    assert Action.objects.count() == 2  # a key is of one person


def test_a_form_sent_again_for_another_unit_does_not_reach_the_action_of_the_first(
    city: dict[str, OrgUnit],
) -> None:
    leader, key = user_with(Role.MANAGER, city["City/Care"]), uuid4()
    plan_action(city["City/Care"], a_plan(), by=leader, now=NOW, form_key=key)
    leader.role_grants.update(unit=city["City/Works"])
    with pytest.raises(ActionError):
        plan_action(city["City/Works"], a_plan(title="Other"), by=leader, now=NOW, form_key=key)
    assert Action.objects.get().title == a_plan().title


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_the_same_time_plan_one_action() -> None:
    care = unit_tree("City")["City"]
    leader, key = user_with(Role.MANAGER, care), uuid4()

    def plan(_number: int) -> int:
        try:
            return plan_action(care, a_plan(), by=leader, now=NOW, form_key=key).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(plan, range(4)))) == 1
    assert Action.objects.count() == 1
    assert events("action.planned") == ["action.planned"]


def test_a_signal_that_nobody_answered_is_being_acted_on_from_then_on() -> None:
    opened = open_wave({"City": 6})
    unit = opened.units["City"]
    hr = user_with(Role.HR, unit)
    signal = make_signal(unit, opened.wave)
    assert an_action(unit, by=hr, signal=signal).signal == signal
    signal.refresh_from_db()
    assert signal.state == Signal.State.ACTING
    closed = make_signal(unit, opened.wave, kind="disagreement", state="closed", reason="no_issue")
    an_action(unit, by=hr, signal=closed)
    closed.refresh_from_db()
    assert closed.state == Signal.State.CLOSED


def test_what_changed_is_told_and_a_change_that_is_none_is_not(city: dict[str, OrgUnit]) -> None:
    hr = user_with(Role.HR, city["City"], user__name="Head of HR")
    action = an_action(city["City/Care"], by=hr)
    change_action(action, a_plan(), by=hr, now=NOW)
    later = LAST + timedelta(days=7)
    change_action(action, a_plan(due_on=later, why="It was too soon."), by=hr, now=NOW)
    planned, changed = history(action)
    assert (planned.event, planned.by) == ("action.planned", "Head of HR")
    assert action.title not in str(planned.detail)  # a name in it could never be taken out of the log
    assert changed.detail == {
        "changed": ["why", "due_on"],
        "days": {"due_on": [LAST.isoformat(), later.isoformat()]},
    }


def test_stopping_needs_a_reason_and_done_does_not(city: dict[str, OrgUnit]) -> None:
    action = an_action(city["City/Care"])
    with pytest.raises(ActionError) as refused:
        close_action(action, "stopped", " ", by=None, now=NOW)
    assert set(refused.value.message_dict) == {"words"}
    assert close_action(action, "done", "", by=None, now=NOW).closed_at == NOW


def test_a_closed_action_is_opened_again_with_the_words_that_stood_there(city: dict[str, OrgUnit]) -> None:
    action = an_action(city["City/Care"])
    for _twice in range(2):
        close_action(action, "stopped", "No time.", by=None, now=NOW)
    with pytest.raises(ActionError):
        change_action(action, a_plan(title="Other"), by=None, now=NOW)
    with pytest.raises(ActionError):
        close_action(action, "done", "", by=None, now=NOW)  # from a page that was opened before
    for _twice in range(2):
        action = reopen_action(action, by=None, now=NOW)
    assert (action.outcome, action.closed_at, action.what_came_of_it) == ("", None, "No time.")
    assert action.remind_at is not None
    assert events("action.closed", "action.reopened") == ["action.closed", "action.reopened"]


def test_what_is_late_comes_first_and_what_is_closed_last(city: dict[str, OrgUnit]) -> None:
    care, day = city["City/Care"], FIRST + timedelta(days=2)
    an_action(care, title="to come", starts_on=LAST)
    an_action(care, title="running")
    close_action(an_action(care, title="done"), "done", "", by=None, now=NOW)
    an_action(care, title="late", due_on=FIRST)
    order = by_urgency(Action.objects.all(), day)
    assert [action.title for action in order] == ["late", "running", "to come", "done"]
    found = numbers(Action.objects.all(), day)
    assert (found.going_on, found.overdue) == (3, 1)


def test_those_who_were_asked_are_told_what_is_shared_and_goes_on_or_was_done_since(
    city: dict[str, OrgUnit],
) -> None:
    care, night = city["City/Care"], city["City/Care/Night"]
    an_action(care, title="open")
    an_action(care, title="kept to ourselves", is_shared=False)
    an_action(night, title="of another team")
    ends = {"done": NOW, "long ago": NOW - timedelta(days=1), "stopped": NOW}
    for title, at in ends.items():
        outcome = "stopped" if title == "stopped" else "done"
        close_action(an_action(care, title=title), outcome, "Words.", by=None, now=at)
    told = told_to(care.organisation_id, [city["City"].pk, care.pk], since=NOW)
    assert [action.title for action in told] == ["open", "done"]
