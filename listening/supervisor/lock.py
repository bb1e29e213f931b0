"""One supervisor for one data folder."""

import fcntl
import os
from dataclasses import dataclass

from listening.embedded import DataFolder, ServiceError


@dataclass(slots=True)
class FolderLock:
    """The system drops the lock with its process, so it is never stale."""

    folder: DataFolder
    descriptor: int = -1

    def take(self) -> None:
        self.folder.root.mkdir(mode=0o711, parents=True, exist_ok=True)
        path = self.folder.root / "lock"
        self.descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            note = path.read_text().strip()
            self.release()
            raise ServiceError(
                f"Polsslag already runs on {self.folder.root} ({note}). "
                "Use that one, stop it with Ctrl-C there, or set POLSSLAG_DATA to another folder."
            ) from None
        self.note(f"process {os.getpid()}")

    def note(self, text: str) -> None:
        os.truncate(self.descriptor, 0)
        os.pwrite(self.descriptor, text.encode(), 0)

    def release(self) -> None:
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1
