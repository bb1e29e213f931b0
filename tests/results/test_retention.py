"""Answers and invitations go when their time is over; figures stay."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.errors import AccountError
from accounts.models import AuditEvent
from accounts.retention import change_terms, history
from listening.tasks import Work, work_due
from results import retention
from results.comments.hiding import hide
from results.comments.models import CommentMark, CommentPool, ReleasedComment
from results.comments.reasons import HideReason
from results.models import Block, Participation, Release, Response
from results.retention import delete_old_answers, delete_what_is_old
from surveys import retention as surveys_retention
from surveys.models import Invitation, Mail
from surveys.retention import delete_old_invitations
from tests.factories import UserFactory
from tests.results.closing import AFTER, close
from tests.waves import OpenWave, open_wave

pytestmark = pytest.mark.django_db

SIX_MONTHS = datetime(2026, 9, 10, 8, tzinfo=AFTER.tzinfo)  # after AFTER, 10 March 2026
TWO_YEARS = datetime(2028, 3, 10, 8, tzinfo=AFTER.tzinfo)
A_MOMENT = timedelta(seconds=1)


@pytest.fixture
def built() -> OpenWave:
    opened = open_wave({"City": 12})
    opened.link(opened.invitations["City"][0])
    opened.answer("City", [[1 + one % 5, 3 - one % 2] for one in range(12)], comment="Fine")
    close(opened.wave)
    return opened


def figures() -> list[list[tuple[object, ...]]]:
    return [sorted(table.objects.values_list()) for table in (Release, Block, Participation, CommentPool)]


def test_answers_and_comments_are_deleted_after_two_years_and_not_before(built: OpenWave) -> None:
    before = figures()
    assert delete_old_answers(TWO_YEARS - A_MOMENT) == 0
    assert Response.objects.count() == ReleasedComment.objects.count() == 12
    assert delete_old_answers(TWO_YEARS) == 24
    assert not Response.objects.exists()
    assert not ReleasedComment.objects.exists()
    assert figures() == before


def test_invitations_and_mails_are_deleted_after_half_a_year_and_not_before(built: OpenWave) -> None:
    before = figures()
    assert delete_old_invitations(SIX_MONTHS - A_MOMENT) == 0
    assert delete_old_invitations(SIX_MONTHS) == 12
    assert not Invitation.objects.exists()
    assert not Mail.objects.exists()
    assert figures() == before


def test_a_comment_goes_with_what_hr_said_of_it(built: OpenWave) -> None:
    user = UserFactory.create(organisation=built.wave.organisation)
    hide(ReleasedComment.objects.all()[0].pk, HideReason.HEALTH, by=user, now=AFTER)
    delete_old_answers(TWO_YEARS)
    assert not CommentMark.objects.exists()


def test_an_open_wave_keeps_all(built: OpenWave) -> None:
    other = open_wave({"Town": 3})
    delete_old_invitations(TWO_YEARS)
    assert Invitation.objects.filter(wave=other.wave).count() == 3


def test_the_organisation_s_own_time_counts(built: OpenWave) -> None:
    user = UserFactory.create(organisation=built.wave.organisation)
    change_terms(built.wave.organisation, {"answers_kept": 3, "invitations_kept": 24}, by=user, now=AFTER)
    assert delete_old_invitations(SIX_MONTHS) == 0
    assert delete_old_answers(SIX_MONTHS) == 24
    [change] = history(built.wave.organisation)
    assert change.before == {"answers_kept": 24, "invitations_kept": 6}
    assert change.after == {"answers_kept": 3, "invitations_kept": 24}
    assert change.by == user.get_full_name()


@pytest.mark.parametrize("months", [0, 2, 61])
def test_a_time_outside_the_bounds_is_refused(built: OpenWave, months: int) -> None:
    with pytest.raises(AccountError, match=r"3.*60"):
        change_terms(
            built.wave.organisation, {"answers_kept": months, "invitations_kept": 6}, by=None, now=AFTER
        )


def test_a_limit_on_how_often_people_are_asked_keeps_invitations_that_it_counts(built: OpenWave) -> None:
    cycle = built.wave.cycle
    cycle.most_invitations, cycle.most_within_days = 4, 366
    cycle.save()
    assert delete_old_invitations(SIX_MONTHS) == 0
    assert delete_old_invitations(AFTER + timedelta(days=367)) == 12


def test_it_goes_in_batches_and_is_told_of_once(built: OpenWave, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 5)
    monkeypatch.setattr(surveys_retention, "BATCH", 5)
    assert delete_old_invitations(TWO_YEARS) == 12
    assert delete_old_answers(TWO_YEARS) == 24
    assert delete_old_answers(TWO_YEARS) == delete_old_invitations(TWO_YEARS) == 0
    told = AuditEvent.objects.filter(action__endswith="_deleted").values_list("action", flat=True)
    assert sorted(told) == ["wave.answers_deleted", "wave.invitations_deleted"]


def test_the_tick_hands_it_out_when_there_is_something_to_delete(built: OpenWave) -> None:
    work = Work("results.tasks.delete_what_is_old")
    assert work not in set(work_due(SIX_MONTHS - A_MOMENT))
    assert work in set(work_due(SIX_MONTHS))
    delete_what_is_old(SIX_MONTHS)
    assert work not in set(work_due(SIX_MONTHS))
    assert work in set(work_due(TWO_YEARS))
    delete_what_is_old(TWO_YEARS)
    assert work not in set(work_due(TWO_YEARS))
