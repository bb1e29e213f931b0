"""The connection to the mail server, or to whichever backend the settings name."""

from __future__ import annotations

from contextlib import suppress

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from surveys.mailing.outcomes import Fate, Outcome, outcome_of, words_of
from surveys.mailing.smtp import EmailBackend

DJANGO_SMTP = "django.core.mail.backends.smtp.EmailBackend"
OWN_SMTP = f"{EmailBackend.__module__}.{EmailBackend.__qualname__}"

LONGEST_ID = 200
NOTHING_SENT = Outcome(Fate.NOT_ACCEPTED, "The mail backend sent nothing and gave no reason.")


class ServerUnavailableError(Exception):
    """No connection, or none that takes mail; the message holds the server's words."""


class Delivery:
    """One connection of the mail backend in the settings, for many mails; opened again when it is lost."""

    def __init__(self) -> None:
        path = settings.EMAIL_BACKEND
        self.backend = get_connection(OWN_SMTP if path == DJANGO_SMTP else path)
        self.is_open = False
        self.is_fresh = False

    def open(self) -> None:
        """Raises ServerUnavailableError; no mail has been offered then."""
        if self.is_open:
            return
        try:
            self.backend.open()
        except Exception as error:  # whatever kept it from opening, the mails have to wait
            self.close()
            raise ServerUnavailableError(words_of(error)) from error
        self.is_open = self.is_fresh = True

    def send(self, message: EmailMessage) -> Outcome:
        """A server may end a connection after some number of mails: a mail that meets this gets a new one."""
        may_be_used_up = isinstance(self.backend, EmailBackend) and not self.is_fresh
        outcome = self._send_once(message)
        if not (may_be_used_up and outcome.server_failed and outcome.fate is Fate.NOT_ACCEPTED):
            return outcome
        try:
            self.open()
        except ServerUnavailableError as error:
            return Outcome(Fate.NOT_ACCEPTED, str(error), server_failed=True)
        return self._send_once(message)

    def _send_once(self, message: EmailMessage) -> Outcome:
        self.is_fresh = False
        try:
            accepted = self.backend.send_messages([message])
        except Exception as error:  # of any backend; told apart below
            outcome = outcome_of(error, body_sent=self._body_may_be_sent())
        else:
            outcome = (
                NOTHING_SENT if accepted == 0 else Outcome(Fate.ACCEPTED, service_id=service_id_of(message))
            )
        if outcome.server_failed:
            self.close()
        return outcome

    @property
    def is_quick(self) -> bool:
        """Over SMTP a mail takes milliseconds: writing down each by itself would take most of the time."""
        return isinstance(self.backend, EmailBackend)

    def _body_may_be_sent(self) -> bool:
        return not isinstance(self.backend, EmailBackend) or self.backend.body_sent

    def close(self) -> None:
        self.is_open = False
        with suppress(Exception):  # a server that cannot even part in order takes nothing back
            self.backend.close()


def service_id_of(message: EmailMessage) -> str:
    """Of a mail that went out by django-anymail."""
    found = getattr(getattr(message, "anymail_status", None), "message_id", None)
    return found if isinstance(found, str) and len(found) <= LONGEST_ID else ""
