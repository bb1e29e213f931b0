"""A mail backend that keeps mails in the data folder instead of sending them."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from .store import MailStore


class MailboxBackend(BaseEmailBackend):
    def __init__(self, fail_silently: bool = False, **kwargs: Any) -> None:
        super().__init__(fail_silently=fail_silently)
        self.store = MailStore(settings.DATA_DIR / "mail")

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            self.store.add(message.message().as_bytes(), message.recipients())
        return len(email_messages)
