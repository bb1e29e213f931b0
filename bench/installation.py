"""An installation of its own to measure: PostgreSQL, Valkey and settings in a folder that is thrown away.

Imported before anything of Django's, since it settles the environment that the settings read.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from listening.embedded import DataFolder
from listening.embedded.postgres import Postgres
from listening.embedded.valkey import Valkey


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def installation() -> Iterator[DataFolder]:
    folder = DataFolder(Path(tempfile.mkdtemp(prefix="polsslag-bench-")))
    folder.root.chmod(0o711)
    port = free_port()
    for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL"):
        os.environ.pop(name, None)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "POLSSLAG_ENV": "production",
        "POLSSLAG_DATA": str(folder.root),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "BASE_URL": f"http://127.0.0.1:{port}",
        "LOG_LEVEL": "WARNING",
    }
    services = [Postgres(folder), Valkey(folder)]
    try:
        for service in services:
            service.start()
        yield folder
    finally:
        for service in reversed(services):
            service.stop()
        shutil.rmtree(folder.root, ignore_errors=True)
