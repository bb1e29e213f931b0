from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from actions.models import Action
from actions.reminders import is_due, remind_owners
from actions.services import change_action, close_action, reopen_action
from orgunits.models import OrgUnit, Role
from tests.actions.steps import LAST, NOW, a_plan, an_action
from tests.factories import unit_tree, user_with

pytestmark = pytest.mark.django_db

# The last day is a Friday; the zone of the organisation is two hours ahead of UTC then.
WEEK_BEFORE = datetime(2026, 3, 27, 9, tzinfo=UTC)
DAY_AFTER = datetime(2026, 4, 4, 9, tzinfo=UTC)  # a Saturday, and Monday is Easter Monday
FIRST_WORKING_DAY = datetime(2026, 4, 7, 9, tzinfo=UTC)


@pytest.fixture
def care() -> OrgUnit:
    return unit_tree("City", "City/Care")["City/Care"]


def subjects() -> list[str]:
    return [str(one.subject) for one in mail.outbox]


def test_an_owner_hears_a_week_before_and_when_it_is_late_and_no_more(care: OrgUnit) -> None:
    leader = user_with(Role.MANAGER, care)
    an_action(care, owner=leader)
    moment = NOW
    while moment < FIRST_WORKING_DAY + timedelta(days=60):
        remind_owners(now=moment)
        remind_owners(now=moment)
        moment += timedelta(days=1)
    assert subjects() == [
        "Ready within a week: Plan the week together",
        "Should be ready by now: Plan the week together",
    ]
    assert {one.to[0] for one in mail.outbox} == {leader.email}
    assert not is_due(moment)


@pytest.mark.parametrize(
    ("now", "sent"),
    [
        (WEEK_BEFORE - timedelta(hours=3), 0),  # eight in the morning
        (WEEK_BEFORE, 1),
        (WEEK_BEFORE.replace(hour=16), 0),
        (DAY_AFTER, 0),
        (FIRST_WORKING_DAY, 1),
    ],
)
def test_mails_go_on_working_days_between_nine_and_five(care: OrgUnit, now: datetime, sent: int) -> None:
    an_action(care, owner=user_with(Role.MANAGER, care))
    assert remind_owners(now=now) == sent
    assert not is_due(now)


def test_a_mail_says_what_by_when_and_where_in_the_language_of_the_owner(care: OrgUnit) -> None:
    leader = user_with(Role.MANAGER, care, user__language="nl")
    action = an_action(care, owner=leader, title="Samen de week plannen")
    remind_owners(now=WEEK_BEFORE)
    [sent] = mail.outbox
    assert sent.subject == "Binnen een week klaar: Samen de week plannen"
    assert "vrijdag 3 april" in sent.body
    assert f"/actions/{action.pk}/" in sent.body


def test_who_may_not_see_the_unit_any_more_hears_nothing(care: OrgUnit) -> None:
    gone, erased = user_with(Role.MANAGER, care), user_with(Role.MANAGER, care)
    for owner in (gone, erased, None):
        an_action(care, owner=owner)
    gone.role_grants.update(ends_on=NOW.date())
    type(erased).objects.filter(pk=erased.pk).update(is_active=False)
    assert remind_owners(now=WEEK_BEFORE) == 0
    assert not is_due(WEEK_BEFORE)


def test_what_is_closed_reminds_nobody_until_it_is_opened_again(care: OrgUnit) -> None:
    action = an_action(care, owner=user_with(Role.MANAGER, care))
    close_action(action, "done", "", by=None, now=NOW)
    assert not is_due(FIRST_WORKING_DAY)
    reopen_action(action, by=None, now=NOW)
    assert remind_owners(now=FIRST_WORKING_DAY) == 1


def test_another_last_day_moves_the_mails(care: OrgUnit) -> None:
    leader = user_with(Role.MANAGER, care)
    action = an_action(care, owner=leader)
    remind_owners(now=FIRST_WORKING_DAY)
    later = LAST + timedelta(weeks=4)
    change_action(action, a_plan(owner=leader, due_on=later), by=leader, now=FIRST_WORKING_DAY)
    assert remind_owners(now=datetime(2026, 4, 24, 9, tzinfo=UTC)) == 1


def test_an_action_that_is_agreed_on_late_is_not_announced_at_once(care: OrgUnit) -> None:
    an_action(care, owner=user_with(Role.MANAGER, care), now=WEEK_BEFORE + timedelta(days=1))
    assert Action.objects.get().remind_at == datetime(2026, 4, 4, 7, tzinfo=UTC)
