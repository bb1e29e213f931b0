"""Telling a worker of an import. The rows say so too: the tick finds what nobody began."""

from __future__ import annotations

from accounts.workers import tell_a_worker

TASK = "orgunits.tasks.go_on_with_imports"


def start_soon() -> None:
    """Whichever is next: the worker looks for it by itself."""
    tell_a_worker(TASK)
