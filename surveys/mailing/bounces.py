"""Reports that a mail could not be delivered, as mail servers send them (RFC 3464, and older forms)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, message_from_string
from email.message import Message
from enum import Enum

from django.db import transaction
from flufl.bounce import all_failures

from surveys.mailing.later import find_mail, is_about_address, is_for, note_returned
from surveys.mailing.outcomes import clean


class Report(Enum):
    """What a message in the mailbox was."""

    RECORDED = "about a mail of ours"
    TEMPORARY = "the server keeps trying"
    UNKNOWN_MAIL = "about a mail that is not known"
    OTHER = "something else, such as an answer that someone is away"


@dataclass(frozen=True, slots=True)
class Bounce:
    """`message_ids`: of the mail it is about."""

    permanent: frozenset[str]
    temporary: frozenset[str]
    message_ids: tuple[str, ...]
    words: str


def read_report(content: bytes) -> Bounce:
    message = message_from_bytes(content)
    temporary, permanent = all_failures(message)
    return Bounce(
        frozenset(one.decode().lower() for one in permanent),
        frozenset(one.decode().lower() for one in temporary),
        tuple(_message_ids(message)),
        clean(_words(message)),
    )


def _message_ids(report: Message) -> Iterator[str]:
    """Of the mail that is returned, whole or by its headers. Nobody else could know it."""
    for part in report.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822" and part.is_multipart():
            returned = part.get_payload(0)
        elif kind == "text/rfc822-headers":
            returned = message_from_string(str(part.get_payload(decode=False)))
        else:
            continue
        if isinstance(returned, Message) and returned["Message-ID"]:
            yield str(returned["Message-ID"]).strip()


def _words(report: Message) -> str:
    """The status and what the server said, of the first recipient."""
    for part in report.walk():
        if part.get_content_type() != "message/delivery-status" or not part.is_multipart():
            continue
        for block in part.get_payload():
            if isinstance(block, Message) and (block["Status"] or block["Diagnostic-Code"]):
                code = str(block["Diagnostic-Code"] or "").partition(";")
                return f"{block['Status'] or ''} {code[2] or code[0]}"
    return str(report["Subject"] or "")


@transaction.atomic
def take_report(content: bytes, *, now: datetime) -> Report:
    """Taking it twice changes nothing."""
    bounce = read_report(content)
    if not bounce.permanent and not bounce.temporary:
        return Report.OTHER
    if not bounce.permanent:
        return Report.TEMPORARY
    mail = find_mail(*bounce.message_ids)
    if mail is None:
        return Report.UNKNOWN_MAIL
    ours = any(is_for(mail, address) for address in bounce.permanent)
    note_returned(mail, bounce.words, bad_address=ours and is_about_address(bounce.words), now=now)
    return Report.RECORDED
