"""Organisations of any size, made through the product's services."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from django.utils import timezone

from accounts.models import Organisation
from listening.replay.founding import add_questions, root_of
from listening.replay.recording import RecordedQuestion, people_file
from orgunits.founding.services import found_organisation
from orgunits.imports.people import Person, UnitPath
from orgunits.imports.services import import_people
from results.live import close_cells
from results.mixing import mix
from surveys.answering.services import Answers, submit
from surveys.cycles.services import CyclePlan, create_cycle, launch_cycle
from surveys.models import Wave
from surveys.waves.services import open_wave

BRANCHES = 10  # units below each unit
SEED = 7
AN_HOUR_AGO = timedelta(hours=1)


def unit_paths(units: int) -> list[UnitPath]:
    """A tree in which every unit has ten others below it, as far as they go."""
    paths: list[UnitPath] = [("Bench",)]
    for number in range(1, units):
        paths.append((*paths[(number - 1) // BRANCHES], f"Unit {number}"))
    return paths


def people_of(slug: str, people: int, units: int) -> bytes:
    """As people.csv; spread evenly, the first of each unit leads it."""
    paths = unit_paths(units)
    leaders = {path: f"{slug}{number}@example.org" for number, path in enumerate(paths)}
    return people_file(
        Person(
            line=0,
            employee_id=f"B{number:06}",
            email=f"{slug}{number}@example.org",
            first_name=f"First {number}",
            last_name=f"Last {number}",
            unit_path=(path := paths[number % units]),
            manager_email=leaders[path] if number >= units else leaders.get(path[:-1], ""),
            language="nl",
            joined_on=None,
            traits={"contract": "fixed" if number % 3 else "temporary"},
        )
        for number in range(people)
    )


def found(slug: str) -> Organisation:
    organisation = found_organisation("Bench", founder=None, now=timezone.now() - AN_HOUR_AGO, slug=slug)
    organisation.mails_per_minute = 1_000_000
    organisation.save()
    return organisation


def open_wave_for(organisation: Organisation, *, questions: int, themes: int = 4) -> Wave:
    """Everyone of the organisation is invited, since this minute."""
    now = timezone.localtime().replace(second=0, microsecond=0)
    before = now - AN_HOUR_AGO
    asked = [
        RecordedQuestion(
            f"B{number}", f"Statement {number}", f"Stelling {number}", theme=f"theme {number % themes}"
        )
        for number in range(1, questions + 1)
    ]
    plan = CyclePlan(
        name="Bench",
        units=[root_of(organisation)],
        questions=add_questions(organisation, asked),
        recurrence="FREQ=YEARLY;COUNT=1",
        starts_on=now.date(),
        send_at=now.time(),
    )
    cycle = create_cycle(organisation, plan=plan, by=None, now=before)
    launch_cycle(cycle, by=None, now=before)
    wave = open_wave(cycle, now=now)
    assert wave is not None
    return wave


def made(slug: str, *, people: int, units: int, questions: int = 10, themes: int = 4) -> Wave:
    organisation = found(slug)
    import_people(organisation, content=people_of(slug, people, units), by=None, now=timezone.now())
    return open_wave_for(organisation, questions=questions, themes=themes)


VALUES = {
    "contract": ("fixed", "temporary"),
    "age": ("<25", "25-34", "35-44", "45-54", "55+"),
    "function": ("field work", "front office", "policy", "support"),
}


def set_traits(wave: Wave, names: Sequence[str]) -> None:
    """Of those invited, each with a value by chance."""
    chance = np.random.default_rng(SEED)
    invitations = list(wave.invitations.order_by("pk"))
    for one in invitations:
        one.bands = {name: str(chance.choice(VALUES[name])) for name in names}
    wave.invitations.bulk_update(invitations, ["bands"], batch_size=1000)


def everyone_answers(wave: Wave, now: datetime, *, days: int = 0) -> int:
    """In an order by chance; with `days`, spread over them, as the worker would mix their answers."""
    questions = wave.questions.count()
    invitations = list(wave.invitations.order_by("pk").values_list("pk", flat=True))
    chance = np.random.default_rng(SEED)
    scores = np.clip(np.rint(chance.normal(3.4, 1.0, (len(invitations), questions))), 1, 5).astype(int)
    answers = [Answers(pk, given) for pk, given in zip(invitations, scores.tolist(), strict=True)]
    if not days:
        return submit(wave, answers, now=now)
    order = chance.permutation(len(answers))
    accepted = 0
    for day, places in enumerate(np.array_split(order, days), start=1):
        accepted += submit(wave, [answers[place] for place in places.tolist()], now=now)
        mix(wave.pk)
        close_cells(wave.pk, now=now + timedelta(days=day))
    return accepted
