"""Whatever stops, is emptied or runs twice: nobody gets two mails of a kind, every answer counts once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import redis
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Organisation
from actions.effects import look_at_effects
from bench.compare_replay import Recorded, compare_wave
from listening.tasks import work_due
from results.comments.models import CommentPool, ReleasedComment
from results.mixing import mix
from results.models import Comment, Release, Response, WaveVerdict
from results.services import close_wave
from results.signals.digests import queue_digests, send_digests
from results.signals.models import Digest
from results.signals.raising import read_waves
from results.verdicts import audit_wave
from surveys.answering.services import Answers, submit
from surveys.journeys.rounds import make_due_rounds
from surveys.mailing.services import AT_ONCE, release_stuck_mail, send_due_mail
from surveys.models import Invitation, Mail, Submission, Ticket, Wave, WaveUnit
from surveys.waves.services import open_due_waves, queue_due_reminders
from tests.processes import LiveProcesses, wait_until
from tests.recordings import Shape
from tests.smtp import SmtpServer

from .killed import close
from .organisations import Loop, loop
from .respondents import answer_all, links_by_address
from .workers import kill_at

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

SHAPE = Shape(
    {"City": 5, "City/Care": 1, "City/Care/North": 9, "City/Care/South": 4, "City/Works": 11},
    questions=4,
    waves=1,
    participation=0.9,
)
PEOPLE = sum(SHAPE.sizes.values())


@pytest.fixture
def made(tmp_path: Path) -> Loop:
    """A city of thirty people whose wave is due."""
    return loop(tmp_path / "city", SHAPE)


def everyone_answers(made: Loop) -> None:
    emails = dict(made.wave.invitations.values_list("email", "pk"))
    answers = [
        Answers(emails[email], list(scores), {"": f"Text of {email}"})
        for email, scores in made.scores().items()
    ]
    assert submit(made.wave, answers, now=timezone.now()) == len(answers)


def every_answer_counts_once(made: Loop, tmp_path: Path) -> None:
    """The figures are those that the recorded answers give."""
    assert not Submission.objects.exists()
    mixed = Response.objects.values_list("scores", flat=True)
    assert Counter(map(tuple, mixed)) == Counter(made.scores().values())
    exported = tmp_path / "figures.csv"
    call_command("figures", "export", organisation="loop", to=exported, stdout=StringIO())
    report = compare_wave(Recorded.read(made.folder), pd.read_csv(exported), 1)
    assert report.problems == []
    assert report.full > 0
    assert not Ticket.objects.exists()


def test_a_worker_killed_at_each_step_of_opening_leaves_no_half_wave(made: Loop) -> None:
    now = timezone.now()
    for table in (
        "surveys_cycle",
        "surveys_wave",
        "surveys_invitation",
        "surveys_waveunit",
        "surveys_wavequestion",
        "surveys_mail",
        "accounts_auditevent",
    ):
        kill_at(table, "open", now)
        assert not Wave.objects.exists()
        assert not Invitation.objects.exists()

    assert open_due_waves(now) == 1
    assert open_due_waves(now) == 0
    assert Invitation.objects.count() == Mail.objects.count() == PEOPLE
    assert WaveUnit.objects.count() == len(SHAPE.sizes)


def test_a_worker_killed_at_each_step_of_mixing_and_closing_changes_no_figure(
    made: Loop, tmp_path: Path
) -> None:
    open_due_waves(timezone.now())
    everyone_answers(made)
    sealed = Submission.objects.count()
    wave_id, over = made.wave.pk, made.wave.closes_at

    for table in ("surveys_submission", "results_response", "results_comment"):
        kill_at(table, "mix", wave_id)
        assert (Submission.objects.count(), Response.objects.count()) == (sealed, 0)
    mixed = mix(wave_id)
    assert 0 < mixed < sealed  # groups that are too small wait for the end

    for table in (
        "surveys_submission",
        "results_response",
        "results_comment",
        "results_block",
        "results_release",
        "results_participation",
        "accounts_auditevent",
    ):
        kill_at(table, "close", wave_id, over)
        assert Submission.objects.count() == sealed - mixed
        assert not Release.objects.exists()
        assert Wave.objects.get().state == Wave.State.CLOSING

    assert close_wave(wave_id, now=over) is not None
    assert close_wave(wave_id, now=over) is None
    assert audit_wave(wave_id, now=over)
    every_answer_counts_once(made, tmp_path)
    assert not Comment.objects.exists()
    in_pools = sum(CommentPool.objects.values_list("n", flat=True))  # the rest was too few at the top
    assert ReleasedComment.objects.count() == in_pools
    assert sealed - 10 < in_pools <= sealed


def test_two_beats_and_two_workers_of_which_one_is_killed_do_everything_once(
    smtp_server: SmtpServer, live_processes: LiveProcesses, made: Loop, settings: Settings
) -> None:
    settings.BASE_URL = live_processes.url
    live_processes.environment["TICK_SECONDS"] = "0.2"
    smtp_server.seconds_per_mail = 0.2
    for name in ("web", "beat", "beat", "worker"):
        live_processes.start(name)
    doomed = live_processes.start("worker")
    wait_until(lambda: len(smtp_server.mails) >= PEOPLE // 3, seconds=60, what="the first mails")
    live_processes.kill(doomed)
    # What the killed one had claimed is taken up after its lease; the clock of this step is 20 minutes ahead.
    wait_until(lambda: not Mail.objects.filter(state=Mail.State.DUE).exists(), seconds=60, what="sending")
    later = timezone.now() + timedelta(minutes=20)
    release_stuck_mail(later)
    send_due_mail(made.organisation, now=later)

    assert Wave.objects.count() == 1
    addresses = Counter(smtp_server.addresses())
    assert set(addresses.values()) == {1}
    lost = Mail.objects.filter(state=Mail.State.UNCONFIRMED).count()
    assert PEOPLE - lost <= len(addresses) <= PEOPLE
    assert lost <= 2 * 2 * AT_ONCE  # those being sent and those marked, in the killed worker's two processes

    links = links_by_address(smtp_server.mails)
    scores = {email: scores for email, scores in made.scores().items() if email in links}
    assert set(answer_all(links, scores)) == {303}
    made.end_wave()
    wait_until(lambda: made.wave.state == Wave.State.CLOSED, seconds=60, what="closing")
    assert Counter(map(tuple, Response.objects.values_list("scores", flat=True))) == Counter(scores.values())


def test_an_emptied_valkey_loses_nothing(
    smtp_server: SmtpServer, live_processes: LiveProcesses, made: Loop, tmp_path: Path, valkey_url: str
) -> None:
    def empty() -> None:
        # Only this test's own numbered database: others run beside it.
        redis.Redis.from_url(valkey_url).flushdb()

    live_processes.environment["TICK_SECONDS"] = "0.2"
    smtp_server.seconds_per_mail = 0.05
    for name in ("web", "worker", "beat"):
        live_processes.start(name)
    wait_until(lambda: len(smtp_server.mails) >= PEOPLE // 3, seconds=60, what="the first mails")
    empty()
    wait_until(lambda: len(smtp_server.mails) >= PEOPLE, seconds=60, what="the last mail")
    assert set(Counter(smtp_server.addresses()).values()) == {1}

    links, scores = links_by_address(smtp_server.mails), made.scores()
    half = dict(list(scores.items())[: len(scores) // 2])
    assert set(answer_all(links, half)) == {303}
    empty()
    rest = {email: given for email, given in scores.items() if email not in half}
    assert set(answer_all(links, rest)) == {303}
    empty()
    made.end_wave()
    wait_until(lambda: WaveVerdict.objects.filter(wave=made.wave).exists(), seconds=60, what="the audit")
    every_answer_counts_once(made, tmp_path)


def read_and_tell(organisation_id: int, now: datetime) -> None:
    for wave in read_waves(Organisation.objects.get(pk=organisation_id), now=now):
        queue_digests(wave, now=now)


def look_again(organisation_id: int, now: datetime) -> None:
    look_at_effects(Organisation.objects.get(pk=organisation_id), now=now)


def work_at(now: datetime, made: Loop) -> None:
    """All that a tick finds at that time, done by the services that the tasks call."""
    services: dict[str, Callable[[Any], object]] = {
        "open_waves": lambda _: open_due_waves(now),
        "queue_reminders": lambda _: queue_due_reminders(now),
        "settle_mail": lambda _: release_stuck_mail(now),
        "send_mail": lambda _: send_due_mail(made.organisation, now=now),
        "mix": mix,
        "close": lambda wave_id: close(wave_id, now),
        "make_rounds": lambda _: make_due_rounds(now),
        "audit": lambda wave_id: audit_wave(wave_id, now=now),
        "read_signals": lambda organisation_id: read_and_tell(organisation_id, now),
        "look_at_effects": lambda organisation_id: look_again(organisation_id, now),
        "send_digests": lambda _: send_digests(now=now),
    }
    for work in list(work_due(now)):
        services[work.task.rpartition(".")[2]](work.on)


def work_around(moment: datetime, hour: timedelta, made: Loop) -> None:
    for jump in (-hour, 2 * hour, timedelta(), hour, -hour, timedelta(minutes=1), 2 * hour):
        work_at(moment + jump, made)


def test_a_clock_that_jumps_an_hour_does_nothing_twice(smtp_server: SmtpServer, tmp_path: Path) -> None:
    made = loop(tmp_path / "city", SHAPE, reminder_after_days=3)
    hour, start = timedelta(hours=1), timezone.now()
    opening = start.replace(second=0, microsecond=0) - timedelta(minutes=1)

    work_around(opening, hour, made)
    everyone_answers(made)
    remind_at = Wave.objects.get().remind_at  # three days later, or after the weekend
    assert remind_at is not None
    work_around(remind_at, hour, made)
    work_around(opening + timedelta(days=7), hour, made)

    assert Wave.objects.get().state == Wave.State.CLOSED
    asked = {person.email for person in made.recording.people}
    reminded = asked - made.scores().keys()
    assert reminded
    told = Digest.objects.exclude(sent_at=None).values_list("user__email", flat=True)  # in office hours only
    assert Counter(smtp_server.addresses()) == Counter([*asked, *reminded, *told])
    every_answer_counts_once(made, tmp_path)
