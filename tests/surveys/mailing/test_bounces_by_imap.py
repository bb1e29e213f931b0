"""The mailbox for bounces over IMAP, in a real conversation with a server."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from imap_tools import MailboxLoginError

from surveys.mailing.bounce_mailbox import read_mailbox
from surveys.mailing.bounces import Report
from surveys.models import Mail, Wave

from .bounce_reports import AWAY, report
from .factories import NOW, make_mail
from .imap import PASSWORD, USER, ImapServer, certificate_for_this_machine

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(wave: Wave) -> Mail:
    return make_mail(wave, state=Mail.State.SENT, sent_at=NOW, message_id="<1@polsslag.example.org>")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate_for_this_machine(tmp_path_factory.mktemp("imap"))


@pytest.fixture
def imap(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ImapServer]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server = ImapServer(certificate)
    server.up()
    yield server
    server.down()


def url_of(server: ImapServer, *, password: str = PASSWORD, folder: str = "") -> str:
    scheme = "imaps" if server.at_once else "imap"
    who = f"{quote(USER, safe='')}:{quote(password, safe='')}"
    return f"{scheme}://{who}@127.0.0.1:{server.port}/{quote(folder)}"


@pytest.mark.parametrize("at_once", [True, False], ids=["imaps", "imap with STARTTLS"])
def test_each_message_is_read_once_and_kept(sent: Mail, imap: ImapServer, at_once: bool) -> None:
    imap.at_once = at_once
    messages = imap.add(
        report(sent.invitation.email, sent.message_id),
        AWAY.encode(),
        report("someone@example.org", "<unknown@polsslag.example.org>"),
        b"\xff\xfe no mail at all",
    )
    first = read_mailbox(url_of(imap), now=NOW)
    assert first == {Report.RECORDED: 1, Report.OTHER: 1, Report.UNKNOWN_MAIL: 2}
    assert not read_mailbox(url_of(imap), now=NOW)
    seen, flagged = {"\\Seen"}, {"\\Seen", "\\Flagged"}
    assert [message.flags for message in messages] == [seen, seen, flagged, flagged]
    sent.refresh_from_db()
    assert sent.state == "refused"
    assert imap.commands.count("LOGOUT") == 2


def test_a_report_is_marked_only_after_it_was_recorded(sent: Mail, imap: ImapServer) -> None:
    [message] = imap.add(report(sent.invitation.email, sent.message_id))
    imap.drop_at = "UID STORE"
    with pytest.raises((imaplib.IMAP4.abort, OSError)):
        read_mailbox(url_of(imap), now=NOW)
    assert not message.flags
    sent.refresh_from_db()
    assert sent.state == "refused"
    imap.drop_at = ""
    assert read_mailbox(url_of(imap), now=NOW) == {Report.RECORDED: 1}
    assert message.flags == {"\\Seen"}


def test_another_folder_can_be_named(sent: Mail, imap: ImapServer) -> None:
    imap.add(AWAY.encode())
    imap.add(report(sent.invitation.email, sent.message_id), folder="Returned mail")
    assert read_mailbox(url_of(imap, folder="Returned mail"), now=NOW) == {Report.RECORDED: 1}


def test_a_wrong_password_is_said(imap: ImapServer) -> None:
    with pytest.raises(MailboxLoginError):
        read_mailbox(url_of(imap, password="wrong"), now=NOW)
    assert "SELECT" not in imap.commands


@pytest.mark.parametrize("at_once", [True, False], ids=["imaps", "imap with STARTTLS"])
def test_a_server_that_cannot_prove_its_name_gets_no_password(
    imap: ImapServer, monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    imap.at_once = at_once
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(ssl.SSLCertVerificationError):
        read_mailbox(url_of(imap), now=NOW)
    assert "LOGIN" not in imap.commands
