"""An organisation's own logo and colour: who may choose them, what is kept of a file, and where they show."""

from __future__ import annotations

import io
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from accounts.colours import ENOUGH, contrast, palette_of
from accounts.logos import LARGEST_FILE, LARGEST_PNG, Logo, read_logo
from accounts.look import appearance_of, change_look
from accounts.models import AuditEvent, Look, Organisation
from orgunits.models import Role
from surveys.mailing.compose import Composer
from surveys.mailing.services import send_due_mail
from surveys.models import Wave
from tests.browser.pictures import logo_file
from tests.factories import unit_tree, user_with
from tests.smtp import SmtpServer
from tests.waves import open_wave

from .factories import NOW, make_mail, make_mails

pytestmark = pytest.mark.django_db

PLUM = "#7a1f5a"


def dress(organisation: Organisation, *, colour: str = PLUM) -> None:
    logo = read_logo(logo_file())
    change_look(organisation, colour=colour, logo=logo, keep_logo=False, by=None, now=NOW)


def upload(content: bytes, name: str = "logo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def hr() -> Client:
    client = Client()
    client.force_login(user_with(Role.HR, unit_tree("City")["City"]))
    client.cookies["django_language"] = "en"
    return client


# The page


def test_hr_chooses_a_logo_and_a_colour(hr: Client) -> None:
    sent = {"own_colour": "on", "colour": "#7A1F5A", "logo": upload(logo_file().read())}
    assert hr.post("/people/look/", sent).status_code == 302
    look = Look.objects.get()
    assert look.colour == PLUM
    assert look.logo is not None
    event = AuditEvent.objects.get(action="organisation.look_changed")
    assert (event.detail["colour"], event.detail["new_logo"]) == (PLUM, True)
    assert "data:image/png;base64," in hr.get("/people/look/").content.decode()


def test_a_new_colour_leaves_the_logo_and_one_can_take_both_away(hr: Client) -> None:
    hr.post("/people/look/", {"logo": upload(logo_file().read())})
    hr.post("/people/look/", {"own_colour": "on", "colour": "#00aa88"})
    assert appearance_of(Look.objects.get().organisation_id).logo is not None
    hr.post("/people/look/", {"colour": "#00aa88", "remove_logo": "on"})
    look = Look.objects.get()
    assert (look.colour, look.logo) == ("", None)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"own_colour": "on", "colour": "red"}, "Write a colour"),
        ({"own_colour": "on", "colour": "#12345"}, "Write a colour"),
        ({"own_colour": "on", "colour": "#0;}x{"}, "Write a colour"),
        ({"logo": upload(b"<svg onload='alert(1)'/>", "logo.svg")}, "not a PNG or JPEG"),
        ({"logo": upload(b"")}, "not a PNG or JPEG"),
        ({"logo": upload(logo_file().read()[:300])}, "not a PNG or JPEG"),
        ({"logo": upload(b"\x89PNG" + b"x" * LARGEST_FILE)}, "larger than 2 MB"),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_is_saved(
    hr: Client, sent: dict[str, object], words: str
) -> None:
    assert words in hr.post("/people/look/", sent).content.decode()
    assert not Look.objects.exists()


@pytest.mark.parametrize("dark", ["", "&dark"])
def test_the_preview_shows_the_colour_that_is_being_chosen(hr: Client, dark: str) -> None:
    shown = hr.get(f"/people/look/mail/?own_colour=on&colour=%2300aa88{dark}")
    assert "#00aa88" in shown.content.decode()
    assert shown.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "script" not in shown.headers["Content-Security-Policy"]
    assert "url(" not in hr.get("/people/look/mail/?own_colour=on&colour=url(x)").content.decode()


# The file


def test_nothing_of_the_file_itself_is_kept() -> None:
    hidden = PngImagePlugin.PngInfo()
    hidden.add_text("Comment", "<script>secret</script>")
    out = io.BytesIO()
    Image.new("RGB", (50, 50), (200, 10, 10)).save(out, "PNG", pnginfo=hidden)
    out.write(b"PK\x03\x04 a second file behind the first")
    out.seek(0)
    png = read_logo(out).png
    assert b"secret" not in png
    assert b"PK\x03\x04" not in png


