"""What the supervisor says, and the signals by which it is told to stop."""

import os
import signal
import sys
from types import FrameType

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopAsked(BaseException):
    """Someone pressed Ctrl-C, closed the terminal or sent SIGTERM."""


def stop_on_signals() -> None:
    def stop(number: int, frame: FrameType | None) -> None:
        raise StopAsked

    for number in STOP_SIGNALS:
        signal.signal(number, stop)


def ignore_signals() -> None:
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def say(text: str, *, who: str = "polsslag", colour: int = 36) -> None:
    """Print lines with the name of who speaks before each, in colour on a terminal."""
    name = f"\x1b[{colour}m{who:>8}\x1b[0m" if sys.stdout.isatty() else f"{who:>8}"
    try:
        for line in text.splitlines():
            print(f"{name} | {line}", flush=True)  # noqa: T201
    except OSError:
        # The terminal was closed, or who read the pipe is gone; what is running must still be stopped.
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - for the rest of the process
