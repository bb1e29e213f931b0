"""Bringing the database up to date before anything uses it: `manage.py prepare` as a process of its own."""

import os
import signal
import subprocess
import sys

from .embedded import ServiceError
from .start import PROJECT, Start
from .waiting import GO_ON, WAITS


class Preparation:
    """It loads from now on; the database need not be there before `finish`."""

    def __init__(self, start: Start) -> None:
        environment = {"DATABASE_URL": start.folder.database_url(), **start.environment, WAITS: "1"}
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, os.fspath(PROJECT / "manage.py"), "prepare"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )

    def finish(self) -> str:
        """What people should know, such as the logins of the demo."""
        told, _nothing = self.process.communicate(GO_ON)
        if self.process.returncode:
            raise ServiceError("The database could not be brought up to date; the reason stands above.")
        return told.decode()

    def stop(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)  # with the process that it may have beside it
        self.process.communicate()
