"""Mails that a server took and returned later, as reported to a mailbox of ours."""

from __future__ import annotations

import mailbox
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from listening.tasks import Work, work_due
from surveys.mailing.bounce_mailbox import read_mailbox
from surveys.mailing.bounces import Report, take_report
from surveys.mailing.services import send_due_mail
from surveys.models import Mail, RefusedAddress, Wave
from surveys.tasks import read_bounces
from tests.smtp import SmtpServer

from .bounce_reports import AWAY, report
from .factories import NOW, make_mail, make_organisation, make_wave

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(wave: Wave) -> Mail:
    return make_mail(wave, state=Mail.State.SENT, sent_at=NOW, message_id="<1@polsslag.example.org>")


def about(mail: Mail, **fields: str) -> bytes:
    return report(mail.invitation.email, mail.message_id, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("whole", [True, False], ids=["whole mail returned", "its headers returned"])
def test_a_returned_mail_counts_as_refused_and_its_address_gets_no_more(sent: Mail, whole: bool) -> None:
    content = report(sent.invitation.email, sent.message_id, whole=whole)
    assert take_report(content, now=NOW) is Report.RECORDED
    sent.refresh_from_db()
    assert (sent.state, sent.sent_at) == ("refused", None)
    assert "No such person" in sent.error
    assert RefusedAddress.objects.get().email == sent.invitation.email


def test_the_same_report_twice_changes_nothing_also_after_hr_allowed_the_address(sent: Mail) -> None:
    take_report(about(sent), now=NOW)
    RefusedAddress.objects.all().delete()
    assert take_report(about(sent), now=NOW) is Report.RECORDED
    assert not RefusedAddress.objects.exists()


def test_a_server_that_keeps_trying_changes_nothing(sent: Mail) -> None:
    delayed = about(sent, action="delayed", status="4.4.1", words="connection timed out")
    assert take_report(delayed, now=NOW) is Report.TEMPORARY
    sent.refresh_from_db()
    assert sent.state == "sent"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("5.2.2", "552 5.2.2 Mailbox full"),
        ("5.7.1", "550 5.7.1 Refused by policy"),
        ("4.4.7", "Delivery time expired"),
    ],
)
def test_a_failure_that_is_not_about_the_address_holds_back_no_later_mail(
    sent: Mail, status: str, words: str
) -> None:
    take_report(about(sent, status=status, words=words), now=NOW)
    sent.refresh_from_db()
    assert sent.state == "refused"
    assert not RefusedAddress.objects.exists()


def test_who_does_not_know_the_message_id_cannot_stop_someones_mail(sent: Mail) -> None:
    forged = report(sent.invitation.email, "<guess@polsslag.example.org>")
    assert take_report(forged, now=NOW) is Report.UNKNOWN_MAIL
    sent.refresh_from_db()
    assert sent.state == "sent"
    assert not RefusedAddress.objects.exists()


def test_a_failure_behind_a_forward_says_nothing_about_the_address_that_we_know(sent: Mail) -> None:
    assert take_report(report("private@example.net", sent.message_id), now=NOW) is Report.RECORDED
    sent.refresh_from_db()
    assert sent.state == "refused"
    assert not RefusedAddress.objects.exists()


def test_the_address_is_refused_in_the_organisation_of_the_mail_only(sent: Mail) -> None:
    other = make_mail(make_wave(make_organisation()), email=sent.invitation.email, state=Mail.State.SENT)
    take_report(about(sent), now=NOW)
    other.refresh_from_db()
    assert other.state == "sent"
    assert RefusedAddress.objects.get().organisation == sent.organisation


def test_an_answer_that_someone_is_away_is_no_bounce() -> None:
    assert take_report(AWAY.encode(), now=NOW) is Report.OTHER


# The mailbox


@pytest.fixture
def maildir(tmp_path: Path) -> mailbox.Maildir:
    return mailbox.Maildir(str(tmp_path / "bounces"))


def url_of(maildir: mailbox.Maildir) -> str:
    return f"maildir://{maildir._path}"


def flags(maildir: mailbox.Maildir) -> list[str]:
    return sorted(message.get_flags() for message in maildir)


def test_each_message_is_read_once_and_kept(sent: Mail, maildir: mailbox.Maildir) -> None:
    maildir.add(about(sent))
    maildir.add(AWAY.encode())
    maildir.add(report("someone@example.org", "<unknown@polsslag.example.org>"))
    maildir.add(b"\xff\xfe no mail at all")
    first = read_mailbox(url_of(maildir), now=NOW)
    assert first == {Report.RECORDED: 1, Report.OTHER: 1, Report.UNKNOWN_MAIL: 2}
    assert not read_mailbox(url_of(maildir), now=NOW)
    assert flags(maildir) == ["FS", "FS", "S", "S"]
    sent.refresh_from_db()
    assert sent.state == "refused"


def test_a_mail_that_bounces_goes_its_whole_way(
    wave: Wave, smtp_server: SmtpServer, maildir: mailbox.Maildir, settings: Settings
) -> None:
    settings.BOUNCE_ADDRESS, settings.BOUNCE_MAILBOX_URL = "bounces@polsslag.example.org", url_of(maildir)
    mail = make_mail(wave)
    send_due_mail(wave.organisation, now=NOW)
    [received] = smtp_server.mails
    assert received.sender == "bounces@polsslag.example.org"
    assert "bounces@" not in str(received.message["From"])
    maildir.add(report(mail.invitation.email, str(received.message["Message-ID"])))
    assert Work("surveys.tasks.read_bounces") in work_due(NOW)
    read_bounces()
    mail.refresh_from_db()
    assert mail.state == "refused"


def test_without_a_mailbox_nobody_looks() -> None:
    assert Work("surveys.tasks.read_bounces") not in work_due(NOW)


@pytest.mark.parametrize("url", ["http://example.org", "imaps:///INBOX", "maildir:///no/such/folder", "x"])
def test_an_address_that_leads_nowhere_is_said(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"BOUNCE_MAILBOX_URL"):
        read_mailbox(url, now=NOW)