@pytest.mark.parametrize("size", [(1, 1), (3000, 20), (20, 3000), (2000, 2000)])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_logo_of_any_shape_becomes_small(size: tuple[int, int], kind: str) -> None:
    out = io.BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(out, kind)
    if out.tell() > LARGEST_FILE:
        pytest.skip("refused for its size")
    out.seek(0)
    logo = read_logo(out)
    assert len(logo.png) <= LARGEST_PNG
    assert 1 <= logo.width <= 240
    assert 1 <= logo.height <= 72


def test_a_picture_that_unfolds_to_an_enormous_one_is_refused() -> None:
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG", optimize=True)
    assert out.tell() < LARGEST_FILE
    out.seek(0)
    with pytest.raises(ValidationError, match="too large"):
        read_logo(out)


# The colour


@given(colour=st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_any_colour_gives_text_that_can_be_read(colour: str) -> None:
    found = palette_of(colour)
    assert found.button == colour
    pairs = [
        (found.on_button, found.button),
        (found.on_dark_button, found.dark_button),
        (found.link, "#ffffff"),
        (found.link, "#f7f5f1"),
        (found.dark_link, "#201f1c"),
        (found.dark_link, "#171614"),
    ]
    assert all(contrast(*pair) >= ENOUGH for pair in pairs)


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    assert palette_of(PLUM).link == PLUM
    assert palette_of("").button == "#0a5768"


# Where it shows


def test_the_logo_goes_along_inside_the_mail(wave: Wave, smtp_server: SmtpServer) -> None:
    dress(wave.organisation)
    make_mails(wave, 2)
    assert send_due_mail(wave.organisation, now=NOW).sent == 2
    for received in smtp_server.mails:
        message = received.message
        assert message.get_content_type() == "multipart/related"
        [picture] = [part for part in message.walk() if part.get_content_type() == "image/png"]
        assert picture["Content-ID"] == "<logo@polsslag>"
        assert picture.get_content_disposition() == "inline"
        part = message.get_body(("html",))
        assert isinstance(part, EmailMessage)
        html = str(part.get_content())
        assert 'src="cid:logo@polsslag"' in html
        assert PLUM in html
        assert "http" not in html.partition("<img")[2].partition(">")[0]


def test_without_a_look_a_mail_is_as_it_was(wave: Wave) -> None:
    mail = make_mail(wave)
    message = Composer.for_mails([mail]).compose(mail, token="x", now=NOW)
    assert message.message().get_content_type() == "multipart/alternative"
    assert "#0a5768" in str(message.alternatives[0][0])
    assert "<img" not in str(message.alternatives[0][0])


def test_the_answering_page_has_the_look_in_one_small_request(client: Client) -> None:
    opened = open_wave({"Town": 6})
    noise = Logo(b"x" * LARGEST_PNG, 240, 72)
    organisation = opened.units["Town"].organisation
    change_look(organisation, colour=PLUM, logo=noise, keep_logo=False, by=None, now=NOW)
    now = timezone.now()
    Wave.objects.update(opened_at=now - timedelta(days=1), closes_at=now + timedelta(days=1))
    response = client.get(f"/a/{opened.link(opened.invitations['Town'][0])}/")
    page = response.content.decode()
    assert f'alt="{organisation.name}"' in page
    assert PLUM in page
    assert len(response.content) < 60_000
    assert response.headers["Content-Security-Policy"].count("'sha256-") == 3


def test_one_organisations_look_is_not_anothers(wave: Wave, hr: Client) -> None:
    dress(wave.organisation)
    assert PLUM not in hr.get("/people/look/").content.decode()
    hr.post("/people/look/", {"own_colour": "on", "colour": "#00aa88"})
    assert appearance_of(wave.organisation_id).colour == PLUM
