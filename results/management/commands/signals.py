from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError

from accounts.models import Organisation
from results.signals import queries


class Command(BaseCommand):
    help = "signals export --organisation SLUG --to FILE: all signals that were raised, as JSON lines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        exporting = commands.add_parser("export", help="write all raised signals as JSON lines")
        exporting.add_argument("--organisation", required=True, metavar="SLUG")
        exporting.add_argument("--to", required=True, type=Path, metavar="FILE")

    def handle(self, *, organisation: str, to: Path, **options: Any) -> None:
        try:
            found = Organisation.objects.filter(slug=organisation).first()
            known = ", ".join(Organisation.objects.values_list("slug", flat=True)) or "none"
        except OperationalError as error:
            raise CommandError(f"The database cannot be reached: {error}".strip()) from error
        except ProgrammingError as error:
            raise CommandError(
                "This database has no tables yet. Start the product once, or run 'manage.py migrate'."
            ) from error
        if found is None:
            raise CommandError(f"There is no organisation '{organisation}'. Known: {known}.")
        with to.open("w", encoding="utf-8") as file:
            count = 0
            for row in queries.exported(found):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                count += 1
        self.stdout.write(f"{count} signals written to {to}")
