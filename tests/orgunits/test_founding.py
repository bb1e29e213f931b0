from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.errors import AccountError
from accounts.models import AuditEvent, Organisation, User
from orgunits.founding.services import Founder, found_first_organisation, found_organisation
from orgunits.models import OrgUnit, Role, RoleGrant
from tests.factories import OrganisationFactory
from tests.orgunits.people_files import MONDAY

pytestmark = pytest.mark.django_db

FILLED_IN = {
    "organisation": "Gemeente Voorbeeld",
    "language": "nl",
    "name": "Hanna de Vries",
    "email": "Hanna@voorbeeld.example",
    "password": "correct horse battery",
    "password_again": "correct horse battery",
}


def test_an_organisation_starts_with_a_root_and_an_administrator() -> None:
    organisation = found_organisation("Voorbeeld", founder=Founder("h@example.org", "Hanna"), now=MONDAY)
    root = OrgUnit.objects.get(organisation=organisation)
    assert (root.name, root.depth) == ("Voorbeeld", 1)
    grants = RoleGrant.objects.filter(organisation=organisation, unit=root, user__email="h@example.org")
    assert {grant.role for grant in grants} == {Role.HR, Role.IT_ADMINISTRATOR}
    actions = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["organisation.created", "user.created", "role.granted", "role.granted"]


def test_organisations_get_their_own_slug_and_root() -> None:
    made = [found_organisation("Voorbeeld", founder=None, now=MONDAY) for _ in range(3)]
    assert [one.slug for one in made] == ["voorbeeld", "voorbeeld-2", "voorbeeld-3"]
    assert len({unit.path for unit in OrgUnit.objects.all()}) == 3


def test_the_first_organisation_is_founded_once() -> None:
    found_first_organisation("One", founder=Founder("a@example.org"), now=MONDAY)
    with pytest.raises(AccountError):
        found_first_organisation("Two", founder=Founder("b@example.org"), now=MONDAY)
    assert Organisation.objects.count() == 1


def test_the_first_page_makes_the_organisation_and_signs_in(client: Client) -> None:
    assert client.get("/welcome/").status_code == 200
    response = client.post("/welcome/", FILLED_IN)
    assert response.headers["Location"] == "/people/import/"
    user = User.objects.get()
    assert (user.email, user.name) == ("hanna@voorbeeld.example", "Hanna de Vries")
    assert user.check_password("correct horse battery")
    assert reverse("mfa_activate_totp") in client.get("/people/import/").content.decode()
    assert reverse("mfa_activate_totp") not in client.get("/people/import/").content.decode()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"password": "short", "password_again": "short"}, "too short"),
        ({"password_again": "something else"}, "differs from the first"),
        ({"email": "nowhere"}, "valid email address"),
        ({"organisation": ""}, "required"),
    ],
)
def test_the_first_page_says_what_is_wrong(changes: dict[str, str], reason: str, client: Client) -> None:
    response = client.post("/welcome/", FILLED_IN | changes)
    assert reason in response.content.decode()
    assert not Organisation.objects.exists()


def test_the_first_page_is_gone_once_there_is_an_organisation(client: Client) -> None:
    OrganisationFactory.create()
    assert client.get("/welcome/").status_code == 404
    assert client.post("/welcome/", FILLED_IN).status_code == 404
    assert not User.objects.exists()
