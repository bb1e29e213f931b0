"""Django's SMTP backend, which also knows whether a message has left, and sends letters from their mould."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

from surveys.mailing.mould import PLAIN_ADDRESS, LetterMail


class NotesBody:
    """For smtplib's classes: notes that a whole message, up to the closing dot, went to the server.

    From then on until its reply only the server knows whether the mail will be delivered.
    """

    body_sent = False

    def send(self, s: Any) -> None:
        super().send(s)  # type: ignore[misc]
        if isinstance(s, bytes):  # smtplib sends commands as text and only the message as bytes
            self.body_sent = True


class TakesPlainAddresses:
    """For smtplib's classes, which parse both addresses anew for each mail: plain ones only need brackets."""

    def mail(self, sender: str, options: Sequence[str] = ()) -> tuple[int, bytes]:
        if not PLAIN_ADDRESS.fullmatch(sender):
            return super().mail(sender, options)  # type: ignore[misc,no-any-return]
        return self.docmd("MAIL", " ".join([f"FROM:<{sender}>", *options]))  # type: ignore[attr-defined,no-any-return]

    def rcpt(self, recip: str, options: Sequence[str] = ()) -> tuple[int, bytes]:
        if not PLAIN_ADDRESS.fullmatch(recip):
            return super().rcpt(recip, options)  # type: ignore[misc,no-any-return]
        return self.docmd("RCPT", " ".join([f"TO:<{recip}>", *options]))  # type: ignore[attr-defined,no-any-return]


class NotingSMTP(NotesBody, TakesPlainAddresses, smtplib.SMTP):
    pass


class NotingSMTPOverTLS(NotesBody, TakesPlainAddresses, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return NotingSMTPOverTLS if self.use_ssl else NotingSMTP

    def open(self) -> bool | None:
        """Includes the greeting, so that a server which refuses all mail is known before one is offered."""
        opened = super().open()
        if opened and self.connection is not None:
            # Else the end of a long message waits until the server has confirmed the part before it.
            if self.connection.sock is not None:
                self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connection.ehlo_or_helo_if_needed()
        return opened

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if isinstance(self.connection, NotesBody):
            self.connection.body_sent = False
        return super().send_messages(email_messages)

    def _send(self, email_message: EmailMessage) -> bool:
        if self.connection is None or not isinstance(email_message, LetterMail):
            return bool(super()._send(email_message))  # type: ignore[misc]  # its types leave it out
        sender, recipient, content = email_message.on_the_wire()
        self.connection.sendmail(sender, [recipient], content)
        return True

    @property
    def body_sent(self) -> bool:
        return isinstance(self.connection, NotesBody) and self.connection.body_sent
