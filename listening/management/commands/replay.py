"""`manage.py replay DIR`: a recorded organisation goes through the whole product; docs/replay.md."""

from __future__ import annotations

import time
from argparse import ArgumentParser, ArgumentTypeError
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from listening.migrating import migrate_once
from listening.replay.engine import Replay, ReplayError
from listening.replay.founding import OrganisationInUseError, found
from listening.replay.reading import RecordingError, read_recording
from listening.replay.recording import Recording
from results.signals.models import Signal

COLUMNS = ("wave", "invited", "answered", "shown", "withheld", "seconds")
LONGEST_INTERVAL = 366


class Command(BaseCommand):
    help = "Replays a folder of people.csv, answers.csv and more under a simulated clock."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--organisation", metavar="SLUG", help="default: the name of the folder")
        parser.add_argument("--wave-days", type=days, default=14, metavar="DAYS", help="from wave to wave")

    @no_translations
    def handle(self, *, folder: Path, organisation: str | None, wave_days: int, **options: Any) -> None:
        if not folder.is_dir():
            raise CommandError(f"There is no folder {folder}.")
        started = time.perf_counter()
        slug = slugify(organisation or folder.resolve().name)
        if not slug:
            raise CommandError("Give the organisation a name with letters: --organisation SLUG.")
        try:
            recording = read_recording(folder)
            migrate_once()
            self.replay(recording, slug, wave_days)
        except (RecordingError, OrganisationInUseError, ReplayError) as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        self.stdout.write(f"Replayed '{slug}' in {time.perf_counter() - started:.1f} s.")

    @transaction.atomic
    def replay(self, recording: Recording, slug: str, wave_days: int) -> None:
        """All or nothing, also for a worker on the same database (see `Replay`)."""
        yesterday = timezone.localdate() - timedelta(days=1)
        cycle = found(recording, slug=slug, wave_days=wave_days, last_day=yesterday)
        self.stdout.write(
            f"{cycle.organisation}: {len(recording.people)} people, "
            f"{len(recording.questions)} questions, {recording.waves} waves"
        )
        self.write_row(*COLUMNS)
        for outcome in Replay(cycle, recording).play(range(1, recording.waves + 1)):
            self.write_row(
                outcome.number,
                outcome.invited,
                outcome.answered,
                outcome.shown,
                outcome.withheld,
                f"{outcome.seconds:.2f}",
            )
        raised = Signal.objects.filter(organisation=cycle.organisation).count()
        self.stdout.write(f"Signals raised: {raised}")

    def write_row(self, *cells: object) -> None:
        self.stdout.write("".join(f"{cell!s:>10}" for cell in cells))


def days(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= LONGEST_INTERVAL:
        return int(text)
    raise ArgumentTypeError(f"give a number of days from 1 to {LONGEST_INTERVAL}, not '{text}'")
