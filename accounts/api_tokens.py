"""Tokens by which programs read: made once, shown once, and only as a hash in the database."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import audit
from accounts.models import ApiToken, Organisation, User

PREFIX = "polsslag_"  # lets a scanner for leaked secrets recognise one
LONGEST = timedelta(days=366)


@transaction.atomic
def make_token(
    user: User, *, name: str, reads: Iterable[ApiToken.Reads], expires_on: date, now: datetime
) -> str:
    """The secret, of 256 random bits; nobody can look it up later. Raises ValueError without organisation."""
    if user.organisation is None:
        raise ValueError("a token belongs to an organisation")
    secret = PREFIX + secrets.token_urlsafe(32)
    chosen = sorted(reads)
    token = ApiToken.objects.create(
        organisation=user.organisation,
        user=user,
        name=name,
        secret_hash=_hash(secret),
        reads=chosen,
        made_at=now,
        expires_on=expires_on,
    )
    audit.record(
        user.organisation,
        "api_token.made",
        by=user,
        now=now,
        target=token,
        name=name,
        reads=chosen,
        expires_on=expires_on.isoformat(),
    )
    return secret


@transaction.atomic
def withdraw_token(token: ApiToken, *, by: User, now: datetime) -> None:
    """From now on it opens nothing; a second time changes nothing."""
    if ApiToken.objects.filter(pk=token.pk, withdrawn_at=None).update(withdrawn_at=now):
        audit.record(token.organisation, "api_token.withdrawn", by=by, now=now, target=token, name=token.name)


def token_of(secret: str, *, on: date) -> ApiToken | None:
    """The token that works on this day. Found by its hash alone, so looking takes no time that tells."""
    found = working(on).filter(secret_hash=_hash(secret), user__is_active=True)
    token = found.select_related("user__organisation").first()
    if token is not None and token.last_used_on != on:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=on)
    return token


def working(on: date) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(withdrawn_at=None, expires_on__gte=on)


def tokens_to_manage(organisation: Organisation, user: User, *, all_users: bool) -> QuerySet[ApiToken]:
    """Those not withdrawn, the newest first: the user's own, or everyone's."""
    whose = Q() if all_users else Q(user=user)
    kept = ApiToken.objects.filter(whose, organisation=organisation, withdrawn_at=None)
    return kept.select_related("user").order_by("-made_at")


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
