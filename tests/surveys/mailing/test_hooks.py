"""What a mail service tells of mails, through Anymail's own view for Postmark."""

from __future__ import annotations

import os
import subprocess
import sys
from base64 import b64encode
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from accounts.models import Organisation
from surveys.mailing.again import send_again
from surveys.mailing.services import send_due_mail
from surveys.models import Mail, RefusedAddress, Wave

from .factories import NOW, make_mail, make_organisation, make_wave
from .test_other_backends import MailService, mail_service  # noqa: F401
from .workers import ROOT

pytestmark = pytest.mark.django_db

SECRET = "polsslag:a-secret-of-some-length"
HOOK = "/anymail/postmark/tracking/"
BOUNCE = {
    "RecordType": "Bounce",
    "ID": 42,
    "Type": "HardBounce",
    "TypeCode": 1,
    "Name": "Hard bounce",
    "Tag": "",
    "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
    "ServerID": 23,
    "MessageStream": "outbound",
    "Description": "The server was unable to deliver your message (ex: unknown user, mailbox not found).",
    "Details": "smtp;550 5.1.1 The email account that you tried to reach does not exist.",
    "Email": "",
    "From": "polsslag@example.org",
    "BouncedAt": "2026-03-03T10:00:00Z",
    "DumpAvailable": True,
    "Inactive": True,
    "CanActivate": True,
    "Subject": "Your answers",
}
DELIVERY = {
    "RecordType": "Delivery",
    "ServerID": 23,
    "MessageStream": "outbound",
    "MessageID": BOUNCE["MessageID"],
    "Recipient": "",
    "Tag": "",
    "DeliveredAt": "2026-03-03T09:30:00Z",
    "Details": "Test delivery",
    "Metadata": {},
}


@pytest.fixture(autouse=True)
def configured(settings: Settings) -> None:
    settings.ROOT_URLCONF = f"{__package__}.hook_urls"
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}


@pytest.fixture
def sent(wave: Wave) -> Mail:
    return make_mail(wave, state=Mail.State.SENT, sent_at=NOW, service_id=str(BOUNCE["MessageID"]))


def tell(
    event: dict[str, Any], mail: Mail | None = None, *, secret: str = SECRET, **changes: Any
) -> HttpResponse:
    event = event | changes
    if mail is not None:
        event |= {"Recipient": mail.invitation.email, "Email": mail.invitation.email}
    sign_in = {"HTTP_AUTHORIZATION": f"Basic {b64encode(secret.encode()).decode()}"} if secret else {}
    found: Any = Client().post(HOOK, event, content_type="application/json", **sign_in)  # type: ignore[arg-type]
    return found  # type: ignore[no-any-return]


def test_a_hard_bounce_refuses_the_mail_and_its_address(sent: Mail) -> None:
    assert tell(BOUNCE, sent).status_code == 200
    sent.refresh_from_db()
    assert (sent.state, sent.sent_at) == ("refused", None)
    assert "does not exist" in sent.error
    assert RefusedAddress.objects.get().email == sent.invitation.email


def test_told_again_it_changes_nothing_also_after_hr_allowed_the_address(sent: Mail) -> None:
    tell(BOUNCE, sent)
    RefusedAddress.objects.all().delete()
    assert tell(BOUNCE, sent).status_code == 200
    assert not RefusedAddress.objects.exists()


def test_an_old_bounce_says_nothing_of_a_mail_that_was_sent_again(sent: Mail) -> None:
    tell(BOUNCE, sent)
    send_again(sent.wave, by=None, now=NOW)
    Mail.objects.filter(pk=sent.pk).update(state=Mail.State.SENT, service_id="another")
    tell(BOUNCE, sent)
    sent.refresh_from_db()
    assert sent.state == "sent"
    assert not RefusedAddress.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"Type": "SoftBounce", "Details": "smtp;550 5.1.1 who knows"},
        {"Details": "smtp;552 5.2.2 Mailbox full"},
        {"Details": "smtp;550 5.7.1 Blocked by policy"},
        {"Type": "Blocked", "Details": ""},
    ],
    ids=["soft", "full", "policy", "blocked"],
)
def test_a_bounce_that_is_not_about_the_address_holds_nothing_back(
    sent: Mail, changes: dict[str, str]
) -> None:
    tell(BOUNCE, sent, **changes)
    sent.refresh_from_db()
    assert sent.state == "refused"
    assert not RefusedAddress.objects.exists()


