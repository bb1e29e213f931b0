"""What an employee sees in their mail program, and what other programs read in it."""

import re
from binascii import a2b_qp, b2a_qp
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from surveys.mailing.compose import Composer
from surveys.mailing.letters import one_line, wrap
from surveys.mailing.mould import quoted_printable
from surveys.models import Mail, Wave

from .factories import NOW, make_mail, make_organisation, make_wave, queue

pytestmark = pytest.mark.django_db

TOKEN = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def installation(settings: Settings) -> None:
    settings.BASE_URL = "https://polsslag.example.org"
    settings.DEFAULT_FROM_EMAIL = "Polsslag <post@polsslag.example.org>"


def composed(mail: Mail) -> EmailMessage:
    """As it comes out of the wire."""
    message = Composer.for_mails([mail]).compose(mail, token=TOKEN, now=NOW)
    parsed = message_from_bytes(message.message().as_bytes(), policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert isinstance(found, EmailMessage)
    return str(found.get_content())


def mail_of(**fields: Any) -> Mail:
    return make_mail(make_wave(make_organisation(**fields)))


def test_it_has_text_and_html_with_the_personal_link(wave: Wave) -> None:
    message = composed(make_mail(wave))
    assert message.get_content_type() == "multipart/alternative"
    link = f"https://polsslag.example.org/a/{TOKEN}/"
    assert link in part(message, "plain").splitlines()
    assert f'href="{link}"' in part(message, "html")


def test_it_is_in_the_language_of_the_invitation_with_the_organisations_as_the_fallback(wave: Wave) -> None:
    dutch, english = composed(make_mail(wave, language="nl")), composed(make_mail(wave, language="en"))
    assert (dutch["Content-Language"], english["Content-Language"]) == ("nl", "en")
    assert 'lang="nl"' in part(dutch, "html")
    assert "maart" in str(dutch["Subject"])
    assert "March" in str(english["Subject"])
    assert composed(make_mail(wave, language="fy"))["Content-Language"] == "nl"


def test_times_are_those_of_the_organisation() -> None:
    organisation = make_organisation(time_zone="America/Curacao")
    wave = make_wave(organisation, closes_at=datetime(2026, 3, 10, 2, 30, tzinfo=UTC))
    text = part(composed(make_mail(wave)), "plain")
    assert "Monday 9 March" in text
    assert "22:30" in text


def test_it_says_how_many_questions_there_are(wave: Wave) -> None:
    assert "5 questions" in part(composed(make_mail(wave)), "plain")


def test_someone_without_a_first_name_is_a_colleague(wave: Wave) -> None:
    mail = make_mail(wave, first_name="")
    assert "Dear colleague," in part(composed(mail), "plain")
    mail.invitation.employee = None
    assert "Dear colleague," in part(composed(mail), "plain")


def test_people_of_one_batch_get_their_own_name_and_link(wave: Wave) -> None:
    mails = [make_mail(wave, first_name=name) for name in ("Noor", "J&<an>", "", "Ali")]
    composer = Composer.for_mails(mails)
    for number, mail in enumerate(mails):
        token = f"{number}" * 32
        message = composer.compose(mail, token=token, now=NOW)
        html, text = str(message.alternatives[0][0]), str(message.body)
        name = mail.invitation.employee.first_name if mail.invitation.employee else ""
        assert (f"Dear {name}," if name else "Dear colleague,") in text
        assert (f"Dear {escape(name)}," if name else "Dear colleague,") in html
        assert set(re.findall(r"/a/([^/]+)/", text + html)) == {token}
    assert len(composer.letters) == 2


def test_it_comes_from_the_organisation_at_the_installations_address() -> None:
    mail = mail_of(name="Súdwest-Fryslân", reply_to="hr@sudwest.example.org")
    message = composed(mail)
    [sender] = message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Súdwest-Fryslân", "post@polsslag.example.org")
    assert message["Reply-To"] == "hr@sudwest.example.org"
    [sender] = composed(mail_of(sender_name='"HR", of us'))["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ('"HR", of us', "post@polsslag.example.org")


def test_it_says_that_no_person_sent_it(wave: Wave) -> None:
    message = composed(make_mail(wave))
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Date"].datetime == NOW
    assert re.fullmatch(r"<[^@\s]+@polsslag\.example\.org>", str(message["Message-ID"]))
    assert "Reply-To" not in message


@pytest.mark.parametrize("kind", list(Mail.Kind))
def test_one_click_stops_the_reminders(wave: Wave, kind: str) -> None:
    mail = queue(make_mail(wave).invitation, kind=kind) if kind == "reminder" else make_mail(wave)
    message = composed(mail)
    assert str(message["List-Unsubscribe"]).strip() == f"<https://polsslag.example.org/a/{TOKEN}/stop/>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_reminder_shows_the_link_that_stops_reminders(wave: Wave) -> None:
    invitation = make_mail(wave)
    reminder = queue(invitation.invitation, kind=Mail.Kind.REMINDER)
    stop = f"https://polsslag.example.org/a/{TOKEN}/stop/"
    assert stop in part(composed(reminder), "plain")
    assert stop in part(composed(reminder), "html")
    assert composed(reminder)["Subject"] != composed(invitation)["Subject"]


INJECTION = "Noor\r\nBcc: all@example.org\n\n<b>Hi</b>\u2028\x85 \x1b[31m"


def test_a_name_cannot_add_a_header_or_markup() -> None:
    organisation = make_organisation(name=INJECTION, sender_name=INJECTION, reply_to="a@b.nl\nBcc: c@d.nl")
    message = composed(make_mail(make_wave(organisation, name=INJECTION), first_name=INJECTION))
    assert "Bcc" not in message
    assert "\n" not in message["Reply-To"]
    assert [address.addr_spec for address in message["To"].addresses] == [message["To"]]
    assert [address.addr_spec for address in message["From"].addresses] == ["post@polsslag.example.org"]
    assert str(message["Subject"]).startswith("Noor Bcc: all@example.org <b>Hi</b>")
    assert "<b>" not in part(message, "html")


def test_text_is_not_escaped_as_if_it_were_html() -> None:
    message = composed(mail_of(name="R&D <Noord>"))
    assert "R&D <Noord>" in part(message, "plain")
    assert "R&D <Noord>" in str(message["Subject"])
    assert "R&amp;D &lt;Noord&gt;" in part(message, "html")


@pytest.mark.parametrize("kind", list(Mail.Kind))
@pytest.mark.parametrize("language", ["nl", "en"])
def test_text_lines_are_under_80_columns(language: str, kind: str) -> None:
    organisation = make_organisation(name="Samenwerkingsverband " * 6, reply_to="hr@example.org")
    mail = make_mail(make_wave(organisation), language=language, first_name="Noor " * 19)
    mail.kind = kind
    text = part(composed(mail), "plain")
    assert max(len(line) for line in text.splitlines()) < 80
    assert "\n\n\n" not in text


def test_a_long_link_stays_whole_and_alone_on_its_line() -> None:
    link = "https://" + "a" * 100 + "/b-c/d"
    assert wrap(f"Words before {link} and after.") == f"Words before\n{link}\nand after.\n"


def test_it_survives_a_server_that_takes_seven_bits_and_short_lines(wave: Wave) -> None:
    organisation = make_organisation(name="Súdwest-Fryslân " * 10)
    mail = make_mail(make_wave(organisation, name="Hé ë"), email="jos\u00e9@b\u00fccher.example")
    message = Composer.for_mails([mail]).compose(mail, token=TOKEN, now=NOW).message()
    raw = message.as_bytes()
    assert raw.isascii()
    assert max(len(line) for line in raw.splitlines()) <= 998
    encodings = {str(one["Content-Transfer-Encoding"]) for one in message.walk() if not one.is_multipart()}
    assert encodings == {"quoted-printable"}


def test_it_loads_nothing_from_elsewhere(wave: Wave) -> None:
    html = part(composed(make_mail(wave)), "html")
    assert not re.search(r"<(img|script|link|iframe|object)\b|url\(|@import", html)
    assert set(re.findall(r"""(?:href|src)=["']([^"'#]*)""", html)) == {
        f"https://polsslag.example.org/a/{TOKEN}/"
    }


def test_one_line_leaves_ordinary_names_alone() -> None:
    assert one_line("Jan-Willem d’Ancona (’s-Gravenhage)") == "Jan-Willem d’Ancona (’s-Gravenhage)"


@pytest.mark.parametrize("kind", list(Mail.Kind))
@pytest.mark.parametrize("name", ["Noor", "", "Zoë \u0141 & <Ş>", "Jan" * 30])
def test_a_mail_from_a_mould_says_what_it_says_without(wave: Wave, kind: str, name: str) -> None:
    mail = make_mail(wave, first_name=name, email="josé@bücher.example")
    mail.kind = kind
    message = Composer.for_mails([mail]).compose(mail, token=TOKEN, now=NOW)
    sender, recipient, raw = message.on_the_wire()
    message.mould = None
    assert (sender, recipient) == message.on_the_wire()[:2]
    cast = message_from_bytes(raw, policy=default)
    plain = message_from_bytes(message.on_the_wire()[2], policy=default)
    assert [(key, str(value)) for key, value in cast.items() if key != "Content-Type"] == [
        (key, str(value)) for key, value in plain.items() if key != "Content-Type"
    ]
    assert cast.get_content_type() == plain.get_content_type()
    assert isinstance(cast, EmailMessage)
    assert isinstance(plain, EmailMessage)
    for one in ("plain", "html"):
        assert part(cast, one) == part(plain, one)
    assert raw.isascii()
    assert b"mark" not in raw.replace(b"remark", b"")
    assert max(len(line) for line in raw.splitlines()) <= 998
    assert raw.count(b"\n") == raw.count(b"\r\n")


@given(st.text(st.sampled_from("a é=.\t\n😀"), max_size=300))
def test_lines_that_are_encoded_one_by_one_are_those_of_the_whole_text(text: str) -> None:
    whole = text.replace("\n", "\r\n") + "\r\n"  # by which b2a_qp sees what ends a line here
    assert quoted_printable(text) == b2a_qp(whole.encode())[:-2]
    assert a2b_qp(quoted_printable(text)).decode().replace("\r\n", "\n") == text
