from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from surveys.kiosk import limits
from surveys.letters.codes import new_code, token_of, written
from surveys.mailing.tokens import token_hash
from surveys.models import Invitation, LetterRun, Link, Wave
from tests.waves import OpenWave, open_wave

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def built() -> OpenWave:
    built = open_wave({"City": 6})
    Wave.objects.update(closes_at=timezone.now() + timedelta(days=1))
    return built


@pytest.fixture
def code(built: OpenWave) -> str:
    return letter_for(built.invitations["City"][0])


def letter_for(invitation: Invitation) -> str:
    code = new_code()
    run = LetterRun.objects.create(
        organisation=invitation.organisation,
        wave=invitation.wave,
        audience="units",
        form="pdf",
        ordered_at=timezone.now(),
    )
    Link.objects.create(
        organisation=invitation.organisation,
        wave=invitation.wave,
        invitation=invitation,
        letter_run=run,
        token_hash=token_hash(token_of(code)),
    )
    return code


def type_in(client: Client, code: str, *, address: str = "10.0.0.1") -> int:
    return client.post("/k/", {"code": code}, REMOTE_ADDR=address).status_code


def test_a_code_opens_the_own_page_for_a_shared_device(client: Client, code: str) -> None:
    response = client.post("/k/", {"code": written(code).lower()})
    assert (response.status_code, response["Location"]) == (303, f"/a/{token_of(code)}/?shared")
    assert not response.cookies
    assert client.get(response["Location"]).status_code == 200


def test_the_page_is_one_request_and_sets_no_cookie(client: Client) -> None:
    response = client.get("/k/")
    assert response.status_code == 200
    assert not response.cookies
    assert not re.findall(rb'(?:src|href)="(?!data:|#|\?)', response.content)


def test_a_wrong_code_is_said_and_what_was_typed_stays(client: Client, code: str) -> None:
    response = client.post("/k/", {"code": "00000-00000"})
    assert response.status_code == 422
    assert 'value="00000-00000"' in response.content.decode()
    assert type_in(client, "123") == 422


def test_a_code_in_the_address_opens_nothing(client: Client, code: str) -> None:
    """It would stand in logs, and would not be counted."""
    assert client.get(f"/k/?code={code}").status_code == 200
    assert client.get(f"/k/{code}/").status_code == 404


def test_after_closing_a_code_is_as_wrong_as_any_other(client: Client, code: str) -> None:
    Wave.objects.update(closes_at=timezone.now())
    late = client.post("/k/", {"code": code}).content.decode().replace(code, "")
    assert late == client.post("/k/", {"code": "0000000000"}).content.decode().replace("0000000000", "")


def test_one_device_may_be_wrong_twenty_times_and_then_not_even_right(client: Client, code: str) -> None:
    assert [type_in(client, new_code()) for _ in range(limits.WRONG_PER_ADDRESS)] == [422] * 20
    assert type_in(client, new_code()) == 429
    assert type_in(client, code) == 429
    assert type_in(client, code, address="10.0.0.2") == 303


def test_right_codes_are_not_counted(client: Client, built: OpenWave) -> None:
    codes = [letter_for(one) for one in built.invitations["City"]] * 5
    assert {type_in(client, code) for code in codes} == {303}


def test_many_devices_together_are_limited_too(
    client: Client, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "WRONG_IN_ALL", 30)
    tries = [type_in(client, new_code(), address=f"10.0.0.{number}") for number in range(40)]
    assert tries == [422] * 30 + [429] * 10
    assert type_in(client, code, address="10.0.1.1") == 429


def test_a_household_counts_once_with_ipv6(client: Client) -> None:
    tries = [type_in(client, new_code(), address=f"2001:db8::{number:x}") for number in range(1, 23)]
    assert tries[-1] == 429
    assert type_in(client, new_code(), address="2001:db8:0:1::1") == 422
