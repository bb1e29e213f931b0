from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.errors import AccountError
from accounts.models import AuditEvent, Organisation, User
from accounts.services import create_organisation, user_for
from tests.factories import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

CODE = r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_user_is_made_once_whatever_the_letters() -> None:
    organisation = OrganisationFactory.create(language="en")
    made = user_for(organisation, "Jan@Example.org", name="Jan", by=None, now=NOON)
    assert (made.email, made.language, made.has_usable_password()) == ("jan@example.org", "en", False)
    assert user_for(organisation, "JAN@example.org", by=None, now=NOON) == made
    assert AuditEvent.objects.filter(action="user.created").count() == 1


def test_two_users_never_share_an_address() -> None:
    UserFactory.create(email="jan@example.org")
    with pytest.raises(IntegrityError):
        User.objects.create(email="JAN@example.org")


def test_the_operators_account_is_not_handed_to_an_organisation() -> None:
    User.objects.create_superuser("root@example.org")
    with pytest.raises(AccountError):
        user_for(OrganisationFactory.create(), "root@example.org", by=None, now=NOON)


def test_a_name_without_letters_still_gives_a_slug() -> None:
    assert create_organisation("!!!", by=None, now=NOON).slug == "organisation"


def test_a_time_zone_must_exist() -> None:
    with pytest.raises(ValidationError, match="time_zone"):
        Organisation(name="City", slug="city", time_zone="Europe/Nowhere").full_clean()


def test_nobody_signs_up_by_themselves(client: Client) -> None:
    response = client.post(
        reverse("account_signup"), {"email": "me@example.org", "password1": "correct horse battery"}
    )
    assert response.status_code == 200
    assert not User.objects.exists()


def test_a_user_without_a_password_signs_in_with_a_mailed_code(client: Client) -> None:
    user = user_for(OrganisationFactory.create(), "jan@example.org", by=None, now=NOON)
    client.post(reverse("account_request_login_code"), {"email": "Jan@example.org"})
    code = re.search(CODE, str(mail.outbox[0].body))
    assert code, mail.outbox[0].body
    client.post(reverse("account_confirm_login_code"), {"code": code.group()})
    assert client.session["_auth_user_id"] == str(user.pk)


def test_an_unknown_address_gets_no_code_and_the_same_page(client: Client) -> None:
    UserFactory.create(email="jan@example.org")
    answers = [
        client.post(reverse("account_request_login_code"), {"email": email})
        for email in ("jan@example.org", "nobody@example.org")
    ]
    assert len({(answer.status_code, answer.headers.get("Location")) for answer in answers}) == 1
    assert [message.to for message in mail.outbox if "nobody" not in message.to[0]] == [["jan@example.org"]]


def test_people_stay_signed_in_under_a_new_key(client: Client, settings: Settings) -> None:
    client.force_login(UserFactory.create())
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a newer key" * 5
    assert client.get(reverse("privacy_sheet")).status_code == 200
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [], "a key of another installation" * 2
    assert client.get(reverse("privacy_sheet")).status_code == 302
