"""A recording goes through the same services as the web does, at simulated times."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import Organisation
from orgunits.imports.people import UnitPath
from orgunits.imports.services import import_people
from orgunits.models import ChangeEvent, OrgUnit
from results.mixing import mix
from results.services import close_wave
from results.verdicts import audit_wave
from surveys.answering.services import Answers, submit
from surveys.mailing.recorded import count_as_sent
from surveys.models import Cycle, Wave
from surveys.waves.services import open_wave, stop_accepting

from .recording import Event, Recording, Reply, people_file

BEFORE_OPENING = timedelta(hours=12)
SEED = 20


class ReplayError(Exception):
    """The product did something else with the recording than what was recorded."""


@dataclass(frozen=True, slots=True)
class WaveOutcome:
    number: int
    invited: int
    answered: int
    shown: int
    withheld: int
    seconds: float


@dataclass(slots=True)
class Replay:
    """Plays the waves of a launched cycle whose people and questions are those of the recording.

    Run it in one transaction, or while no worker is busy on the same database: it would find waves that, by
    its own clock, are long over. `rounds`: moments in a wave at which people answer.
    """

    cycle: Cycle
    recording: Recording
    rounds: int = 6
    arrivals: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311

    @property
    def organisation(self) -> Organisation:
        return self.cycle.organisation

    def play(self, numbers: Iterable[int]) -> Iterator[WaveOutcome]:
        for number in numbers:
            yield self.play_wave(number)

    def play_wave(self, number: int) -> WaveOutcome:
        from results.signals.raising import read_wave  # here: the demo waits for no more than it needs

        started = time.perf_counter()
        wave = self.open(number)
        answered = self.gather(wave)
        closing = close_wave(wave.pk, now=wave.closes_at)
        if closing is None:
            raise ReplayError(f"Wave {number} could not be closed.")
        audit_wave(wave.pk, now=wave.closes_at)
        wave.refresh_from_db()
        read_wave(wave, now=wave.closes_at)
        invited = wave.invitations.count()
        seconds = time.perf_counter() - started
        return WaveOutcome(number, invited, answered, closing.shown, closing.withheld, seconds)

    @transaction.atomic
    def open(self, number: int) -> Wave:
        """After the moves and events before it."""
        self.cycle.refresh_from_db()
        opening = self.cycle.next_opens_at
        if opening is None:
            raise ReplayError(f"The cycle has no date for wave {number}.")
        self.change_organisation(number, now=opening - BEFORE_OPENING)
        wave = open_wave(self.cycle, now=opening)
        if wave is None or wave.number != number:
            raise ReplayError(f"Wave {number} did not open at {opening}.")
        return wave

    def change_organisation(self, wave: int, *, now: datetime) -> None:
        if self.recording.moves_before(wave):
            content = people_file(self.recording.people_before(wave))
            import_people(self.organisation, content=content, by=None, now=now)
        events = self.recording.events_before(wave)
        if events:
            self.record_events(events, now=now)

    def record_events(self, events: Sequence[Event], *, now: datetime) -> None:
        units = units_by_path(self.organisation)
        day = now.astimezone(self.organisation.zone).date()
        ChangeEvent.objects.bulk_create(
            ChangeEvent(
                organisation=self.organisation,
                name=event.name,
                kind=event.kind,
                on=day,
                unit=units[event.unit_path],
            )
            for event in events
        )

    @transaction.atomic
    def gather(self, wave: Wave) -> int:
        """All answers of an open wave, until it accepts no more; how many there are."""
        count_as_sent(wave.mails.all(), now=wave.opened_at)
        answered = self.answer(wave, self.recording.replies.get(wave.number, ()), until=wave.closes_at)
        stop_accepting(wave.pk, now=wave.closes_at)
        return answered

    def answer(self, wave: Wave, replies: Sequence[Reply], *, until: datetime) -> int:
        """Everyone's answers in a few rounds, with mixing in between as the worker does."""
        invited = wave.invitations.values_list("employee__employee_id", "pk")
        invitations = {str(employee_id): pk for employee_id, pk in invited}
        positions = {code: str(position) for position, code in enumerate(self.codes)} | {"": ""}
        arriving = [answers_of(reply, invitations, positions) for reply in replies]
        self.arrivals.shuffle(arriving)
        accepted = 0
        for place, answers in enumerate(rounds_of(arriving, self.rounds)):
            if place:
                mix(wave.pk)
            moment = wave.opened_at + (until - wave.opened_at) * (place + 0.5) / self.rounds
            accepted += submit(wave, answers, now=moment)
        if accepted != len(replies):
            raise ReplayError(f"Wave {wave.number} took {accepted} of {len(replies)} answers.")
        return accepted

    @property
    def codes(self) -> list[str]:
        return [question.code for question in self.recording.questions]


def rounds_of(arriving: Sequence[Answers], rounds: int) -> Iterator[Sequence[Answers]]:
    """Half of those who are left answer in each round, and in the last one all."""
    left = arriving
    for place in range(rounds):
        now_answering = len(left) if place == rounds - 1 else len(left) // 2
        yield left[:now_answering]
        left = left[now_answering:]


def answers_of(reply: Reply, invitations: Mapping[str, int], positions: Mapping[str, str]) -> Answers:
    invitation = invitations.get(reply.employee_id)
    if invitation is None:
        raise ReplayError(f"{reply.employee_id} answered, but was not invited.")
    comments = {positions[code]: text for code, text in reply.comments.items()}
    return Answers(invitation, list(reply.scores), comments)


def units_by_path(organisation: Organisation) -> dict[UnitPath, OrgUnit]:
    """By path of names; of two with the same path the one that has not ended."""
    units = list(OrgUnit.objects.filter(organisation=organisation))
    paths: dict[str, UnitPath] = {"": ()}
    found: dict[UnitPath, OrgUnit] = {}
    for unit in sorted(units, key=lambda unit: (unit.depth, unit.ended_on is not None)):
        path = (*paths[unit.path[: -OrgUnit.steplen]], unit.name)
        paths[unit.path] = path
        found.setdefault(path, unit)
    return found
