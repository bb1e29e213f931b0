"""Importing people from CSV: a first time, and once more without a change."""

from __future__ import annotations

import time
from collections.abc import Iterator

from django.utils import timezone

from accounts.models import Organisation
from orgunits.imports.services import import_people

from . import organisations
from .copying import copy_seconds
from .measures import Measure

PEOPLE, UNITS = 20_000, 2_000
MOST_SECONDS = 20
TABLES = ("orgunits_employee", "orgunits_orgunit", "orgunits_rolegrant", "accounts_user")


def measures() -> Iterator[Measure]:
    organisation = organisations.found("importing")
    content = organisations.people_of("importing", PEOPLE, UNITS)
    first = import_seconds(organisation, content)
    reference = copy_seconds(TABLES, "organisation_id", organisation.pk)
    yield Measure("import 20,000 people", first, "s", reference, at_most=MOST_SECONDS, of_value=True)
    yield Measure("the same file once more", import_seconds(organisation, content), "s", reference)


def import_seconds(organisation: Organisation, content: bytes) -> float:
    began = time.perf_counter()
    import_people(organisation, content=content, by=None, now=timezone.now())
    return time.perf_counter() - began
