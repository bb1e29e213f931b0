"""Mails as files, named by time and recipients, so that listing and searching open none of them."""

import email
import email.policy
import os
import re
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote, unquote

KEY = re.compile(r"\d{19}-[0-9a-f]{8}")
LONGEST_RECIPIENTS = 180  # a file's name takes 255 bytes


@dataclass(frozen=True, slots=True)
class StoredMail:
    path: Path

    @property
    def key(self) -> str:
        return self.path.name[:28]

    @property
    def recipients(self) -> str:
        return unquote(self.path.name.removesuffix(".eml")[29:])

    @property
    def sent_at(self) -> datetime:
        return datetime.fromtimestamp(int(self.path.name[:19]) / 1e9, UTC)

    def read(self) -> EmailMessage:
        with self.path.open("rb") as file:
            return email.message_from_binary_file(file, policy=email.policy.default)

    @property
    def subject(self) -> str:
        return str(self.read()["Subject"] or "")

    def body(self, kind: str) -> str:
        """The part in `kind`, "plain" or "html"; empty when the mail has none."""
        part = self.read().get_body((kind,))
        return str(part.get_content()) if isinstance(part, EmailMessage) else ""


@dataclass(frozen=True, slots=True)
class MailStore:
    folder: Path

    def add(self, raw: bytes, recipients: Sequence[str]) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        names = quote(",".join(recipients).lower(), safe="@,+")[:LONGEST_RECIPIENTS]
        name = f"{time.time_ns()}-{secrets.token_hex(4)}-{names}.eml"
        draft = self.folder / f".{name[:28]}"
        draft.write_bytes(raw)
        draft.rename(self.folder / name)  # a reader sees a whole mail or none

    def newest_first(self, search: str = "") -> list[StoredMail]:
        wanted = quote(search.strip().lower(), safe="@,+")
        names = sorted((name for name in self._names() if wanted in name[29:]), reverse=True)
        return [StoredMail(self.folder / name) for name in names]

    def find(self, key: str) -> StoredMail | None:
        if not KEY.fullmatch(key):
            return None
        return next((StoredMail(path) for path in self.folder.glob(f"{key}-*.eml")), None)

    def _names(self) -> Iterator[str]:
        if self.folder.exists():
            yield from (entry for entry in os.listdir(self.folder) if entry.endswith(".eml"))
