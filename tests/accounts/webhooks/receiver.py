"""Another system: a real HTTP server that keeps what it gets, and can be made to misbehave."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook


@dataclass(frozen=True, slots=True)
class Received:
    path: str
    headers: dict[str, str]
    body: str

    @property
    def number(self) -> str:
        return self.headers["webhook-id"]

    def verified_by(self, secret: str) -> Any:
        """What it says, if it is signed with this secret, and of these minutes; else it raises."""
        return Webhook(secret).verify(self.body, self.headers)


@dataclass(slots=True)
class Receiver:
    """Answers with `status`; `hangs` keeps the sender waiting, `redirects_to` sends it elsewhere."""

    status: int = 200
    redirects_to: str = ""
    answer: bytes = b""
    retry_after: str = ""
    hangs: threading.Event | None = None
    received: list[Received] = field(default_factory=list)
    answered: int = 0  # answers that were read to the end, or fitted in between
    server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        assert self.server is not None
        return f"http://127.0.0.1:{self.server.server_port}/hook?key=abc"

    def up(self) -> None:
        state = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                headers = {name.lower(): value for name, value in self.headers.items()}
                state.received.append(Received(self.path, headers, body))
                if state.hangs is not None:
                    state.hangs.wait()
                self.send_response(state.status)
                if state.redirects_to:
                    self.send_header("Location", state.redirects_to)
                if state.retry_after:
                    self.send_header("Retry-After", state.retry_after)
                self.send_header("Content-Length", str(len(state.answer)))
                self.end_headers()
                with suppress(ConnectionError):
                    self.wfile.write(state.answer)
                    state.answered += 1

            def log_message(self, *args: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def down(self) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
