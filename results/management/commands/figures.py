from __future__ import annotations

import csv
from pathlib import Path

from accounts.models import Organisation
from results import export
from results.management.exporting import ExportCommand


class Command(ExportCommand):
    help = "figures export --organisation SLUG --to FILE: all released final figures as CSV."
    what = "write all released final figures as CSV"
    things = "figures"

    def write(self, organisation: Organisation, to: Path) -> int:
        with to.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(export.HEADER)
            count = 0
            for row in export.final_figures(organisation):
                writer.writerow(row)
                count += 1
        return count
