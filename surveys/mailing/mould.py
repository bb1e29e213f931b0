"""Mails as they go over the wire, cast from a mould.

All mails of a letter are alike but for a few words. Python's e-mail package writes the mould once, with marks
in place of these words; each mail is then the mould with its own words. Writing every mail anew took longer
than handing it to the server.
"""

from __future__ import annotations

import re
import secrets
from binascii import b2a_qp
from dataclasses import dataclass
from email.header import Header
from functools import lru_cache
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import sanitize_address

SLOTS = ("subject", "to", "date", "message_id", "text", "html", "token")
# Letters and digits only, so that no encoding changes them; random, so that no text holds them.
MARKS = {name: f"mark{secrets.token_hex(14)}" for name in SLOTS}
SLOT_OF = {mark.encode(): name for name, mark in MARKS.items()}
ANY_MARK = re.compile(b"(" + b"|".join(SLOT_OF) + b")")

# Nearly all of them; Django parses an address twice over to find that nothing of it needs changing.
PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class Mould:
    sender: str
    pieces: list[bytes]  # every second one is the mark of a slot

    @classmethod
    def of(cls, blank: LetterMail) -> Mould:
        """`blank` has the marks where its mails differ."""
        return cls(blank.returned_to(), ANY_MARK.split(written(blank)))

    def cast(self, words: dict[str, bytes]) -> bytes:
        pieces = self.pieces.copy()
        pieces[1::2] = [words[SLOT_OF[mark]] for mark in pieces[1::2]]
        return b"".join(pieces)


class LetterMail(EmailMultiAlternatives):
    """To one person. Whoever changes its headers takes the mould away, and it is written as any mail."""

    mixed_subtype = "mixed"

    def __init__(
        self, *args: Any, token: str, mould: Mould | None, bounce_address: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.token, self.mould, self.bounce_address = token, mould, bounce_address

    def returned_to(self) -> str:
        """Where the mail servers on the way report that it could not be delivered."""
        return sanitize_address(self.bounce_address or self.from_email, "utf-8")

    def on_the_wire(self) -> tuple[str, str, bytes]:
        """Sender, recipient and message. Raises ValueError for an address that cannot be written down."""
        [address] = self.to
        recipient = address if PLAIN_ADDRESS.fullmatch(address) else sanitize_address(address, "utf-8")
        if self.mould is None:
            return self.returned_to(), recipient, written(self)
        html, _kind = self.alternatives[0]
        words = {
            "subject": encoded_subject(str(self.subject)),
            "to": recipient.encode("ascii"),
            "date": self.extra_headers["Date"].encode("ascii"),
            "message_id": self.extra_headers["Message-ID"].encode("ascii"),
            "token": self.token.encode("ascii"),
            "text": quoted_printable(str(self.body)),
            "html": quoted_printable(str(html)),
        }
        return self.mould.sender, recipient, self.mould.cast(words)


def written(message: EmailMultiAlternatives) -> bytes:
    as_bytes: Any = message.message().as_bytes  # its types know no `linesep`
    content: bytes = as_bytes(linesep="\r\n")
    return content


@lru_cache(maxsize=64)
def encoded_subject(subject: str) -> bytes:
    charset = None if subject.isascii() else "utf-8"
    return Header(subject, charset, header_name="Subject").encode(linesep="\r\n").encode("ascii")


def quoted_printable(text: str) -> bytes:
    """By line, since nearly all lines are those of the mail before."""
    return b"".join(map(quoted_line, text.split("\n")))[:-2]


@lru_cache(maxsize=2048)
def quoted_line(line: str) -> bytes:
    return b2a_qp(f"{line}\r\n".encode())
