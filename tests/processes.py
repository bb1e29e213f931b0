"""The product's real processes, run against the database of the test that is running."""

import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connection

from listening.embedded import DataFolder
from listening.embedded.folder import WEB_ROLE, WORKER_ROLE
from listening.embedded.program import Program
from listening.start import Start

from . import services
from .smtp import free_port


def wait_until(holds: Callable[[], bool], *, seconds: float = 30, what: str = "it") -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {seconds} s")
        time.sleep(0.05)


@dataclass(slots=True)
class LiveProcesses:
    """Starts `web`, `worker` and `beat`. The test must use `transactional_db`, or they see no rows."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)  # what a test adds or changes
    running: list[Program] = field(default_factory=list)
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, name: str) -> Program:
        program = self.program(name)
        program.start()
        self.running.append(program)
        ready = {
            "web": self.web_answers,
            "worker": self._says("ready."),
            "beat": self._says("beat: Starting"),
        }
        try:
            wait_until(
                lambda: ready[name](program) or not program.alive(), seconds=60, what=f"{name}'s start"
            )
            assert program.alive()
        except AssertionError as error:
            raise AssertionError(f"{error}\n{program.last_lines(40)}") from error
        return program

    def kill(self, program: Program) -> None:
        """End it and all it started as a power cut would: no signal that it could act on."""
        assert program.process is not None
        os.killpg(program.process.pid, 9)
        program.process.wait()

    def stop(self) -> None:
        for program in reversed(self.running):
            program.stop()

    def program(self, name: str) -> Program:
        database = connection.settings_dict["NAME"]
        environment = {
            **os.environ,
            "DATABASE_URL": services.folder.database_url(str(database)),
            "WEB_DATABASE_URL": services.folder.database_url(str(database), role=WEB_ROLE),
            "WORKER_DATABASE_URL": services.folder.database_url(str(database), role=WORKER_ROLE),
            "EMAIL_URL": f"smtp://{settings.EMAIL_HOST}:{settings.EMAIL_PORT}",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "BASE_URL": self.url,
            "PYTHONUNBUFFERED": "1",
            **self.environment,
        }
        start = Start(False, DataFolder(self.folder), "127.0.0.1", self.port, environment)
        return next(program for program in start.programs() if program.name == name)

    def web_answers(self, program: Program) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health/", timeout=5):  # noqa: S310 - our own address
                return True
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def _says(self, words: str) -> Callable[[Program], bool]:
        return lambda program: program.log.exists() and words in program.log.read_text()
