"""What someone learns who reads the tables of a closed wave, from a backup for instance."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection

from results.comments.models import CommentPool
from results.mixing import mix
from results.models import Comment, Participation, Response
from surveys.answering.traits import opener
from surveys.models import Link, Mail, Submission, Ticket
from surveys.waves.links import holder_of
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


def test_after_closing_no_row_says_who_was_reminded_as_who_had_not_answered() -> None:
    """Of each person the same links are left, in one row version, and those that were sent still work."""
    built = open_wave({"City": 9})
    people = built.invitations["City"]
    for one in people:
        built.link(one)
    built.answer("City", [(4, 4), (2, 2)])
    sent = {one.pk: built.link(one, Mail.Kind.REMINDER) for one in built.silent("City")}
    last = built.link(people[-1], Mail.Kind.LAST_REMINDER)
    Mail.objects.create(
        organisation=built.wave.organisation,
        wave=built.wave,
        invitation=people[0],
        kind=Mail.Kind.LAST_REMINDER,
        state=Mail.State.CANCELLED,
        due_at=OPENED,
    )
    close(built.wave)
    assert set(Mail.objects.values_list("kind", "state")) == {(Mail.Kind.INVITATION, Mail.State.SENT)}
    links = Counter(Link.objects.values_list("invitation", flat=True))
    assert links == Counter({one.pk: 2 for one in people})
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text), min(length(token_hash)) FROM surveys_link")
        assert cursor.fetchone() == (1, 32)
    assert all(holder_of(token) for token in (*sent.values(), last))


def test_the_length_of_sealed_traits_does_not_set_apart_who_has_long_ones() -> None:
    built = open_wave({"City": 9})
    long = built.invitations["City"][3]
    long.bands = {"place": "é" * 200, "contract": 'for as long as the project goes on, "for now"'}
    long.save(update_fields=["bands"])
    built.answer("City", [(1 + one % 5, 3) for one in range(9)])
    assert len({len(one) for one in Submission.objects.values_list("traits", flat=True)}) == 1
    mix(built.wave.pk)
    unseal = opener(built.wave)
    told = [unseal(bytes(one)) for one in Response.objects.values_list("traits", flat=True)]
    assert sorted(told, key=len)[-1] == long.bands


def test_after_closing_no_traits_stand_beside_an_answer() -> None:
    """Of a team's only two on a temporary contract, each with an age of their own, they would be a name."""
    built = open_wave({"City": 9})
    for number, one in enumerate(built.invitations["City"]):
        one.bands = {"age": f"{number}", "contract": "temporary"}
        one.save(update_fields=["bands"])
    built.answer("City", [(1 + one % 5, 3) for one in range(9)])
    close(built.wave)
    assert {bytes(sealed) for sealed in Response.objects.values_list("traits", flat=True)} == {b""}
