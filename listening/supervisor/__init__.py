"""Starts programs in order, keeps them running, and stops them in reverse order."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from listening.embedded import DataFolder, ServiceError
from listening.embedded.program import Program

from . import survivors
from .console import say

SECONDS_BETWEEN_LOOKS = 0.5
LONGEST_PAUSE = 30.0
SECONDS_TO_BE_WELL = 60.0


@dataclass(slots=True)
class Watched:
    """A program and when it may be started again."""

    program: Program
    started: float = 0.0
    failures: int = 0
    next_start: float | None = None

    def start(self) -> None:
        self.started = time.monotonic()
        self.next_start = None
        self.program.start()

    def look(self) -> None:
        self.program.turn_log()
        if self.next_start is not None:
            if time.monotonic() >= self.next_start:
                self._start_again()
        elif not self.program.alive():
            self._plan_restart()

    def _plan_restart(self) -> None:
        self.program.sweep()
        if time.monotonic() - self.started > SECONDS_TO_BE_WELL:
            self.failures = 0
        pause = min(2.0**self.failures, LONGEST_PAUSE)
        self.failures += 1
        self.next_start = time.monotonic() + pause
        if self.failures == 1:
            say(self.program.last_lines(), who=self.program.name, colour=31)
        say(f"{self.program.name} stopped; it starts again in {pause:.0f} s. Log: {self.program.log}")

    def _start_again(self) -> None:
        try:
            self.start()
        except ServiceError as error:
            say(str(error), who=self.program.name, colour=31)


@dataclass(slots=True)
class Supervisor:
    folder: DataFolder
    watched: list[Watched] = field(default_factory=list)

    def start(self, program: Program) -> None:
        watched = Watched(program)
        self.watched.append(watched)
        watched.start()
        self._record()

    def keep_running(self) -> None:
        """Watch until `StopAsked`."""
        while True:
            for watched in self.watched:
                watched.look()
            self._record()
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def stop(self, services: Sequence[Program] = ()) -> None:
        """Stop the programs that use the `services` together, then the services, last started first."""
        programs = [watched.program for watched in reversed(self.watched)]
        users = [program for program in programs if program not in services]
        for program in users:
            program.ask_to_stop()
        for program in [*users, *(program for program in programs if program in services)]:
            program.stop()
        self.watched.clear()
        self._record()

    def _record(self) -> None:
        survivors.record(self.folder, [watched.program for watched in self.watched])