def test_who_calls_it_spam_gets_no_more_and_the_mail_counts_as_sent(sent: Mail) -> None:
    complaint = BOUNCE | {"RecordType": "SpamComplaint", "Type": "SpamComplaint", "TypeCode": 100001}
    tell(complaint, sent)
    sent.refresh_from_db()
    assert (sent.state, sent.complained_at is not None) == ("sent", True)
    RefusedAddress.objects.get().delete()
    tell(complaint, sent)
    assert not RefusedAddress.objects.exists()


def test_a_delivery_is_noted_and_settles_what_was_in_doubt(sent: Mail) -> None:
    Mail.objects.filter(pk=sent.pk).update(state=Mail.State.UNCONFIRMED, sent_at=None)
    tell(DELIVERY, sent)
    tell(DELIVERY, sent, DeliveredAt="2026-03-04T09:30:00Z")
    sent.refresh_from_db()
    assert sent.state == "sent"
    assert str(sent.delivered_at) == "2026-03-03 09:30:00+00:00"


@pytest.mark.parametrize("record", ["Open", "Click", "SubscriptionChange", "Unheard"])
def test_who_opened_a_mail_or_followed_its_link_is_not_kept(sent: Mail, record: str) -> None:
    before = Mail.objects.values().get()
    assert tell(DELIVERY, sent, RecordType=record, ReceivedAt="2026-03-03T11:00:00Z").status_code == 200
    assert Mail.objects.values().get() == before


@pytest.mark.parametrize("known", ["", "no-such-id", None])
def test_a_mail_that_is_not_known_is_passed_over(sent: Mail, known: str | None) -> None:
    make_mail(sent.wave, state=Mail.State.SENT)
    assert tell(BOUNCE, sent, MessageID=known).status_code == 200
    assert set(Mail.objects.values_list("state", flat=True)) == {"sent"}


def test_an_event_about_another_address_is_passed_over(sent: Mail) -> None:
    tell(BOUNCE, Email="other@example.org")
    sent.refresh_from_db()
    assert sent.state == "sent"


def test_the_address_is_refused_in_the_organisation_of_the_mail_only(sent: Mail) -> None:
    other = make_mail(make_wave(make_organisation()), email=sent.invitation.email, state=Mail.State.SENT)
    tell(BOUNCE, sent)
    other.refresh_from_db()
    assert other.state == "sent"
    assert [one.organisation for one in RefusedAddress.objects.all()] == [sent.organisation]


@pytest.mark.parametrize("secret", ["", "polsslag:wrong", "polsslag:"])
def test_without_the_secret_nothing_is_taken(sent: Mail, secret: str) -> None:
    assert tell(BOUNCE, sent, secret=secret).status_code == 400
    sent.refresh_from_db()
    assert sent.state == "sent"


def test_nothing_that_comes_in_has_an_address() -> None:
    assert Client().post("/anymail/postmark/inbound/").status_code == 404


def test_without_a_secret_there_is_no_such_address(settings: Settings) -> None:
    settings.ROOT_URLCONF = "listening.urls"
    assert tell(BOUNCE).status_code == 404


@pytest.mark.parametrize(
    ("secret", "status"), [("user:and-a-long-password", 0), ("short:one", 1), ("x" * 40, 1)]
)
def test_a_secret_that_protects_nothing_is_refused_at_the_start(secret: str, status: int) -> None:
    environment = os.environ | {
        "ANYMAIL_WEBHOOK_SECRET": secret,
        "DJANGO_SETTINGS_MODULE": "listening.settings",
    }
    command = [sys.executable, "-c", "from django.conf import settings; settings.ANYMAIL['WEBHOOK_SECRET']"]
    assert subprocess.run(command, cwd=ROOT, env=environment, capture_output=True).returncode == status


def test_the_services_own_name_for_a_mail_is_kept(
    wave: Wave,
    mail_service: MailService,  # noqa: F811
    organisation: Organisation,
) -> None:
    mail = make_mail(wave)
    send_due_mail(organisation, now=NOW)
    mail.refresh_from_db()
    assert (mail.state, mail.service_id, mail.error) == ("sent", "1", "")
