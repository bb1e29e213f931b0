"""`python -m listening.embedded`: the services alone, until Ctrl-C; for trying things by hand."""

import os
import signal
from pathlib import Path

from . import DataFolder
from .postgres import Postgres
from .valkey import Valkey

folder = DataFolder(Path(os.environ.get("POLSSLAG_DATA", ".polsslag")))
signal.signal(signal.SIGTERM, signal.default_int_handler)
services = [Postgres(folder), Valkey(folder)]
try:
    for service in services:
        service.start()
    signal.pause()
except KeyboardInterrupt:
    for service in reversed(services):
        service.stop()
