"""What someone learns who reads the tables of a closed wave, from a backup for instance."""

from __future__ import annotations

from datetime import timedelta

import pytest

from results.comments.models import CommentPool
from results.mixing import mix
from results.models import Comment, Participation, Response
from surveys.models import Ticket
from tests.results.closing import close
from tests.waves import OPENED, open_wave

pytestmark = pytest.mark.django_db


def test_the_last_to_answer_is_not_told_from_the_others_by_what_the_row_says() -> None:
    built = open_wave({"City": 8})
    built.answer("City", [(1, 2), (3, 4), (2, 2), (5, 5), (4, 1)])
    mix(built.wave.pk)
    built.answer("City", [(1, 1)], now=OPENED + timedelta(days=4))
    assert Ticket.objects.filter(day__gt=OPENED).count() == 1, "the day of the ticket is another"
    close(built.wave)
    assert Response.objects.values("portion").distinct().count() == 1


def test_the_answers_of_a_team_of_one_lie_among_those_of_others() -> None:
    built = open_wave({"City": 9, "City/Director": 1})
    built.answer("City", [(one % 5 + 1, 1 + one % 3) for one in range(9)], comment="Fine")
    built.answer("City/Director", [(1, 1)], comment="I am leaving")
    close(built.wave)
    assert set(Response.objects.values_list("unit__name", flat=True)) == {"City"}
    assert Response.objects.count() == 10
    assert list(CommentPool.objects.values_list("unit__name", "n")) == [("City", 10)]


def test_answers_that_can_be_shown_nowhere_are_not_kept() -> None:
    built = open_wave({"City": 1, "City/Care": 9})
    built.answer("City", [(1, 1)], comment="I am leaving")
    built.answer("City/Care", [(one % 5 + 1, 3) for one in range(9)])
    close(built.wave)
    assert Response.objects.count() == 9
    assert not Comment.objects.exists()


def test_after_closing_no_row_says_who_answered() -> None:
    built = open_wave({"City": 9})
    built.answer("City", [(4, 4)])
    close(built.wave)
    assert Participation.objects.get().answered == 1
    assert not Ticket.objects.exists()


def test_after_closing_no_traits_stand_beside_an_answer() -> None:
    """Of a team's only two on a temporary contract, each with an age of their own, they would be a name."""
    built = open_wave({"City": 9})
    for number, one in enumerate(built.invitations["City"]):
        one.bands = {"age": f"{number}", "contract": "temporary"}
        one.save(update_fields=["bands"])
    built.answer("City", [(1 + one % 5, 3) for one in range(9)])
    close(built.wave)
    assert {bytes(sealed) for sealed in Response.objects.values_list("traits", flat=True)} == {b""}
