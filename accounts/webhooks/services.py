"""What people do with webhooks, and when one goes off by itself."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.errors import AccountError
from accounts.models import User
from accounts.webhooks.models import Webhook, WebhookSecret
from accounts.webhooks.outbox import TEST, send_soon, write_down_test
from accounts.webhooks.secrets import new_secret, seal

MOST = 10  # of an organisation
MOST_TESTS, TESTS_WITHIN = 10, timedelta(hours=1)  # of a webhook
BOTH_HOLD = timedelta(hours=24)  # after a new secret was made


def check_address(url: str) -> None:
    """Raises AccountError for what is never sent to; where a name leads is judged at each message."""
    try:
        parts = urlsplit(url)
        complete = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        complete = False
    if not complete or parts.scheme not in settings.WEBHOOK_SCHEMES:
        raise AccountError(_("Give an address that begins with %(begin)s.") % {"begin": "https://"})
    if parts.username is not None or parts.password is not None:
        raise AccountError(
            _("Leave the user name and password out of the address: the signature says who we are.")
        )


@transaction.atomic
def make_webhook(
    user: User, *, name: str, url: str, events: Collection[str], now: datetime
) -> tuple[Webhook, str]:
    """With its secret, which is shown this once. Raises AccountError for a wrong address, or too many."""
    if user.organisation is None:
        raise ValueError("a webhook belongs to an organisation")
    check_address(url)
    if Webhook.objects.filter(organisation=user.organisation).count() >= MOST:
        raise AccountError(_("There are %(most)s webhooks already. Remove one first.") % {"most": MOST})
    chosen = [event for event in Webhook.Event.values if event in events]
    webhook = Webhook.objects.create(
        organisation=user.organisation, name=name, url=url, events=chosen, set_by=user, made_at=now
    )
    _record(webhook, "made", by=user, now=now, host=urlsplit(url).hostname, events=chosen)
    return webhook, _add_secret(webhook, now)


@transaction.atomic
def renew_secret(webhook: Webhook, *, by: User, now: datetime) -> str:
    """Messages are signed with both for a day, so that the other system can change over in its own time."""
    webhook = Webhook.objects.select_for_update().get(pk=webhook.pk)
    webhook.secrets.filter(ends_at__isnull=False).delete()  # two at most
    webhook.secrets.update(ends_at=now + BOTH_HOLD)
    _record(webhook, "secret_renewed", by=by, now=now)
    return _add_secret(webhook, now)


def _add_secret(webhook: Webhook, now: datetime) -> str:
    secret = new_secret()
    sealed = seal(secret, webhook=webhook.pk)
    WebhookSecret.objects.create(
        organisation_id=webhook.organisation_id, webhook=webhook, sealed=sealed, made_at=now
    )
    return secret


@transaction.atomic
def send_test(webhook: Webhook, *, by: User, now: datetime) -> None:
    """Raises AccountError after ten of them in an hour: a button is no way to load another system."""
    lately = webhook.deliveries.filter(event=TEST, made_at__gt=now - TESTS_WITHIN)
    if lately.count() >= MOST_TESTS:
        raise AccountError(
            _("You sent %(most)s test messages in an hour. Try again later.") % {"most": MOST_TESTS}
        )
    write_down_test(webhook, now=now)
    _record(webhook, "tested", by=by, now=now)


@transaction.atomic
def switch_off(webhook: Webhook, *, by: User, now: datetime) -> None:
    """From now on nothing is written down; what waits stays."""
    others = Webhook.objects.exclude(off=Webhook.Off.BY_HAND).filter(pk=webhook.pk)
    if others.update(off_at=now, off=Webhook.Off.BY_HAND, is_to_be_told=False):
        _record(webhook, "off", by=by, now=now)


def switch_off_by_itself(webhook: Webhook, reason: Webhook.Off, *, now: datetime) -> None:
    on = Webhook.objects.on().filter(pk=webhook.pk)
    if on.update(off_at=now, off=reason, is_to_be_told=True):
        _record(webhook, "off", by=None, now=now, reason=reason)


@transaction.atomic
def switch_on(webhook: Webhook, *, by: User, now: datetime) -> None:
    """What waited goes out, with all its tries before it; whoever does this hears when it stops again."""
    off = Webhook.objects.exclude(off_at=None).filter(pk=webhook.pk)
    if off.update(off_at=None, off="", is_to_be_told=False, set_by=by):
        webhook.deliveries.filter(delivered_at=None).update(tries=0, due_at=now)
        _record(webhook, "on", by=by, now=now)
        send_soon(webhook.pk)


@transaction.atomic
def remove(webhook: Webhook, *, by: User, now: datetime) -> None:
    _record(webhook, "removed", by=by, now=now)
    webhook.delete()


def _record(webhook: Webhook, what: str, *, by: User | None, now: datetime, **detail: object) -> None:
    """Without the address: often it holds a key."""
    record(
        webhook.organisation, f"webhook.{what}", by=by, now=now, target=webhook, name=webhook.name, **detail
    )
