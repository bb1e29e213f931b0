"""Who has an account reads pages and mails in their own language, whatever the browser prefers."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import Organisation, User
from orgunits.models import Role
from tests.factories import UserFactory, unit_tree, user_with

pytestmark = pytest.mark.django_db

DUTCH, ENGLISH = "Aanmelden", "Sign in"


def signed_in(user: User, *, browser: str = "en") -> Client:
    client = Client(headers={"accept-language": browser})
    client.force_login(user)
    return client


def language_of(client: Client, address: str = "/people/units/") -> str:
    return str(client.get(address).headers["Content-Language"])


@pytest.fixture
def user() -> User:
    return user_with(Role.HR, unit_tree("City")["City"], user__language="nl")


def test_the_users_language_goes_before_the_browsers(user: User) -> None:
    client = signed_in(user)
    assert language_of(client) == "nl"
    assert '<html lang="nl"' in client.get("/people/units/").content.decode()


def test_a_language_that_is_no_longer_offered_gives_way_to_the_organisations_and_then_the_browsers(
    user: User,
) -> None:
    User.objects.update(language="fy")
    Organisation.objects.update(language="nl")
    assert language_of(signed_in(user)) == "nl"
    Organisation.objects.update(language="de")
    assert language_of(signed_in(user)) == "en"
    assert language_of(signed_in(user, browser="fr")) == "nl"


def test_the_switch_keeps_the_choice_of_who_signed_in_for_every_browser(user: User) -> None:
    client = signed_in(user)
    switched = client.post(reverse("set_language"), {"language": "en", "next": "/people/units/"})
    assert switched.headers["Location"] == "/people/units/"
    user.refresh_from_db()
    assert user.language == language_of(client) == language_of(signed_in(user, browser="nl")) == "en"


def test_a_language_that_is_not_offered_cannot_be_chosen(user: User) -> None:
    signed_in(user).post(reverse("set_language"), {"language": "fr"})
    user.refresh_from_db()
    assert user.language == "nl"


def test_before_signing_in_the_browser_chooses_and_the_switch_changes_it(user: User) -> None:
    client = Client(headers={"accept-language": "en"})
    assert ENGLISH in client.get("/accounts/login/").content.decode()
    client.post(reverse("set_language"), {"language": "nl", "next": "/accounts/login/"})
    assert DUTCH in client.get("/accounts/login/").content.decode()
    assert User.objects.get().language == "nl"


def test_from_signing_in_on_the_pages_are_in_the_users_language(user: User) -> None:
    user.set_password("a-long-enough-password")
    user.save()
    client = Client(headers={"accept-language": "en"})
    given = {"login": user.email, "password": "a-long-enough-password", "next": "/people/units/"}
    response = client.post("/accounts/login/", given, follow=True)
    assert response.headers["Content-Language"] == "nl"
    assert "Successfully" not in response.content.decode()


@pytest.mark.parametrize(("language", "subject"), [("nl", "Aanmeldcode"), ("en", "Sign-In Code")])
def test_a_code_to_sign_in_is_mailed_in_the_language_of_its_reader(language: str, subject: str) -> None:
    someone = UserFactory.create(language=language)
    asking = Client(headers={"accept-language": "nl" if language == "en" else "en"})
    asking.post("/accounts/login/code/", {"email": someone.email})
    assert subject in mail.outbox[0].subject


def test_who_comes_without_a_session_gets_no_cookie() -> None:
    response = Client(headers={"accept-language": "en"}).get("/k/")
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


def test_with_three_languages_the_switch_is_a_list_of_their_own_names(user: User, settings: Settings) -> None:
    settings.LANGUAGES = [("nl", "Nederlands"), ("en", "English"), ("de", "Deutsch")]
    page = signed_in(user).get("/people/units/").content.decode()
    for name in ("Nederlands", "English", "Deutsch"):
        assert f">{name}</button>" in page
