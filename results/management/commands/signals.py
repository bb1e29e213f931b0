from __future__ import annotations

import json
from pathlib import Path

from accounts.models import Organisation
from results.management.exporting import ExportCommand
from results.signals import queries


class Command(ExportCommand):
    help = "signals export --organisation SLUG --to FILE: all signals that were raised, as JSON lines."
    what = "write all raised signals as JSON lines"
    things = "signals"

    def write(self, organisation: Organisation, to: Path) -> int:
        with to.open("w", encoding="utf-8") as file:
            count = 0
            for row in queries.exported(organisation):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                count += 1
        return count
