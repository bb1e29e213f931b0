"""What one start of everything is made of: its folder, address, environment, services and programs."""

import errno
import os
import secrets
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from .embedded import DataFolder, ServiceError
from .embedded.folder import WEB_ROLE, WORKER_ROLE
from .embedded.postgres import RELAXED_SETTINGS, Postgres
from .embedded.program import Program
from .embedded.valkey import Valkey
from .supervisor.console import say

PROJECT = Path(__file__).resolve().parent.parent
FIRST_PORT = 8000
LAST_PORT = 65535
PORTS_TO_TRY = 50
DATABASE_OF = {WEB_ROLE: "WEB_DATABASE_URL", WORKER_ROLE: "WORKER_DATABASE_URL"}


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
            services.append(Postgres(self.folder, own=RELAXED_SETTINGS if self.demo else {}))
        if not self.environment.get("REDIS_URL"):
            services.append(Valkey(self.folder))
        return services

    def programs(self) -> list[Program]:
        celery = [sys.executable, "-m", "celery", "-A", "listening.celery"]
        worker = ["worker", "--loglevel=INFO", "--concurrency=2", "--without-gossip", "--without-mingle"]
        beat = ["beat", "--loglevel=INFO", f"--schedule={self.folder.root / 'beat'}", "--pidfile="]
        return [
            self._program(
                "web", [sys.executable, "-m", "gunicorn", "-c", "python:listening.gunicorn"], WEB_ROLE
            ),
            self._program("worker", [*celery, *worker], WORKER_ROLE, seconds_to_stop=30),
            self._program("beat", [*celery, *beat], WORKER_ROLE),
        ]

    def _program(self, name: str, command: list[str], role: str, seconds_to_stop: float = 12) -> Program:
        """`role`: what it is in the database, where only preparing is done as the owner of the tables.

        It is told no address but its own: whoever takes over the web process must not find the worker's.
        """
        log = self.folder.logs / f"{name}.log"
        environment = {**self.environment, **self._database_as(role)}
        for others in DATABASE_OF.values():
            environment.pop(others, None)
        return Program(name, command, log, environment, seconds_to_stop=seconds_to_stop)

    def _database_as(self, role: str) -> dict[str, str]:
        if not self.environment.get("DATABASE_URL"):
            return {"DATABASE_URL": self.folder.database_url(role=role)}
        own = self.environment.get(DATABASE_OF[role])
        return {"DATABASE_URL": own} if own else {}


def data_folder(demo: bool) -> DataFolder:
    root = os.environ.get("POLSSLAG_DATA") or PROJECT / ".polsslag" / mode(demo)
    return DataFolder(Path(root).resolve())


def mode(demo: bool) -> str:
    return "demo" if demo else "production"


def settle(demo: bool, folder: DataFolder) -> Start:
    """Fill in what the environment leaves open."""
    given = os.environ
    host = given.get("HOST", "127.0.0.1")
    port = choose_port(host, given.get("PORT"))
    environment = {
        **given,
        "POLSSLAG_ENV": mode(demo),
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
        draft = path.with_suffix(".new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        draft.rename(path)
    return path.read_text()


def choose_port(host: str, wanted: str | None) -> int:
    if wanted:
        if not wanted.isdecimal() or not 1 <= int(wanted) <= LAST_PORT:
            raise ServiceError(f"PORT is '{wanted}'; give a number from 1 to {LAST_PORT}.")
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
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise ServiceError(
                f"The web server may not listen on {host}, port {port}: {error.strerror}. Set HOST or PORT."
            ) from error
        return True
