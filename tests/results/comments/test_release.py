"""From what people wrote to what is read: pools, masks, and nothing left behind."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from orgunits.models import Employee
from results.comments.models import CommentPool, ReleasedComment
from results.comments.queries import pools_of
from results.mixing import mix
from results.models import Comment, Response
from surveys.answering.services import Answers, submit
from surveys.models import Wave
from tests.results.closing import close
from tests.waves import OPENED, OpenWave, open_wave

pytestmark = pytest.mark.django_db

CITY = {"City": 2, "City/Care": 5, "City/Care/North": 16, "City/Care/South": 9, "City/Works": 12}


def write(built: OpenWave, unit: str, number: int, about: str = "") -> None:
    """So many people of the unit each write which number of the unit they are."""
    silent = built.silent(unit)[:number]
    answers = [Answers(one.pk, [3, 3], {about: f"{unit} {place}"}) for place, one in enumerate(silent)]
    assert submit(built.wave, answers, now=OPENED + timedelta(hours=1)) == number


def pools(wave: Wave, question: int | None = None) -> dict[str, int]:
    rows = CommentPool.objects.filter(wave=wave, question=question).select_related("unit")
    return {row.unit.name: row.n for row in rows}


def test_comments_of_fewer_than_ten_are_read_one_level_up() -> None:
    built = open_wave(CITY)
    for unit, number in {"City/Care/North": 12, "City/Care/South": 7, "City/Care": 4}.items():
        write(built, unit, number)
    close(built.wave)
    assert pools(built.wave) == {"North": 12, "Care": 11}
    care = ReleasedComment.objects.filter(pool__unit__name="Care").values_list("text", flat=True)
    assert {text.rpartition(" ")[0] for text in care} == {"City/Care", "City/Care/South"}


def test_what_is_too_little_at_the_top_is_never_read_and_not_kept() -> None:
    built = open_wave(CITY)
    write(built, "City/Works", 9)
    close(built.wave)
    assert not ReleasedComment.objects.exists()
    assert not Comment.objects.exists()


@pytest.mark.parametrize(("minimum", "number"), [(5, 10), (7, 10), (10, 10)])
def test_ten_is_the_least_whatever_the_minimum_of_figures(minimum: int, number: int) -> None:
    for written, shown in ((number - 1, 0), (number, 1)):
        built = open_wave({"City": 20}, minimum=minimum)
        write(built, "City", written)
        close(built.wave)
        assert CommentPool.objects.filter(wave=built.wave).count() == shown


def test_comments_on_different_questions_do_not_add_up_to_ten() -> None:
    """Else five people who wrote two each would be enough."""
    built = open_wave({"City": 9})
    for invitation in built.invitations["City"]:
        texts = {"": "in general", "0": "on the first", "1": "on the second"}
        submit(built.wave, [Answers(invitation.pk, [3, 3], texts)], now=OPENED)
    close(built.wave)
    assert not ReleasedComment.objects.exists()


def test_each_question_has_pools_of_its_own() -> None:
    built = open_wave({"City": 0, "City/Care": 20, "City/Works": 8})
    write(built, "City/Care", 12, about="0")
    write(built, "City/Works", 8, about="0")
    write(built, "City/Care", 5)
    close(built.wave)
    assert pools(built.wave) == {}
    assert pools(built.wave, built.questions[0].question_id) == {"Care": 12}


def test_a_unit_sees_pools_below_it_and_those_that_it_is_a_part_of() -> None:
    built = open_wave(CITY)
    for unit, number in {
        "City/Care/North": 12,
        "City/Care/South": 7,
        "City/Care": 4,
        "City/Works": 11,
    }.items():
        write(built, unit, number)
    close(built.wave)

    def seen(path: str) -> list[tuple[str, bool]]:
        return [(one.unit.name, one.partly) for one in pools_of(built.wave, built.units[path])]

    assert seen("City") == [("Care", False), ("North", False), ("Works", False)]
    assert seen("City/Care") == [("Care", False), ("North", False)]
    assert seen("City/Care/North") == [("North", False)]
    assert seen("City/Care/South") == [("Care", True)]
    assert seen("City/Works") == [("Works", False)]


def test_names_of_people_are_masked_on_the_way() -> None:
    built = open_wave({"City": 10})
    Employee.objects.filter(organisation=built.wave.organisation).update(first_name="Fatima", last_name="Bos")
    built.answer("City", [(3, 3)] * 10, comment="Fatima Bos belt via 06-12345678.")
    close(built.wave)
    assert set(ReleasedComment.objects.values_list("text", flat=True)) == {"[…name] belt via […telephone]."}


def test_once_released_nothing_of_what_was_written_is_left() -> None:
    built = open_wave(CITY)
    write(built, "City/Care/North", 12)
    close(built.wave)
    assert not Comment.objects.exists()


def test_a_released_comment_shares_nothing_with_a_response_but_the_transaction() -> None:
    """The text says who wrote it, and the score as well, so that a match would be seen."""
    built = open_wave({"City": 60}, questions=1, points=11)
    for place, invitation in enumerate(built.invitations["City"]):
        answers = Answers(invitation.pk, [place % 11], {"": f"{place % 11}"})
        submit(built.wave, [answers], now=OPENED + timedelta(minutes=place))
        if place == 30:
            mix(built.wave.pk)
    close(built.wave)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT xmin::text FROM results_response UNION SELECT xmin::text FROM results_releasedcomment"
        )
        assert len(cursor.fetchall()) == 1
        cursor.execute("SELECT text::int FROM results_releasedcomment ORDER BY ctid")
        comments = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT scores[1] FROM results_response ORDER BY ctid")
        scores = [row[0] for row in cursor.fetchall()]
    same = sum(left == right for left, right in zip(comments, scores, strict=True))
    assert same < 20  # by chance 5 of 60; 20 or more once in ten million runs
    ids = set(Response.objects.values_list("pk", flat=True))
    assert ids.isdisjoint(ReleasedComment.objects.values_list("pk", flat=True))


def orders(table: str) -> list[list[int]]:
    """What people wrote, here who they are, in the orders that a table gives away."""
    found = []
    with connection.cursor() as cursor:
        for column in ("ctid", "id", "xmin::text, ctid"):
            cursor.execute(f"SELECT text::int FROM {table} ORDER BY {column}")  # noqa: S608
            found.append([row[0] for row in cursor.fetchall()])
    return found


def test_no_order_of_comments_tells_who_wrote_them() -> None:
    """Everyone writes the number of their own invitation; an attacker lays both tables side by side."""
    built = open_wave({"City": 60})
    people = built.invitations["City"]
    for minute, invitation in enumerate(people):
        answers = Answers(invitation.pk, [3, 4], {"": str(invitation.pk)})
        submit(built.wave, [answers], now=OPENED + timedelta(minutes=minute))
    mix(built.wave.pk)
    known = [one.pk for one in people]
    for table in ("results_comment", "results_releasedcomment"):
        if table == "results_releasedcomment":
            close(built.wave)
        for order in orders(table):
            assert sorted(order) == known
            hits = sum(left == right for left, right in zip(order, known, strict=True))
            assert hits < 12  # by chance one of 60; 12 once in a thousand million runs


def test_a_released_comment_is_never_changed_and_its_pool_stays() -> None:
    built = open_wave({"City": 12})
    write(built, "City", 12)
    close(built.wave)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ReleasedComment.objects.update(text="")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        CommentPool.objects.all()._raw_delete("default")
