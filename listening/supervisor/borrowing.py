"""PostgreSQL and Valkey for the time of one command, when nothing runs them already.

Who finds them running uses them. Who starts them stops them too, but waits for the others who use them by
then.
"""

import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
import redis

from listening.embedded import DataFolder, ServiceError
from listening.embedded.postgres import SECONDS_TO_START, Postgres
from listening.embedded.program import Program
from listening.embedded.valkey import Valkey

from .lock import FolderLock

SECONDS_BETWEEN_LOOKS = 0.1


@contextmanager
def services_running(folder: DataFolder, names: Sequence[str], *, who: str) -> Iterator[None]:
    """`names`: of "postgres" and "valkey" those that are needed; `who` is told to others that must wait.

    Raises ServiceError.
    """
    lock = FolderLock(folder)
    started: list[Program] = []
    with in_use(folder) as use:
        try:
            if wait_for_services(folder, names, lock):
                lock.note(f"{who}, process {os.getpid()}")
                start(folder, names, started)
            yield
        finally:
            if started:
                use.wait_for_others()
            for service in reversed(started):
                service.stop()
            lock.release()


def wait_for_services(folder: DataFolder, names: Sequence[str], lock: FolderLock) -> bool:
    """Whether they have to be started, with the lock then held; False once they run."""
    deadline = time.monotonic() + SECONDS_TO_START
    while not all(ANSWERS[name](folder) for name in names):
        try:
            lock.take()
        except ServiceError:
            # Someone is starting or stopping them at this moment.
            if time.monotonic() > deadline:
                raise
            time.sleep(SECONDS_BETWEEN_LOOKS)
        else:
            return True
    return False


def start(folder: DataFolder, names: Sequence[str], started: list[Program]) -> None:
    for name in names:
        if not ANSWERS[name](folder):
            service = Postgres(folder) if name == "postgres" else Valkey(folder)
            started.append(service)
            service.start()


def postgres_answers(folder: DataFolder) -> bool:
    try:
        psycopg.connect(folder.database_url(), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def valkey_answers(folder: DataFolder) -> bool:
    client = redis.Redis.from_url(folder.valkey_url())
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
    finally:
        client.close()


ANSWERS = {"postgres": postgres_answers, "valkey": valkey_answers}


class Use:
    """A shared lock on the folder's services; the system drops it with its process."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def wait_for_others(self) -> None:
        fcntl.flock(self.descriptor, fcntl.LOCK_EX)


@contextmanager
def in_use(folder: DataFolder) -> Iterator[Use]:
    folder.root.mkdir(mode=0o711, parents=True, exist_ok=True)
    descriptor = os.open(folder.root / "in-use", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield Use(descriptor)
    finally:
        os.close(descriptor)
