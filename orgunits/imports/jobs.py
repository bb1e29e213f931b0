"""Telling a worker of an import. The rows say so too: the tick finds what nobody began."""

from __future__ import annotations

from orgunits.models import ImportRun
from orgunits.workers import tell_a_worker

TASK = "orgunits.tasks.go_on_with_imports"


def start_soon(run: ImportRun) -> None:
    tell_a_worker(TASK)  # which looks for it by itself
