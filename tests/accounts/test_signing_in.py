from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "a-long-and-own-password"


def test_the_form_says_in_plain_words_what_it_asks(client: Client) -> None:
    text = client.get(reverse("account_login"), headers={"accept-language": "nl"}).content.decode()
    assert "Aangemeld blijven als de browser sluit" in text
    assert "placeholder" not in text


@pytest.mark.parametrize("stays", [True, False])
def test_who_asks_for_it_stays_signed_in_when_the_browser_closes(client: Client, stays: bool) -> None:
    user = UserFactory.create()
    user.set_password(PASSWORD)
    user.save()
    sent = {"login": user.email, "password": PASSWORD, **({"remember": "on"} if stays else {})}
    assert client.post(reverse("account_login"), sent).status_code == 302
    assert client.session.get_expire_at_browser_close() is not stays
