"""The mailbox shows mails as they were sent; only the demo has it (see test_production.py)."""

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import include, path
from pytest_django import Settings

from listening.mailbox.backend import MailboxBackend
from listening.mailbox.store import MailStore
from listening.urls import urlpatterns as product_urls

urlpatterns = [*product_urls, path("mailbox/", include("listening.mailbox.urls"))]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]

LINK = "http://127.0.0.1:8000/a/token-of-someone"


@pytest.fixture(autouse=True)
def store(settings: Settings, tmp_path: Path) -> MailStore:
    settings.DATA_DIR = tmp_path
    return MailStore(tmp_path / "mail")


def send(to: str, subject: str = "Vijf korte vragen één", html: str = "") -> None:
    message = EmailMultiAlternatives(subject, f"Beantwoord ze hier: {LINK}", "hr@gemeente.example", [to])
    message.attach_alternative(
        html or f'<p style="color:red">Hallo <a href="{LINK}">begin</a></p>', "text/html"
    )
    assert MailboxBackend().send_messages([message]) == 1


def test_mails_are_listed_newest_first(client: Client) -> None:
    send("a@example.nl", "First")
    send("b@example.nl", "Second")
    page = client.get("/mailbox/").content.decode()
    assert page.index("Second") < page.index("First")


def test_mails_are_found_by_part_of_an_address_whatever_its_case(client: Client) -> None:
    send("Jan.Jansen@example.nl", "For Jan")
    send("piet@example.nl", "For Piet")
    page = client.get("/mailbox/", {"to": "jan.JANSEN"}).content.decode()
    assert "For Jan" in page
    assert "For Piet" not in page


def test_no_mail_yet_says_what_to_wait_for(client: Client) -> None:
    assert client.get("/mailbox/").status_code == 200


def test_a_mail_shows_its_text_with_links_and_its_html_in_a_sandbox(client: Client, store: MailStore) -> None:
    send("jan@example.nl")
    (mail,) = store.newest_first()
    page = client.get(f"/mailbox/{mail.key}/").content.decode()
    assert f'<a href="{LINK}"' in page
    assert "Vijf korte vragen één" in page
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page


def test_the_html_of_a_mail_may_style_itself_but_runs_nothing(client: Client, store: MailStore) -> None:
    send("jan@example.nl", html='<p style="color:red">Hi</p><script>alert(1)</script>')
    (mail,) = store.newest_first()
    response = client.get(f"/mailbox/{mail.key}/html/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'self'" in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert 'style="color:red"' in response.content.decode()


@pytest.mark.parametrize("key", ["nothing", "..", "1" * 19 + "-" + "a" * 8, "*"])
def test_a_key_of_no_mail_is_not_found(client: Client, key: str) -> None:
    send("jan@example.nl")
    assert client.get(f"/mailbox/{key}/").status_code == 404


def test_a_mail_to_very_many_people_is_kept(client: Client, store: MailStore) -> None:
    message = EmailMultiAlternatives(
        "All", "Text", to=[f"person{number}@example.nl" for number in range(100)]
    )
    MailboxBackend().send_messages([message])
    (mail,) = store.newest_first("person1@")
    assert mail.subject == "All"
    assert client.get(f"/mailbox/{mail.key}/html/").status_code == 200


def test_listing_opens_only_the_mails_of_one_page(
    client: Client, store: MailStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(120):
        store.add(b"Subject: x\r\n\r\ny", [f"p{number}@example.nl"])
    opened: list[Path] = []
    original = Path.open

    def counting(path: Path, *args: Any, **options: Any) -> Any:
        opened.append(path)
        return original(path, *args, **options)

    monkeypatch.setattr(Path, "open", counting)
    assert client.get("/mailbox/").status_code == 200
    assert len([path for path in opened if path.suffix == ".eml"]) == 50
