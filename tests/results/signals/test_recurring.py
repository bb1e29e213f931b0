"""After each wave released comments are read: what they are about, and where a topic grows."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from results.comments.hiding import hide
from results.comments.models import CommentPool, ReleasedComment
from results.comments.queries import Pool, remarks, voices
from results.comments.reasons import HideReason
from results.retention import delete_old_answers
from results.signals import queries, raising
from results.signals.models import CommentTopic, Signal, SignalRun
from results.signals.telling import tell
from results.signals.topics import FEWEST, normal
from tests.factories import UserFactory
from tests.results.signals.released import Released, organisation_with, release_wave

pytestmark = pytest.mark.django_db

PATHS = ("City", "City/A", "City/A/A1", "City/A/A2", "City/B", "City/B/B1", "City/B/B2")
TEAMS = ("City/A/A1", "City/A/A2", "City/B/B1", "City/B/B2")
WAVES = 6
SUBJECTS = {
    "parking": ("De parkeerplaats staat vol, {}", "De parkeerplaats staat vol: {}"),
    "laptop": ("Mijn laptop start traag op, {}", "Laptop is traag in {}"),
    "rooster": ("Het rooster verandert te laat, {}", "Rooster komt laat, zegt {}"),
    "klant": ("Klanten aan de balie wachten lang, {}", "Balie en klanten: lang wachten, {}"),
}


def city(growing: str = "", *, everywhere: bool = False) -> Released:
    """Teams write thirty comments each in a wave; about parking mostly in one of them, in the last three."""
    made, chance = organisation_with(PATHS), np.random.default_rng(3)
    for number in range(WAVES):
        wave = release_wave(made, {"energy": [3.5] * len(PATHS)}, [12] * len(PATHS))
        for team in TEAMS:
            unit = made.units[team]
            pool = CommentPool.objects.create(
                organisation=made.organisation, wave=wave, unit=unit, own_groups=[unit.pk], n=30
            )
            takes_over = number >= WAVES - 3 and (everywhere or team == growing)
            texts = [_text(0 if takes_over and place < 24 else place % 4, chance) for place in range(30)]
            ReleasedComment.objects.bulk_create(
                ReleasedComment(organisation=made.organisation, pool=pool, text=text) for text in texts
            )
    return made


def _text(subject: int, chance: np.random.Generator) -> str:
    said = list(SUBJECTS.values())[subject]
    beside = " ".join(f"x{''.join(chance.choice(list('abcdefgh'), 5))}" for _word in range(2))
    return said[int(chance.integers(2))].format(f"[…name] {beside}")


def read(made: Released) -> None:
    for wave in made.waves:
        raising.read_wave(wave, now=wave.closes_at)


def topic_signals(made: Released) -> list[Signal]:
    found = Signal.objects.filter(organisation=made.organisation, kind=Signal.Kind.TOPIC)
    return list(found.select_related("unit").order_by("pk"))


def test_a_topic_that_grows_in_a_team_is_raised_once_and_told_with_its_counts() -> None:
    made = city("City/A/A1")
    read(made)
    heads = [one for one in topic_signals(made) if one.within_id is None]
    assert [one.unit.name for one in heads] == ["A1"]
    [signal] = heads
    assert {"parkeerplaats", "vol"} <= set(signal.topic.replace(",", "").split())
    assert signal.evidence["now"] > 2 * signal.evidence["before"]
    shares = [point["value"] for point in signal.evidence["points"]]
    assert max(shares[:3]) < 40 < 70 < min(shares[3:])
    assert signal.evidence["points"][-1]["high"] < 50
    now, of_now = signal.evidence["now"], signal.evidence["of_now"]
    with translation.override("en"):
        assert f"{now} of {of_now} in the last three waves" in tell(signal, {}).what
    assert "name" not in {word for row in CommentTopic.objects.all() for word in row.terms}


def test_topics_count_in_what_a_sensitivity_means() -> None:
    made = city("City/A/A1")
    read(made)
    [*raised] = topic_signals(made)
    outcome = SignalRun.objects.get(wave=raised[0].wave).outcome
    told = outcome["levels"]["normal"]
    assert told["raised"] >= sum(one.wave_id == raised[0].wave_id for one in raised)
    assert 0.002 * outcome["unit_waves"] < told["by_chance"] < 0.002 * outcome["unit_waves"] + 0.2


def test_reading_again_from_the_start_gives_the_same() -> None:
    made = city("City/A/A1")
    read(made)
    first = [(one.unit_id, one.wave_id, one.topic, one.size) for one in topic_signals(made)]
    read(made)
    assert len(topic_signals(made)) == len(first)
    for rows in (Signal, SignalRun, CommentTopic):
        rows.objects.all().delete()
    read(made)
    assert [(one.unit_id, one.wave_id, one.topic, one.size) for one in topic_signals(made)] == first


def test_what_grows_everywhere_is_told_of_the_organisation_only() -> None:
    made = city(everywhere=True)
    read(made)
    assert {one.unit.name for one in topic_signals(made)} == {"City"}


def test_nothing_is_raised_where_nothing_grows() -> None:
    made = city()
    read(made)
    assert CommentTopic.objects.exists()
    assert topic_signals(made) == []


def test_a_topic_that_is_written_of_less_again_falls_back() -> None:
    made = city("City/A/A1")
    read(made)
    ReleasedComment.objects.filter(pool__wave__in=made.waves[-3:], text__icontains="parkeerplaats").delete()
    SignalRun.objects.filter(wave=made.waves[-1]).delete()
    CommentTopic.objects.filter(wave=made.waves[-1]).delete()
    raising.read_wave(made.waves[-1], now=made.waves[-1].closes_at)
    assert not Signal.objects.ongoing().filter(unit=made.units["City/A/A1"], kind="topic").exists()


def test_a_hidden_comment_is_neither_read_nor_counted() -> None:
    made = city()
    read(made)
    wave, unit = made.waves[-1], made.units["City/A/A1"]
    [pool] = CommentPool.objects.filter(wave=wave, unit=unit)
    hidden = pool.comments.filter(text__icontains="parkeerplaats")[0]
    readable = voices([_as_pool(pool)])
    before = next(one.n for one in queries.subjects(wave, unit, readable) if "parkeerplaats" in one.terms)
    hide(hidden.pk, HideReason.PERSON, by=UserFactory.create(), now=wave.closes_at)
    assert hidden.pk not in {one.pk for one in remarks([wave])}
    told = [one for one in queries.subjects(wave, unit, readable) if "parkeerplaats" in one.terms]
    assert sum(one.n for one in told) in {0, before - 1}


def _as_pool(pool: CommentPool) -> Pool:
    return Pool(pool.pk, None, pool.unit, partly=False, n=pool.n)


def test_topics_have_ten_different_comments_at_least_and_go_with_the_comments() -> None:
    made = city()
    read(made)
    for row in CommentTopic.objects.all():
        texts = ReleasedComment.objects.filter(pk__in=row.comments).values_list("text", flat=True)
        assert texts
    last = CommentTopic.objects.filter(wave=made.waves[-1])
    about = {pk for row in last for pk in row.comments}
    assert len({normal(one.text) for one in remarks(made.waves) if one.pk in about}) >= FEWEST
    delete_old_answers(made.waves[-1].closes_at.replace(year=2040))
    assert not CommentTopic.objects.exists()


def test_comments_of_any_number_of_waves_are_one_query() -> None:
    made = city()
    with CaptureQueriesContext(connection) as asked:
        assert len(remarks(made.waves)) == WAVES * 30 * len(TEAMS)
    assert len(asked) == 1


def test_a_web_process_loads_neither_scipy_nor_scikit_learn_to_start() -> None:
    check = (
        "import django, sys; django.setup(); import listening.urls;"
        "sys.exit('sklearn' in sys.modules or 'scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-W", "ignore", "-c", check], check=False).returncode == 0
