"""Finding out who has an account, and getting into one."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from orgunits.models import Role
from tests.factories import unit_tree, user_with

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password"


@pytest.fixture
def known() -> str:
    user = user_with(Role.HR, unit_tree("City")["City"])
    user.set_password(PASSWORD)
    user.save()
    return user.email


def outcome(client: Client, address: str, email: str, **fields: str) -> tuple[int, str, str]:
    field = "email" if "code" in address or "reset" in address else "login"
    response = client.post(address, {field: email, **fields}, follow=True)
    shown = response.content.decode().replace(email, "someone@example.org")
    shown = re.sub(r'value="[^"]{30,}"', "", shown)  # form tokens
    return response.status_code, str(response.redirect_chain), shown


@pytest.mark.parametrize("name", ["account_login", "account_request_login_code", "account_reset_password"])
def test_the_page_does_not_tell_whether_an_address_has_an_account(name: str, known: str) -> None:
    fields = {"password": "not the password"} if name == "account_login" else {}
    seen = [outcome(Client(), reverse(name), email, **fields) for email in (known, "nobody@example.org")]
    assert seen[0] == seen[1]


def test_nobody_signs_up(client: Client) -> None:
    form = {"email": "me@example.org", "password1": PASSWORD}
    client.post(reverse("account_signup"), form)
    assert "_auth_user_id" not in client.session
    assert not mail.outbox


def test_signing_in_gives_a_new_session(client: Client, known: str) -> None:
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = session.session_key or ""
    before = session.session_key
    client.post(reverse("account_login"), {"login": known, "password": PASSWORD})
    assert client.session["_auth_user_id"]
    assert client.session.session_key != before
