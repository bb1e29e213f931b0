"""Load on a local server: some connections that each send their next request when the last was answered."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

CONNECTIONS = 8


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    body: str = ""
    status: int = 200

    def as_bytes(self) -> bytes:
        body = self.body.encode()
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: 127.0.0.1:{os.environ['PORT']}"]
        if body:
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(slots=True)
class Load:
    """What was measured: the time as a whole and of each request, in seconds."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    @property
    def p95(self) -> float:
        return float(np.percentile(self.latencies, 95))

    def __iadd__(self, other: Load) -> Load:
        self.seconds += other.seconds
        self.latencies += other.latencies
        return self


def put_load(visits: Sequence[Sequence[Request]]) -> Load:
    """The requests of a visit follow each other on one connection."""
    return asyncio.run(put_load_at_once(visits))


async def put_load_at_once(visits: Sequence[Sequence[Request]]) -> Load:
    load = Load()
    left = iter(visits)
    began = time.perf_counter()
    await asyncio.gather(*(keep_sending(left, load) for _ in range(CONNECTIONS)))
    load.seconds = time.perf_counter() - began
    return load


async def keep_sending(visits: Iterator[Iterable[Request]], load: Load) -> None:
    connection = Connection()
    for visit in visits:
        for request in visit:
            began = time.perf_counter()
            status = await connection.send(request)
            load.latencies.append(time.perf_counter() - began)
            if status != request.status:
                raise RuntimeError(f"{request.method} {request.path}: {status}, not {request.status}")
    connection.close()


@dataclass(slots=True)
class Connection:
    """Kept open from request to request, and opened again when the server has closed it."""

    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None

    async def send(self, request: Request) -> int:
        if self.reader is None or self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", int(os.environ["PORT"]))
        self.writer.write(request.as_bytes())
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = head.partition("content-length:")[2].partition("\r\n")[0]
        await self.reader.readexactly(int(length or 0))
        if "connection: close" in head:
            self.close()
        return int(head.split(maxsplit=2)[1])

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None
