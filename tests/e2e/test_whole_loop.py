"""The whole loop with real parts: PostgreSQL, Valkey, SMTP, web server, Celery worker and beat."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from django.core.management import call_command

from bench.compare_replay import Recorded, compare_wave
from results.models import Participation, Response, WaveVerdict
from surveys.models import Mail, Submission, Wave
from tests import recordings
from tests.answered import who_answered
from tests.processes import LiveProcesses, wait_until
from tests.smtp import SmtpServer

from .organisations import loop
from .respondents import answer_all, links_by_address, look, send

pytestmark = pytest.mark.processes


@pytest.mark.django_db(transaction=True)
def test_people_are_asked_by_mail_answer_by_link_and_become_figures(
    smtp_server: SmtpServer, live_processes: LiveProcesses, tmp_path: Path
) -> None:
    live_processes.environment["TICK_SECONDS"] = "0.5"
    made = loop(tmp_path / "brigade", recordings.brigade())
    for name in ("web", "worker", "beat"):
        live_processes.start(name)

    # Everyone is asked once.
    everyone = {person.email for person in made.recording.people}
    wait_until(lambda: len(smtp_server.mails) >= len(everyone), seconds=120, what="the last mail")
    assert sorted(smtp_server.addresses()) == sorted(everyone)

    # Who wants to, answers; twice is once, and looking is not answering.
    links = links_by_address(smtp_server.mails)
    scores = made.scores()
    silent = next(email for email in everyone if email not in scores)
    assert set(answer_all(links, scores)) == {303}
    assert look(links[silent])[0] == 200
    first = next(iter(scores))
    assert send(links[first], scores[first]) in {200, 303}
    assert len(who_answered(made.wave)) == len(scores) >= 200

    # The wave ends, and the worker turns answers into figures.
    made.end_wave()
    wait_until(lambda: made.wave.state == Wave.State.CLOSED, seconds=60, what="closing")
    assert look(links[silent])[0] == 404
    assert not Submission.objects.exists()
    assert Response.objects.filter(wave=made.wave).count() == len(scores)
    whole = Participation.objects.get(wave=made.wave, unit__depth=1)
    assert (whole.answered, whole.invited) == (len(scores), len(everyone))
    assert smtp_server.addresses().count(silent) == 1
    assert set(Mail.objects.values_list("state", flat=True)) == {Mail.State.SENT}
    wait_until(lambda: WaveVerdict.objects.filter(wave=made.wave).exists(), seconds=60, what="the audit")

    # They are the figures that the answers give, and what is missing is missing by the rule.
    exported = tmp_path / "figures.csv"
    call_command("figures", "export", organisation="loop", to=exported, stdout=StringIO())
    recorded, figures = Recorded.read(made.folder), pd.read_csv(exported)
    for wave in (1, 2, 3):
        report = compare_wave(recorded, figures, wave)
        assert report.problems == []
        assert report.largest_difference < 1e-9
        assert min(report.full, report.partial, report.hidden) > 0
