"""What a worker process does in the tests that kill it. Imported once by the server that forks them."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "listening.settings")
django.setup()

from django.db import connection  # noqa: E402

from results.mixing import mix  # noqa: E402
from results.services import close_wave  # noqa: E402
from surveys.waves.services import open_due_waves, stop_accepting  # noqa: E402


def close(wave_id: int, now: datetime) -> None:
    stop_accepting(wave_id, now=now)
    close_wave(wave_id, now=now)


WORK: dict[str, Callable[..., Any]] = {"open": open_due_waves, "mix": mix, "close": close}


def work(database: str, name: str, *arguments: Any) -> None:
    connection.settings_dict["NAME"] = database
    WORK[name](*arguments)
