"""A request that is larger than any form is refused before it is read."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from orgunits.imports.tables import LARGEST_FILE
from orgunits.models import Role
from tests.factories import unit_tree, user_with

pytestmark = pytest.mark.django_db


class Unread:
    """A body that may not be touched."""

    def read(self, *args: object) -> bytes:
        raise AssertionError("the body was read")

    readline = read


def post(client: Client, length: object) -> tuple[int, str]:
    said: dict[str, Any] = {"CONTENT_LENGTH": str(length), "wsgi.input": Unread()}
    kind = "multipart/form-data; boundary=x"
    response = client.generic("POST", "/people/import/", b"", content_type=kind, **said)
    return response.status_code, response.content.decode()


@pytest.mark.parametrize(
    ("language", "words"), [("en", "This file is too large"), ("nl", "Dit bestand is te groot")]
)
def test_a_request_that_says_it_is_too_large_is_refused_unread(language: str, words: str) -> None:
    status, page = post(Client(headers={"accept-language": language}), settings.LARGEST_REQUEST + 1)
    assert status == 413
    assert words in page


def test_it_is_refused_for_someone_who_signed_in_too() -> None:
    client = Client()
    client.force_login(user_with(Role.HR, unit_tree("City")["City"]))
    assert post(client, 2**40)[0] == 413


@pytest.mark.parametrize("length", ["", "0", "none", "-1", "²"])
def test_an_odd_length_is_left_to_django(length: str) -> None:
    client = Client(headers={"accept-language": "en"})
    response = client.generic("POST", "/accounts/login/", b"", CONTENT_LENGTH=length)
    assert response.status_code < 500


def test_the_largest_people_file_passes_with_its_form() -> None:
    assert LARGEST_FILE < settings.LARGEST_REQUEST
