"""Telling a worker that there is a report to make. The row says so too: the tick finds what nobody began."""

from __future__ import annotations

from dashboards.models import ReportRun
from orgunits.workers import tell_a_worker

TASK = "dashboards.tasks.make_report"


def start_soon(run: ReportRun) -> None:
    tell_a_worker(TASK, run.pk)
