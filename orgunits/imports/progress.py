"""How far a worker is with an import. It stands in the cache: whoever loses it only loses the bar."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.core.cache import cache

Progress = Callable[[int], None]  # called with how many people have been dealt with so far

KEPT_SECONDS = 3600
BETWEEN_SECONDS = 0.3


def unwatched(_done: int) -> None:
    """For work that nobody looks at."""


@dataclass(slots=True)
class Bar:
    """Writes down at most three times a second how many of `total` have been dealt with.

    The work of one step may go by the people more than once; `begun` is what was done before this time.
    """

    run_id: int
    total: int
    begun: int = 0
    written: float = field(default=0, init=False)

    def __call__(self, done: int) -> None:
        now = time.monotonic()
        if now - self.written > BETWEEN_SECONDS:
            self.written = now
            cache.set(key(self.run_id), (min(self.begun + done, self.total), self.total), KEPT_SECONDS)


def progress_of(run_id: int) -> tuple[int, int] | None:
    """Done and total; None while nothing has been written down."""
    found: tuple[int, int] | None = cache.get(key(run_id))
    return found


def forget_progress(run_id: int) -> None:
    cache.delete(key(run_id))


def key(run_id: int) -> str:
    return f"import-progress:{run_id}"
