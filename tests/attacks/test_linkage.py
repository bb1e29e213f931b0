"""Who answered what, for whoever reads everything that is stored and written about a wave."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest
import redis
from django.db import connection, connections
from django.utils import timezone

from listening.celery import app
from results.mixing import mix
from results.models import Response
from results.resealing import seal_again
from results.services import close_wave
from surveys.answering.services import Answers, submit
from surveys.answering.traits import opener
from surveys.models import Invitation, Submission, Ticket, Wave
from surveys.waves.services import stop_accepting
from tests.attacks.linking import chance, most_matched, rows, with_the_key
from tests.processes import LiveProcesses
from tests.waves import OpenWave, open_wave

pytestmark = pytest.mark.django_db(transaction=True)

CONNECTIONS = 8
QUESTIONS = 4
WRITTEN = r"(regexp_match({}, 'person (\d+)'))[1]::int"
# Which person it is: of an invitation, by scores that spell the number to base five, and by the comment.
OF_INVITATION = (
    "id - (SELECT min(id) FROM surveys_invitation first WHERE first.wave_id = surveys_invitation.wave_id)"
)
OF_SCORES = "(scores[1] - 1) * 125 + (scores[2] - 1) * 25 + (scores[3] - 1) * 5 + scores[4] - 1"
OF_COMMENT = WRITTEN.format("text")


def wave_now(sizes: dict[str, int]) -> OpenWave:
    built, now = open_wave(sizes, questions=QUESTIONS), timezone.now()
    Wave.objects.filter(pk=built.wave.pk).update(
        opened_at=now - timedelta(days=1), closes_at=now + timedelta(days=1)
    )
    built.wave.refresh_from_db()
    return built


def scores(number: int) -> list[int]:
    return [1 + number // 5**place % 5 for place in reversed(range(QUESTIONS))]


def people(built: OpenWave, units: Iterable[str], *, answering: int) -> list[Invitation]:
    """So many of each unit, in any order: what order says of people is theirs, not the tables'."""
    those = [one for unit in units for one in built.invitations[unit][:answering]]
    random.Random(7).shuffle(those)
    return those


def number_of(built: OpenWave, one: Invitation) -> int:
    return one.pk - built.wave.invitations.earliest("pk").pk


def close(wave: Wave) -> None:
    after = wave.closes_at + timedelta(hours=1)
    stop_accepting(wave.pk, now=after)
    assert close_wave(wave.pk, now=after) is not None


def matched(wave: Wave, table: str, says: str, *, key: bool = False) -> int:
    """`key`: for someone who holds the installation's secret as well as its tables."""
    invited, answers = rows("surveys_invitation", wave, OF_INVITATION), rows(table, wave, says)
    return most_matched(with_the_key(wave, invited), answers) if key else most_matched(invited, answers, wave)


def at_eight_connections(work: Callable[[Invitation], None], those: list[Invitation]) -> None:
    def one_after_another(part: list[Invitation]) -> None:
        for one in part:
            work(one)
        connections.close_all()

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(one_after_another, [those[place::CONNECTIONS] for place in range(CONNECTIONS)]))


def columns(*tables: str) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = ANY(%s)",
            [list(tables)],
        )
        return list(cursor.fetchall())


def test_answers_hold_no_time_and_nothing_of_who_gave_them() -> None:
    found = columns("surveys_submission", "results_response", "results_comment", "results_releasedcomment")
    assert not [kind for _, kind in found if kind.startswith(("timestamp", "date", "time"))]
    assert not [name for name, _ in found if re.search("invit|employ|mail|link|token|person|user", name)]


@pytest.mark.processes
def test_an_answer_sent_over_http_is_matched_no_better_than_by_chance_from_the_moment_that_it_is_sent(
    live_processes: LiveProcesses, valkey_url: str
) -> None:
    units = {"City": 6, "City/Care": 40, "City/Works": 40, "City/Desk": 40}
    built = wave_now(units)
    answering = people(built, [*units][1:], answering=32)
    numbers = {one.pk: number_of(built, one) for one in answering}
    tokens = {one.pk: built.link(one) for one in answering}
    web = live_processes.start("web")

    def answer(one: Invitation) -> None:
        connected = HTTPConnection("127.0.0.1", live_processes.port)
        given = {f"q{place}": score for place, score in enumerate(scores(numbers[one.pk]), 1)}
        form = urlencode(given | {"comment": f"I am person {numbers[one.pk]}"})
        for method, body, status in (("GET", None, 200), ("POST", form, 303)):
            connected.request(
                method,
                f"/a/{tokens[one.pk]}/",
                body,
                {"Content-Type": "application/x-www-form-urlencoded"} if body else {},
            )
            response = connected.getresponse()
            response.read()
            assert response.status == status
            assert response.headers["Referrer-Policy"] == "same-origin"
        connected.close()

    at_eight_connections(answer, answering)
    assert Submission.objects.count() == len(answering)
    live_processes.stop()
    bound = chance(units=3)
    assert bound < len(answering) / 4
    assert matched(built.wave, "surveys_submission", OF_SCORES) < bound
    assert matched(built.wave, "surveys_submission", OF_SCORES, key=True) == len(answering)

    mix(built.wave.pk)
    assert matched(built.wave, "results_response", OF_SCORES) < bound
    assert matched(built.wave, "results_comment", OF_COMMENT) < bound
    assert matched(built.wave, "results_response", OF_SCORES, key=True) < bound
    close(built.wave)
    assert matched(built.wave, "results_response", OF_SCORES) < bound
    assert not Ticket.objects.exists()

    log = web.log.read_text()
    stored = redis.Redis.from_url(valkey_url)
    keys = " ".join(str(key) for key in stored.keys("*"))
    for token in tokens.values():
        assert token not in log
        assert token not in keys
    assert not re.search(r"/a/[\w-]{20}", log)


