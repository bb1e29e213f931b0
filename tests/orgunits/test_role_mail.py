"""A mail to whoever was given a role."""

from __future__ import annotations

from datetime import date

import pytest
from django.core import mail
from pytest_django import Settings

from orgunits.models import Role, RoleGrant
from orgunits.roles.services import grant_role_by_email
from orgunits.tasks import tell_of_role
from tests.factories import OrganisationFactory, unit_tree, user_with
from tests.orgunits.people_files import MONDAY

pytestmark = pytest.mark.django_db


def given(**more: date) -> RoleGrant:
    organisation = OrganisationFactory.create(name="City", language="nl")
    city = unit_tree("City", organisation=organisation)["City"]
    by = user_with(Role.HR, city)
    return grant_role_by_email(
        organisation,
        email="kim@city.example",
        name="",
        role=Role.DIRECTOR,
        unit=city,
        by=by,
        now=MONDAY,
        **more,
    )


def test_it_says_which_role_and_where_to_sign_in_in_the_language_of_the_organisation() -> None:
    tell_of_role(given().pk)
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["kim@city.example"], "City: je hebt toegang tot Polsslag")
    assert "Je hebt de rol “Directeur” voor City." in sent.body
    assert "/accounts/login/code/" in sent.body


def test_a_role_that_begins_later_says_when() -> None:
    tell_of_role(given(starts_on=date(2100, 1, 4)).pk)
    assert "4 januari 2100" in mail.outbox[0].body


def test_a_role_that_is_gone_is_not_told_of() -> None:
    grant = given()
    pk = grant.pk
    grant.delete()
    tell_of_role(pk)
    assert mail.outbox == []


def test_a_mail_server_that_is_down_leaves_the_role_as_it_is(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1
    grant = given()
    tell_of_role(grant.pk)
    assert RoleGrant.objects.filter(pk=grant.pk).exists()
