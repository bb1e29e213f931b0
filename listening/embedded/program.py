"""A child process with a log file, a way to stop and a guarantee to end with its parent."""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..waiting import GO_ON, WAITS
from .account import launcher
from .errors import ServiceError

LOG_BYTES_KEPT = 10 * 1024**2


@dataclass(slots=True)
class Program:
    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    seconds_to_stop: float = 10
    service_needs: Sequence[Path] | None = None  # paths it must reach as the service account, not as ours
    waits: bool = False  # whether it only loads until `go_on`
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.turn_log()
        before = launcher(dies_with=self.stop_signal, service_needs=self.service_needs)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - commands are our own
                [*before, *self.command],
                stdin=subprocess.PIPE if self.waits else subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**(self.environment or os.environ), WAITS: "1"} if self.waits else self.environment,
                # Ctrl-C must reach the parent alone, which then stops its children in order.
                start_new_session=True,
            )

    def go_on(self) -> None:
        self.waits = False
        if self.process is not None and self.process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.write(GO_ON)
                self.process.stdin.close()

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        if self.process is not None and self.alive():
            self.process.send_signal(self.stop_signal)

    def stop(self) -> None:
        """Ask, wait, and after `seconds_to_stop` kill; nothing of the process group is left."""
        if self.process is None:
            return
        self.ask_to_stop()
        try:
            self.process.wait(self.seconds_to_stop)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.sweep()

    def sweep(self) -> None:
        """End what a process that is gone left behind in its group."""
        if self.process is None or self.alive():
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return

    def last_lines(self, count: int = 15) -> str:
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])

    def last_words(self) -> str:
        return f"Its last words ({self.log}):\n{self.last_lines()}"

    def turn_log(self) -> None:
        """Keep a long log as `.log.1` and go on with an empty one, also while the process writes to it."""
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES_KEPT:
            shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
            os.truncate(self.log, 0)


def package_folder(name: str) -> Path:
    """Where a package is installed, found without running its code."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ServiceError(f"The package {name} is not installed. Run 'make prepare'.")
    return Path(spec.submodule_search_locations[0])
