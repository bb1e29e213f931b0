"""The mailbox to which undelivered mails are reported: over IMAP, or a Maildir of this machine.

Nothing is deleted. What has been read is marked as seen, only after it was recorded, so that stopping at any
moment loses nothing; reports about mails that are not known are flagged for a person to look at.
"""

from __future__ import annotations

import logging
import mailbox
import ssl
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from imap_tools import AND, BaseMailBox, MailBox, MailboxFlagError, MailBoxStartTls, MailMessageFlags
from imap_tools.utils import check_command_status

from surveys.mailing.bounces import Report, take_report

MOST = 500  # at once; the next tick goes on
LARGEST = 2 * 1024**2  # bytes; larger ones return whole mails that are not ours
TIMEOUT = 20
logger = logging.getLogger(__name__)


class Reports(Protocol):
    def unseen(self) -> Iterator[tuple[str, bytes]]:
        """Key and content of each."""

    def mark(self, key: str, *, flagged: bool) -> None: ...


def read_mailbox(url: str, *, now: datetime) -> Counter[Report]:
    """How many there were of each kind. Raises ImproperlyConfigured for an address that leads nowhere."""
    found: Counter[Report] = Counter()
    with opened(url) as reports:
        for key, content in reports.unseen():
            report = read_one(key, content, now=now)
            reports.mark(key, flagged=report is Report.UNKNOWN_MAIL)
            found[report] += 1
    return found


def read_one(key: str, content: bytes, *, now: datetime) -> Report:
    """What cannot be read at all is left for a person, and does not stand in the way of the next."""
    if len(content) > LARGEST:
        return Report.UNKNOWN_MAIL
    try:
        return take_report(content, now=now)
    except (LookupError, ValueError, TypeError, AttributeError):
        logger.warning("message %s in the mailbox for bounces cannot be read", key)
        return Report.UNKNOWN_MAIL


@contextmanager
def opened(url: str) -> Iterator[Reports]:
    parts = urlsplit(url)
    if parts.scheme == "maildir":
        yield MaildirReports(parts.path)
    elif parts.scheme in {"imaps", "imap"} and parts.hostname:
        with connected(parts) as box:
            yield ImapReports(box)
    else:
        raise ImproperlyConfigured(
            "BOUNCE_MAILBOX_URL must be imaps://user:password@host/INBOX or maildir:///path."
        )


@contextmanager
def connected(parts: SplitResult) -> Iterator[BaseMailBox]:
    """Never without encryption, or to another server than that: `imap` begins with STARTTLS."""
    host, folder = str(parts.hostname), unquote(parts.path.strip("/")) or "INBOX"
    certified = ssl.create_default_context()  # without one, imaplib takes any certificate
    box: BaseMailBox
    if parts.scheme == "imaps":
        box = MailBox(host, parts.port or 993, timeout=TIMEOUT, ssl_context=certified)
    else:
        box = MailBoxStartTls(host, parts.port or 143, timeout=TIMEOUT, ssl_context=certified)
    with box.login(unquote(parts.username or ""), unquote(parts.password or ""), initial_folder=folder):
        yield box


class ImapReports:
    def __init__(self, box: BaseMailBox) -> None:
        self.box = box

    def unseen(self) -> Iterator[tuple[str, bytes]]:
        for message in self.box.fetch(AND(seen=False), mark_seen=False, limit=MOST):
            if message.uid is not None:
                yield message.uid, message.obj.as_bytes()

    def mark(self, key: str, *, flagged: bool) -> None:
        """Not by the library's own way, which also erases whatever a person has marked as deleted."""
        flags = " ".join([MailMessageFlags.SEEN, *([MailMessageFlags.FLAGGED] if flagged else [])])
        check_command_status(self.box.client.uid("STORE", key, "+FLAGS", f"({flags})"), MailboxFlagError)


class MaildirReports:
    def __init__(self, path: str) -> None:
        self.path = Path(path)
        try:
            self.box = mailbox.Maildir(path, factory=None, create=False)
        except mailbox.NoSuchMailboxError as error:
            raise ImproperlyConfigured(f"There is no Maildir at {path} (BOUNCE_MAILBOX_URL).") from error

    def unseen(self) -> Iterator[tuple[str, bytes]]:
        """By the names alone, which hold the flags: `key` in new, `key:2,flags` in cur."""
        names = [file.name for folder in ("new", "cur") for file in (self.path / folder).iterdir()]
        unseen = sorted(name.partition(":")[0] for name in names if "S" not in name.partition(":2,")[2])
        for key in unseen[:MOST]:
            yield key, self.box.get_bytes(key)

    def mark(self, key: str, *, flagged: bool) -> None:
        message = self.box.get_message(key)
        message.set_subdir("cur")
        message.add_flag("SF" if flagged else "S")
        self.box[key] = message