def test_what_waits_sealed_is_matched_with_the_key_only_until_answers_are_next_mixed() -> None:
    """Four of nine in each unit answer, too few to be mixed. To the key, chance among the four is left."""
    units = {"City": 6} | {f"City/{number}": 9 for number in range(30)}
    built = wave_now(units)
    answering = people(built, [*units][1:], answering=4)
    numbers = {one.pk: number_of(built, one) for one in answering}

    def answer(one: Invitation) -> None:
        assert submit(built.wave, [Answers(one.pk, [*scores(numbers[one.pk])])], now=timezone.now()) == 1

    at_eight_connections(answer, answering)
    bound = chance(units=30)
    assert bound < 90
    assert matched(built.wave, "surveys_submission", OF_SCORES) < bound
    assert matched(built.wave, "surveys_submission", OF_SCORES, key=True) == 120

    assert mix(built.wave.pk) == 0
    assert seal_again(built.wave.pk) == 120
    assert matched(built.wave, "surveys_submission", OF_SCORES) < bound
    assert matched(built.wave, "surveys_submission", OF_SCORES, key=True) < bound


def test_answering_leaves_the_rows_of_those_who_were_asked_as_they_were() -> None:
    built = wave_now({"City": 9})
    asked = """SELECT ctid::text, xmin::text, xmax::text, whole::text
               FROM surveys_invitation whole UNION ALL SELECT ctid::text, xmin::text, xmax::text, ''
               FROM orgunits_employee ORDER BY 1, 2, 4"""
    with connection.cursor() as cursor:
        cursor.execute(asked)
        before = cursor.fetchall()
        assert built.answer("City", [(1, 2, 3, 4), (5, 4, 3, 2)], now=timezone.now()) == 2
        cursor.execute(asked)
        assert cursor.fetchall() == before


def test_traits_beside_an_answer_tell_nothing_without_the_key() -> None:
    built = wave_now({"City": 9})
    for number, one in enumerate(built.invitations["City"]):
        one.bands = {"age": "35-44", "contract": "temporary" if number else "fixed"}
        one.save(update_fields=["bands"])
    built.answer("City", [(1, 2, 3, 4)] * 9, now=timezone.now())
    sealed = [bytes(one) for one in Submission.objects.values_list("traits", flat=True)]
    assert len(set(sealed)) == 9
    assert len({len(one) for one in sealed}) == 1
    assert not any(b"age" in one for one in sealed)
    unseal = opener(built.wave)
    assert sorted(unseal(one)["contract"] for one in sealed) == ["fixed"] + ["temporary"] * 8
    mix(built.wave.pk)
    kept = Response.objects.values_list("traits", flat=True)
    assert sorted(bytes(one) for one in kept) == sorted(sealed)


def test_the_answer_of_a_team_of_one_is_sealed_among_those_of_others() -> None:
    built = wave_now({"City": 9, "City/Director": 1, "City/Care": 3, "City/Care/Day": 2})
    for unit in ("City/Director", "City/Care", "City/Care/Day"):
        built.answer(unit, [(1, 2, 3, 4)], now=timezone.now())
    for table in (Submission, Ticket):
        found = sorted(table.objects.values_list("unit__name", flat=True))
        assert found == ["Care", "Care", "City"]


def test_sealing_again_keeps_every_answer_once_and_does_nothing_without_new_ones() -> None:
    built = wave_now({"City": 9, "City/Care": 9})
    built.answer("City", [(1, 2, 3, 4), (5, 4, 3, 2)], now=timezone.now(), comment="Fine")
    before = sorted(Submission.objects.values_list("scores"))
    ids = set(Submission.objects.values_list("pk", flat=True))

    assert seal_again(built.wave.pk) == 2
    assert seal_again(built.wave.pk) == 0
    assert sorted(Submission.objects.values_list("scores")) == before
    assert ids.isdisjoint(Submission.objects.values_list("pk", flat=True))
    assert set(Submission.objects.values_list("comments__", flat=True)) == {"Fine"}

    built.answer("City/Care", [(1, 1, 1, 1)], now=timezone.now())
    assert seal_again(built.wave.pk) == 1, "those of another unit may stay as they are"
    built.answer("City", [(2, 2, 2, 2)], now=timezone.now())
    assert seal_again(built.wave.pk) == 3
    close(built.wave)
    assert not Submission.objects.exists()


def test_sealing_again_mixing_and_answering_at_once_lose_nothing() -> None:
    built = wave_now({"City": 80})
    answering = built.invitations["City"]
    numbers = {one.pk: number_of(built, one) for one in answering}

    def answer(one: Invitation) -> None:
        submit(built.wave, [Answers(one.pk, [*scores(numbers[one.pk])])], now=timezone.now())
        seal_again(built.wave.pk)
        if numbers[one.pk] % 10 == 0:
            mix(built.wave.pk)

    at_eight_connections(answer, [*answering, *answering[:20]])
    close(built.wave)
    found = sorted(one.says for one in rows("results_response", built.wave, OF_SCORES))
    assert found == list(range(80))


def test_nothing_of_the_work_is_kept_by_the_queue() -> None:
    assert app.conf.task_ignore_result
    assert app.conf.result_backend is None
