"""The data folder, and the addresses that follow from it.

The services listen on sockets inside the folder and on no port, so every process finds them from the
folder alone, and two checkouts never meet.
"""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

# The kernel takes 107 bytes for a socket's path (103 on macOS); PostgreSQL names its own ".s.PGSQL.5432".
LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432")
DATABASE = "polsslag"
ROLE = "polsslag"  # owns the tables
WEB_ROLE = "polsslag_web"
WORKER_ROLE = "polsslag_worker"


@dataclass(frozen=True, slots=True)
class DataFolder:
    root: Path

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def valkey(self) -> Path:
        return self.root / "valkey"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def sockets(self) -> Path:
        inside = self.root.resolve() / "run"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
            return inside
        name = hashlib.sha256(os.fsencode(inside)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"polsslag-{os.getuid()}-{name}"

    def database_url(self, database: str = DATABASE, *, role: str = ROLE) -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self.sockets), safe='')}"

    def valkey_url(self, number: int = 0) -> str:
        return f"unix://{quote(str(self.sockets / 'valkey.sock'))}?db={number}"
