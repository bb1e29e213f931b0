"""Short mails to someone with an account about their own work, each from two templates."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

from accounts.languages import default_language
from accounts.models import User
from accounts.speaking import language_of

log = logging.getLogger(__name__)


def send_notice(user: User, name: str, context: Mapping[str, object]) -> None:
    """From `name`.txt and `name`_subject.txt. A page says the same, so one that fails is only logged."""
    with translation.override(language_of(user) or default_language()):
        subject = render_to_string(f"{name}_subject.txt", context)
        text = render_to_string(f"{name}.txt", context)
    message = EmailMessage(" ".join(subject.split()), text.strip() + "\n", to=[user.email])
    try:
        message.send()
    except Exception as error:  # of any backend
        log.warning("No mail %s to user %s: %s", name, user.pk, type(error).__name__)
