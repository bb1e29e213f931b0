"""What the commands that export have in common: `NAME export --organisation SLUG --to FILE`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError

from accounts.models import Organisation


class ExportCommand(BaseCommand):
    """`what`: said of the subcommand in the help. `things`: what was counted."""

    what: ClassVar[str]
    things: ClassVar[str]

    def write(self, organisation: Organisation, to: Path) -> int:
        """Write the file; the number of things in it."""
        raise NotImplementedError

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        exporting = commands.add_parser("export", help=self.what)
        exporting.add_argument("--organisation", required=True, metavar="SLUG")
        exporting.add_argument("--to", required=True, type=Path, metavar="FILE")

    def handle(self, *, organisation: str, to: Path, **options: Any) -> None:
        count = self.write(_with_slug(organisation), to)
        self.stdout.write(f"{count} {self.things} written to {to}")


def _with_slug(slug: str) -> Organisation:
    """Raises CommandError that says what to do."""
    try:
        found = Organisation.objects.filter(slug=slug).first()
        known = ", ".join(Organisation.objects.values_list("slug", flat=True)) or "none"
    except OperationalError as error:
        raise CommandError(f"The database cannot be reached: {error}".strip()) from error
    except ProgrammingError as error:
        raise CommandError(
            "This database has no tables yet. Start the product once, or run 'manage.py migrate'."
        ) from error
    if found is None:
        raise CommandError(f"There is no organisation '{slug}'. Known: {known}.")
    return found
