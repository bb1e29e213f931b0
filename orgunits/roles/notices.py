"""A mail to whoever was given a role: that they have it, and how they sign in."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from accounts.notices import send_notice
from accounts.workers import tell_a_worker
from orgunits.models import RoleGrant
from orgunits.tree import today


def tell_soon(grant: RoleGrant) -> None:
    tell_a_worker("orgunits.tasks.tell_of_role", grant.pk)


def tell_of_role(grant: RoleGrant, *, now: datetime) -> None:
    context = {
        "grant": grant,
        "starts_later": grant.starts_on > today(grant.organisation, now),
        "url": f"{settings.BASE_URL}{reverse('account_request_login_code')}",
    }
    send_notice(grant.user, "orgunits/mail/role_given", context)
