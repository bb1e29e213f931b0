"""What a reply or an exception says about a mail: was it accepted?

A mail that may have been accepted is never sent again, so every doubt counts as `UNKNOWN`.
"""

from __future__ import annotations

import re
import smtplib
from dataclasses import dataclass, replace
from enum import Enum

from anymail.exceptions import (
    AnymailAPIError,
    AnymailCancelSend,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
)
from django.core.mail.message import BadHeaderError
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

FAULTS_OF_THE_MAIL = (
    BadHeaderError,
    AnymailCancelSend,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
)
OF_POLICY = re.compile(r"^5\d\d[ -]5\.7\.")  # RFC 3463: about the sender or the text, not about the address
WAIT_FOR_THE_SERVICE = {401, 403, 404, 407, 408, 429, 503}
LONGEST_WORDS = 500


class Fate(Enum):
    ACCEPTED = "accepted"
    REFUSED = "refused"
    NOT_ACCEPTED = "not accepted this time"
    UNKNOWN = "perhaps accepted"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`server_failed`: the trouble is not this mail's, so the next one would fare no better.

    `bad_address`: the address takes no mail, so a mail of a later wave would fare no better either.
    `service_id`: what a mail service calls the mail when it tells later what became of it.
    """

    fate: Fate
    words: str = ""
    server_failed: bool = False
    bad_address: bool = False
    service_id: str = ""


def outcome_of(error: Exception, *, body_sent: bool) -> Outcome:
    """Of an exception of any backend. `body_sent` is also true when that is not known."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, reply = next(iter(error.recipients.values()))
            return of_recipient(code, reply)
        case smtplib.SMTPDataError():
            return of_reply(error.smtp_code, error.smtp_error, body_sent=body_sent)
        case smtplib.SMTPSenderRefused():
            return Outcome(Fate.NOT_ACCEPTED, words_of(error), server_failed=True)
        case AnymailAPIError():
            return of_service(error)
    if isinstance(error, FAULTS_OF_THE_MAIL):
        refused = isinstance(error, AnymailRecipientsRefused | AnymailInvalidAddress)
        return Outcome(Fate.REFUSED, words_of(error), bad_address=refused)
    return of_failure(error, body_sent=body_sent)


def of_recipient(code: int, reply: bytes | str) -> Outcome:
    """A refusal of the address itself, unless the server says that it is a matter of policy."""
    outcome = of_reply(code, reply, body_sent=False)
    refused = outcome.fate is Fate.REFUSED and not OF_POLICY.match(outcome.words)
    return replace(outcome, bad_address=refused)


def of_reply(code: int, reply: bytes | str, *, body_sent: bool) -> Outcome:
    """RFC 5321: 4xx may work later, 5xx never will, 421 also ends the connection."""
    words = clean(f"{code} {decoded(reply)}")
    if 500 <= code < 600:
        return Outcome(Fate.REFUSED, words)
    if 400 <= code < 500:
        return Outcome(Fate.NOT_ACCEPTED, words, server_failed=code == 421)
    if not body_sent:
        return Outcome(Fate.NOT_ACCEPTED, words, server_failed=True)
    if 200 <= code < 300:
        return Outcome(Fate.ACCEPTED)
    return Outcome(Fate.UNKNOWN, words, server_failed=True)


def of_service(error: Exception) -> Outcome:
    """A mail service over HTTP. After 500, 502, 504 or silence it may still have taken the mail."""
    status, words = getattr(error, "status_code", None), words_of(error)
    if status in WAIT_FOR_THE_SERVICE or (status is None and never_connected(error)):
        return Outcome(Fate.NOT_ACCEPTED, words, server_failed=True)
    if status is not None and 400 <= status < 500:
        return Outcome(Fate.REFUSED, words)
    return Outcome(Fate.UNKNOWN, words, server_failed=True)


def never_connected(error: Exception) -> bool:
    request_error = error.__cause__
    failure = request_error.args[0] if request_error and request_error.args else None
    return isinstance(getattr(failure, "reason", None), NewConnectionError | ConnectTimeoutError)


def of_failure(error: Exception, *, body_sent: bool) -> Outcome:
    """Not a word from the server: a lost connection, or a mail that cannot be written down."""
    if body_sent:
        return Outcome(Fate.UNKNOWN, words_of(error), server_failed=True)
    if isinstance(error, OSError):
        return Outcome(Fate.NOT_ACCEPTED, words_of(error), server_failed=True)
    return Outcome(Fate.REFUSED, words_of(error))


def words_of(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return clean(f"{error.smtp_code} {decoded(error.smtp_error)}")
    return clean(f"{type(error).__name__}: {error}")


def decoded(reply: bytes | str) -> str:
    return reply.decode(errors="replace") if isinstance(reply, bytes) else reply


def clean(words: str) -> str:
    return " ".join(words.replace("\x00", "").split())[:LONGEST_WORDS]
