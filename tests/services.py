"""PostgreSQL and Valkey of the test run: one of each, shared by all parallel workers.

Importing this settles the environment that Django's settings will read. A DATABASE_URL or REDIS_URL from
outside is replaced: tests never touch a server that may hold something.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from listening.embedded import DataFolder
from listening.embedded.postgres import THROWAWAY_SETTINGS, Postgres
from listening.embedded.program import Program
from listening.embedded.valkey import Valkey
from listening.translations import compile_changed

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
if not WORKER:
    os.environ["POLSSLAG_DATA"] = tempfile.mkdtemp(prefix="polsslag-test-")
    atexit.register(shutil.rmtree, os.environ["POLSSLAG_DATA"], ignore_errors=True)
folder = DataFolder(Path(os.environ["POLSSLAG_DATA"]))
worker_number = int(WORKER.removeprefix("gw") or 0)

os.environ["DJANGO_SETTINGS_MODULE"] = "listening.settings"
os.environ["POLSSLAG_ENV"] = "test"
os.environ["DATABASE_URL"] = folder.database_url()
os.environ["REDIS_URL"] = folder.valkey_url(worker_number)
os.environ.pop("EMAIL_URL", None)

services: list[Program] = []


def start() -> None:
    if WORKER:
        return
    compile_changed()
    folder.root.chmod(0o711)
    for service in (Postgres(folder, own=THROWAWAY_SETTINGS), Valkey(folder)):
        services.append(service)
        service.start()


def stop() -> None:
    if WORKER:
        return
    for service in reversed(services):
        service.stop()
