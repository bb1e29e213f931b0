"""`python -m listening up` and `… demo`: everything under one process, until Ctrl-C."""

import argparse
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from .embedded import ServiceError
from .embedded.program import Program
from .preparing import Preparation
from .start import Start, data_folder, settle
from .supervisor import Supervisor
from .supervisor.console import StopAsked, ignore_signals, say, stop_on_signals
from .supervisor.lock import FolderLock
from .supervisor.survivors import end_survivors

SECONDS_FOR_THE_WEB = 60
ANY_HOST = {"0.0.0.0", "::"}  # noqa: S104 - only compared with


def wait_for_web(start: Start, web: Program) -> None:
    host = "127.0.0.1" if start.host in ANY_HOST else start.host
    url = f"http://{host}:{start.port}/health/"
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
    web, *others = start.programs()
    supervisor = Supervisor(start.folder)
    preparation = Preparation(start)
    try:
        web.waits = start.demo  # elsewhere it must find the static files that are collected first
        for program in [*services, web] if web.waits else services:
            supervisor.start(program)
        notice = preparation.finish()
        if web.waits:
            web.go_on()
        else:
            supervisor.start(web)
        wait_for_web(start, web)  # first, so that pages need not wait for the others to load
        for program in others:
            supervisor.start(program)
        yield supervisor, notice
    finally:
        ignore_signals()
        say("Stopping …")
        preparation.stop()
        supervisor.stop(services)
        say("Stopped. The data stays; the next start goes on with it.")


def run(demo: bool) -> None:
    began = time.monotonic()
    stop_on_signals()
    folder = data_folder(demo)
    lock = FolderLock(folder)
    lock.take()
    end_survivors(folder)
    start = settle(demo, folder)
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
    except (ServiceError, OSError) as error:
        say(str(error), colour=31)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
