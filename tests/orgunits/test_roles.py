from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts.models import AuditEvent, User
from orgunits.access import scope_of
from orgunits.errors import OrgUnitError
from orgunits.models import OrgUnit, Role, RoleGrant
from orgunits.roles.services import end_role, grant_role, grant_role_by_email
from tests.factories import RoleGrantFactory, UserFactory, unit_tree, user_with
from tests.orgunits.people_files import MONDAY

pytestmark = pytest.mark.django_db

TODAY = MONDAY.date()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def city() -> OrgUnit:
    return unit_tree("City", "City/Care")["City"]


@pytest.fixture
def user(city: OrgUnit) -> User:
    return UserFactory.create(organisation=city.organisation)


def test_a_role_holds_from_today(city: OrgUnit, user: User) -> None:
    grant = grant_role(city, Role.DIRECTOR, user=user, by=None, now=MONDAY)
    assert (grant.starts_on, grant.ends_on) == (TODAY, None)
    assert scope_of(user, on=TODAY).has(Role.DIRECTOR)
    assert AuditEvent.objects.get().detail["role"] == "director"


def test_a_role_by_e_mail_makes_the_user_once(city: OrgUnit) -> None:
    for role in (Role.DIRECTOR, Role.HR):
        grant_role_by_email(
            city.organisation, email="New@example.org", name="New", role=role, unit=city, by=None, now=MONDAY
        )
    user = User.objects.get(email="new@example.org")
    assert (user.name, user.organisation, user.has_usable_password()) == ("New", city.organisation, False)
    assert user.role_grants.count() == 2


def test_a_user_of_another_organisation_gets_no_role(city: OrgUnit) -> None:
    with pytest.raises(OrgUnitError):
        grant_role(city, Role.HR, user=UserFactory.create(), by=None, now=MONDAY)
    assert not RoleGrant.objects.exists()


def test_a_role_by_e_mail_for_someone_of_another_organisation_opens_nothing(city: OrgUnit) -> None:
    stranger = UserFactory.create()
    home = stranger.organisation
    grant_role_by_email(
        city.organisation, email=stranger.email, name="Mine", role=Role.HR, unit=city, by=None, now=MONDAY
    )
    stranger.refresh_from_db()
    assert (stranger.organisation, stranger.name) == (home, UserFactory.build().name)
    assert scope_of(stranger, on=TODAY).grants == ()


def test_the_operators_account_gets_no_role_by_e_mail(city: OrgUnit) -> None:
    operator = User.objects.create_superuser("root@example.org")
    grant_role_by_email(
        city.organisation, email=operator.email, name="", role=Role.HR, unit=city, by=None, now=MONDAY
    )
    operator.refresh_from_db()
    assert operator.organisation is None


@pytest.mark.parametrize("role", [Role.PRIVACY_OFFICER, Role.IT_ADMINISTRATOR])
def test_some_roles_are_for_the_whole_organisation(role: Role, city: OrgUnit, user: User) -> None:
    with pytest.raises(OrgUnitError, match="whole organisation"):
        grant_role(OrgUnit.objects.get(name="Care"), role, user=user, by=None, now=MONDAY)


def test_a_role_is_not_given_twice_for_the_same_days(city: OrgUnit, user: User) -> None:
    grant_role(city, Role.DIRECTOR, user=user, by=None, now=MONDAY, ends_on=date(2026, 6, 30))
    with pytest.raises(OrgUnitError, match="already has"):
        grant_role(city, Role.DIRECTOR, user=user, by=None, now=MONDAY, starts_on=date(2026, 6, 30))
    grant_role(city, Role.DIRECTOR, user=user, by=None, now=MONDAY, starts_on=date(2026, 7, 1))


def test_the_last_day_is_not_before_the_first(city: OrgUnit, user: User) -> None:
    with pytest.raises(OrgUnitError, match="before the first"):
        grant_role(city, Role.DIRECTOR, user=user, by=None, now=MONDAY, ends_on=YESTERDAY)


def test_a_role_that_ends_gives_nothing_from_then_on(city: OrgUnit, user: User) -> None:
    grant = grant_role(city, Role.DIRECTOR, user=user, by=None, now=MONDAY)
    end_role(grant, by=None, now=MONDAY)
    assert not scope_of(user, on=TODAY).has(Role.DIRECTOR)
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == [
        "role.granted",
        "role.ended",
    ]


def test_the_last_hr_administrator_stays(city: OrgUnit) -> None:
    user_with(Role.HR, OrgUnit.objects.get(name="Care"))
    grant = RoleGrantFactory.create(role=Role.HR, unit=city)
    RoleGrantFactory.create(role=Role.HR, unit=city, ends_on=TODAY)
    with pytest.raises(OrgUnitError, match="last HR administrator"):
        end_role(grant, by=None, now=MONDAY)
    unopened = RoleGrantFactory.create(role=Role.HR, unit=city)
    elsewhere = RoleGrantFactory.create(role=Role.HR, unit=city, user=UserFactory.create(last_login=MONDAY))
    with pytest.raises(OrgUnitError, match="last HR administrator"):
        end_role(grant, by=None, now=MONDAY)
    assert elsewhere.user.organisation != city.organisation
    User.objects.filter(pk=unopened.user.pk).update(last_login=MONDAY)
    end_role(grant, by=None, now=MONDAY)
