"""An organisation whose next wave is due at this moment, for processes that read the real clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from accounts.models import Organisation
from listening.replay.engine import Replay
from listening.replay.founding import add_questions, empty_organisation, root_of
from listening.replay.reading import read_recording
from listening.replay.recording import Recording, Reply, people_file
from orgunits.imports.services import import_people
from surveys.cycles.services import CyclePlan, create_cycle, launch_cycle
from surveys.models import Cycle, Wave
from surveys.waves.services import close_early
from tests import recordings

EVERY = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Loop:
    """`recording` says what people answer in the wave that is due."""

    cycle: Cycle
    recording: Recording
    folder: Path

    @property
    def organisation(self) -> Organisation:
        return self.cycle.organisation

    @property
    def wave(self) -> Wave:
        return self.cycle.waves.get(number=self.recording.waves)

    @property
    def replies(self) -> dict[str, Reply]:
        """By e-mail address."""
        emails = {person.employee_id: person.email for person in self.recording.people}
        return {emails[reply.employee_id]: reply for reply in self.recording.replies[self.recording.waves]}

    def scores(self) -> dict[str, tuple[int | None, ...]]:
        return {email: reply.scores for email, reply in self.replies.items()}

    def end_wave(self) -> None:
        """As HR does; the worker closes it."""
        close_early(self.wave, by=None, now=timezone.now())


def loop(folder: Path, shape: recordings.Shape, *, reminder_after_days: int | None = None) -> Loop:
    """All waves but the last are replayed; the last one is due since a minute."""
    recording = read_recording(recordings.write(folder, shape))
    opening = (timezone.localtime() - timedelta(minutes=1)).replace(second=0, microsecond=0)
    cycle = launched(recording, opening, reminder_after_days)
    for _outcome in Replay(cycle, recording).play(range(1, recording.waves)):
        pass
    return Loop(cycle, recording, folder)


def launched(recording: Recording, opening: datetime, reminder_after_days: int | None) -> Cycle:
    first = opening - EVERY * (recording.waves - 1)
    before = first - timedelta(days=1)
    organisation = empty_organisation(recording.name, slug="loop", now=before)
    organisation.mails_per_minute = 60_000
    organisation.save()
    import_people(organisation, content=people_file(recording.people), by=None, now=before)
    plan = CyclePlan(
        name="Pulse",
        units=[root_of(organisation)],
        questions=add_questions(organisation, recording.questions),
        recurrence=f"FREQ=DAILY;INTERVAL={EVERY.days};COUNT={recording.waves}",
        starts_on=first.date(),
        send_at=opening.time(),
        days_open=7,
        reminder_after_days=reminder_after_days,
    )
    return launch_cycle(create_cycle(organisation, plan=plan, by=None, now=before), by=None, now=before)
