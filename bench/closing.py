"""Closing a wave and auditing it, each in a process of its own whose memory is watched."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from surveys.models import Wave

from . import organisations
from .copying import copy_seconds
from .measures import Measure

TABLES = ("results_response", "results_atom", "results_block", "results_release", "results_participation")
EARLIER, SMALL, LARGE = 2_000, 20_000, 100_000
PEOPLE_IN_A_UNIT = 10
MOST_SECONDS, MOST_MEGABYTES = 10, 500
MOST_AUDIT_SECONDS, MOST_AUDIT_MEGABYTES = 30, 1000
DAYS, MOST_SECONDS_WITH_FILTERS = 5, 180
MOST_GROWTH = 1.25  # of the processor time per person, from small to large


@dataclass(frozen=True, slots=True)
class Closed:
    seconds: float
    processor_seconds: float
    megabytes: float
    audit_seconds: float
    audit_megabytes: float
    copy_seconds: float


def measures() -> Iterator[Measure]:
    closed(EARLIER)
    # From here on the statistics of the tables know of that wave only, as they would in an installation.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    small = closed(SMALL)
    yield Measure(
        "close 20,000 × 10 × 2,000",
        small.seconds,
        "s",
        small.copy_seconds,
        at_most=MOST_SECONDS,
        of_value=True,
    )
    yield Measure("its memory at most", small.megabytes, "MB", at_most=MOST_MEGABYTES)
    yield Measure(
        "audit of it", small.audit_seconds, "s", small.seconds, at_most=MOST_AUDIT_SECONDS, of_value=True
    )
    yield Measure("its memory at most", small.audit_megabytes, "MB", at_most=MOST_AUDIT_MEGABYTES)
    everything = closed(SMALL, days=DAYS)
    yield Measure(
        "close and certify it with live figures and filters on 3 traits",
        everything.seconds + everything.audit_seconds,
        "s",
        small.seconds + small.audit_seconds,
        at_most=MOST_SECONDS_WITH_FILTERS,
        of_value=True,
    )
    most = max(everything.megabytes, everything.audit_megabytes)
    yield Measure("its memory at most", most, "MB", at_most=MOST_AUDIT_MEGABYTES)
    large = closed(LARGE)
    yield Measure("close 100,000 × 10 × 10,000", large.seconds, "s", large.copy_seconds)
    yield Measure("its memory at most", large.megabytes, "MB")
    per_person = large.processor_seconds / LARGE * 1e6, small.processor_seconds / SMALL * 1e6
    yield Measure("processor time a person, large", per_person[0], "µs", per_person[1], at_most=MOST_GROWTH)


def closed(people: int, *, days: int = 0) -> Closed:
    """With `days` in which live cells are closed, and traits to filter by."""
    units = people // PEOPLE_IN_A_UNIT
    wave = organisations.made(f"closing{people}-{days}", people=people, units=units)
    organisations.set_traits(wave, ("contract", "age", "function") if days else ())
    accepted = organisations.everyone_answers(wave, now=wave.opened_at, days=days)
    assert accepted == people
    Wave.objects.filter(pk=wave.pk).update(state=Wave.State.CLOSING)
    told = {**alone("bench.close_one", wave), **alone("bench.audit_one", wave)}
    return Closed(**told, copy_seconds=copy_seconds(TABLES, "wave_id", wave.pk))


def alone(module: str, wave: Wave) -> dict[str, float]:
    command = [sys.executable, "-m", module, str(wave.pk)]
    told: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return told
