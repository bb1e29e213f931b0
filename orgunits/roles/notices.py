"""A mail to whoever was given a role: that they have it, and how they sign in."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from accounts.languages import spoken
from orgunits.models import RoleGrant
from orgunits.tree import today
from orgunits.workers import tell_a_worker

log = logging.getLogger(__name__)


def tell_soon(grant: RoleGrant) -> None:
    tell_a_worker("orgunits.tasks.tell_of_role", grant.pk)


def tell_of_role(grant: RoleGrant, *, now: datetime) -> None:
    with translation.override(spoken(grant.user.language, grant.organisation.language)):
        message = message_about(grant, now=now)
    try:
        message.send()
    except Exception as error:  # of any backend; the page of roles says that they have not signed in yet
        log.warning("No mail about role %s: %s", grant.pk, type(error).__name__)


def message_about(grant: RoleGrant, *, now: datetime) -> EmailMessage:
    context = {
        "grant": grant,
        "starts_later": grant.starts_on > today(grant.organisation, now),
        "url": f"{settings.BASE_URL}{reverse('account_request_login_code')}",
    }
    subject = render_to_string("orgunits/mail/role_given_subject.txt", context)
    text = render_to_string("orgunits/mail/role_given.txt", context)
    return EmailMessage(" ".join(subject.split()), text.strip() + "\n", to=[grant.user.email])
