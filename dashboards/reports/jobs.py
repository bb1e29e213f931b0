"""Telling a worker that there is a report to make. The row says so too: the tick finds what nobody began."""

from __future__ import annotations

from accounts.workers import tell_a_worker
from dashboards.models import ReportRun

TASK = "dashboards.tasks.make_report"


def start_soon(run: ReportRun) -> None:
    tell_a_worker(TASK, run.pk)
