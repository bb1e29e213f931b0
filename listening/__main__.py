"""`python -m listening up` and `… demo`: everything under one process, until Ctrl-C."""

import argparse
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .embedded import DataFolder, ServiceError
from .embedded.postgres import Postgres
from .embedded.program import Program
from .embedded.valkey import Valkey
from .supervisor import Supervisor
from .supervisor.console import StopAsked, ignore_signals, say, stop_on_signals
from .supervisor.lock import FolderLock
from .supervisor.survivors import end_survivors

PROJECT = Path(__file__).resolve().parent.parent
FIRST_PORT = 8000
PORTS_TO_TRY = 50
SECONDS_FOR_THE_WEB = 60


@dataclass(frozen=True, slots=True)
class Start:
    """What one start is made of. `environment` is what every process of it gets."""

    demo: bool
    folder: DataFolder
    host: str
    port: int
    environment: dict[str, str]

    @property
    def address(self) -> str:
        return self.environment["BASE_URL"]

    def services(self) -> list[Program]:
        services: list[Program] = []
        if not self.environment.get("DATABASE_URL"):
            services.append(Postgres(self.folder))
        if not self.environment.get("REDIS_URL"):
            services.append(Valkey(self.folder))
        return services

    def programs(self) -> list[Program]:
        celery = [sys.executable, "-m", "celery", "-A", "listening"]
        worker = ["worker", "--loglevel=INFO", "--concurrency=2", "--without-gossip", "--without-mingle"]
        beat = ["beat", "--loglevel=INFO", f"--schedule={self.folder.root / 'beat'}", "--pidfile="]
        return [
            self._program("web", [sys.executable, "-m", "gunicorn", "-c", "python:listening.gunicorn"]),
            self._program("worker", [*celery, *worker], seconds_to_stop=30),
            self._program("beat", [*celery, *beat]),
        ]

    def _program(self, name: str, command: list[str], seconds_to_stop: float = 12) -> Program:
        log = self.folder.logs / f"{name}.log"
        return Program(name, command, log, self.environment, seconds_to_stop=seconds_to_stop)


def settle(demo: bool) -> Start:
    """Fill in what the environment leaves open."""
    given = os.environ
    mode = "demo" if demo else "production"
    folder = DataFolder(Path(given.get("POLSSLAG_DATA") or PROJECT / ".polsslag" / mode).resolve())
    host = given.get("HOST", "127.0.0.1")
    port = choose_port(host, given.get("PORT"))
    environment = {
        **given,
        "POLSSLAG_ENV": mode,
        "POLSSLAG_DATA": str(folder.root),
        "HOST": host,
        "PORT": str(port),
        "BASE_URL": given.get("BASE_URL") or f"http://127.0.0.1:{port}",
        "PYTHONUNBUFFERED": "1",
    }
    if not demo and not given.get("SECRET_KEY"):
        environment["SECRET_KEY"] = remembered_key(folder)
    return Start(demo, folder, host, port, environment)


def remembered_key(folder: DataFolder) -> str:
    path = folder.root / "secret-key"
    if not path.exists():
        folder.root.mkdir(mode=0o711, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text()


def choose_port(host: str, wanted: str | None) -> int:
    if wanted:
        if not is_free(host, int(wanted)):
            raise ServiceError(f"Port {wanted} is in use by another program. Set PORT to another number.")
        return int(wanted)
    for port in range(FIRST_PORT, FIRST_PORT + PORTS_TO_TRY):
        if is_free(host, port):
            if port != FIRST_PORT:
                say(f"Port {FIRST_PORT} is in use by another program; taking {port}. (PORT=… chooses one.)")
            return port
    raise ServiceError(f"Ports {FIRST_PORT} to {port} are all in use. Set PORT to a free one.")


def is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def prepare(start: Start) -> str:
    """Bring the database up to date; returns what people should know, such as the logins of the demo."""
    outcome = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, str(PROJECT / "manage.py"), "prepare"],
        env=start.environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        start_new_session=True,
    )
    if outcome.returncode:
        raise ServiceError("The database could not be brought up to date; the reason stands above.")
    return outcome.stdout


def wait_for_web(start: Start, web: Program) -> None:
    url = f"http://127.0.0.1:{start.port}/health/"
    deadline = time.monotonic() + SECONDS_FOR_THE_WEB
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            if not web.alive():
                break
            time.sleep(0.1)
    raise ServiceError(f"The web server did not start. {web.last_words()}")


@contextmanager
def all_running(start: Start) -> Iterator[tuple[Supervisor, str]]:
    services = start.services()
    supervisor = Supervisor(start.folder)
    try:
        for service in services:
            supervisor.start(service)
        notice = prepare(start)
        web, *others = start.programs()
        supervisor.start(web)
        for program in others:
            supervisor.start(program)
        wait_for_web(start, web)
        yield supervisor, notice
    finally:
        ignore_signals()
        say("Stopping …")
        supervisor.stop(services)
        say("Stopped. The data stays; the next start goes on with it.")


def run(demo: bool) -> None:
    began = time.monotonic()
    stop_on_signals()
    start = settle(demo)
    lock = FolderLock(start.folder)
    lock.take()
    end_survivors(start.folder)
    say("Starting …")
    with all_running(start) as (supervisor, notice):
        lock.note(f"{start.address}, process {os.getpid()}")
        say(f"Polsslag runs at {start.address} (ready in {time.monotonic() - began:.0f} s)")
        say(notice)
        if not start.demo and not start.environment.get("EMAIL_URL"):
            say("Mails wait until EMAIL_URL names your mail server; see docs/operating.md.")
        say(f"Logs: {start.folder.logs}. Ctrl-C stops everything.")
        supervisor.keep_running()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m listening", description=__doc__)
    parser.add_argument("what", choices=["up", "demo"])
    try:
        run(demo=parser.parse_args().what == "demo")
    except StopAsked:
        return 0
    except (ServiceError, PermissionError) as error:
        say(str(error), colour=31)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
