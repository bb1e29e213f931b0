from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation

from accounts.languages import supported
from accounts.privacy_sheet import as_markdown


class Command(BaseCommand):
    help = "Print the privacy sheet: what is stored, how long, and who reads it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--language", default="en")

    def handle(self, *, language: str, **_options: Any) -> None:
        with translation.override(supported(language) or "en"):
            self.stdout.write(as_markdown(), ending="")
