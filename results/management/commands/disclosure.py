"""`manage.py disclosure audit` and `export`: whether anyone can be singled out by what was released."""

from __future__ import annotations

import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.utils import timezone

from results import verdicts
from results.audit import files
from results.audit.evidence import Evidence
from results.audit.judging import judge
from results.audit.reading import read_wave
from results.audit.report import lines
from surveys.models import Wave

LEAST_MINIMUM = 5


class Command(BaseCommand):
    help = (
        "disclosure audit [--wave ID | --from DIR] · disclosure export --wave ID --to DIR; docs/auditing.md."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        auditing = commands.add_parser("audit", help="judge what was released; exit status 1 on a breach")
        source = auditing.add_mutually_exclusive_group()
        source.add_argument("--wave", type=int, metavar="ID", help="default: all closed waves")
        source.add_argument(
            "--from", type=Path, dest="folder", metavar="DIR", help="an exported folder instead"
        )
        auditing.add_argument(
            "--keep", action="store_true", help="with --wave: keep the verdict as that of the wave"
        )
        auditing.add_argument(
            "--minimum",
            type=minimum,
            default=LEAST_MINIMUM,
            metavar="K",
            help="the promised minimum, with --from; default: 5",
        )
        exporting = commands.add_parser("export", help="write a wave as files for another auditor")
        exporting.add_argument("--wave", type=int, required=True, metavar="ID")
        exporting.add_argument("--to", type=Path, required=True, metavar="DIR")

    @no_translations
    def handle(self, *, command: str, **options: Any) -> None:
        try:
            if command == "export":
                self.export(closed_wave(options["wave"]), options["to"])
            else:
                self.audit(**options)
        except files.EvidenceError as error:
            raise CommandError(str(error)) from error

    def export(self, wave: Wave, folder: Path) -> None:
        evidence = read_wave(wave)
        try:
            files.write(evidence, folder)
        except OSError as error:
            raise CommandError(f"{folder}: {error.strerror}") from error
        self.stdout.write(
            f"{len(evidence.releases)} figures and {len(evidence.comments)} pools of comments over "
            f"{len(evidence.atoms)} atoms written to {folder}"
        )

    def audit(
        self, *, wave: int | None, folder: Path | None, minimum: int, keep: bool, **options: Any
    ) -> None:
        breaches = audited = 0
        for evidence in found(wave, folder, minimum):
            started = time.perf_counter()
            verdict = judge(evidence)
            for line in lines(evidence, verdict):
                self.stdout.write(line)
            self.stdout.write(f"  {time.perf_counter() - started:.1f} s")
            audited += 1
            breaches += not verdict.passed
        if keep and wave is not None:
            verdicts.audit_wave(wave, now=timezone.now(), again=True)
        if breaches:
            raise CommandError(f"{breaches} of {audited} waves with a breach.")
        self.stdout.write(
            f"{audited} waves audited, no breach." if audited else "There is no closed wave to audit."
        )


def found(wave: int | None, folder: Path | None, minimum: int) -> Iterator[Evidence]:
    if folder is not None:
        yield files.read_folder(folder, minimum=minimum)
    elif wave is not None:
        yield read_wave(closed_wave(wave))
    else:
        for one in Wave.objects.closed().order_by("organisation", "opened_at"):
            yield read_wave(one)


def closed_wave(wave_id: int) -> Wave:
    wave = Wave.objects.closed().filter(pk=wave_id).first()
    if wave is None:
        known = (
            ", ".join(map(str, Wave.objects.closed().order_by("pk").values_list("pk", flat=True))) or "none"
        )
        raise CommandError(f"There is no closed wave {wave_id}. Known: {known}.")
    return wave


def minimum(text: str) -> int:
    if text.isdecimal() and int(text) >= LEAST_MINIMUM:
        return int(text)
    raise ArgumentTypeError(f"give a number from {LEAST_MINIMUM}, not '{text}'")
