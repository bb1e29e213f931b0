from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import AccountError
from accounts.models import Organisation, User
from accounts.services import create_organisation, user_for
from orgunits.models import OrgUnit, Role
from orgunits.roles.services import grant_role
from orgunits.tree import lock_roots, next_root_path


@dataclass(frozen=True, slots=True)
class Founder:
    """The first administrator. Without a password they sign in with a code by e-mail."""

    email: str
    name: str = ""
    password: str | None = None


@transaction.atomic
def found_organisation(
    name: str,
    *,
    founder: Founder | None,
    now: datetime,
    language: str = "",
    slug: str = "",
) -> Organisation:
    """An organisation with its root unit and its first administrator, who is for HR and for IT."""
    lock_roots()
    organisation = create_organisation(name, by=None, now=now, language=language, slug=slug)
    root = OrgUnit.objects.create(organisation=organisation, name=name, path=next_root_path(), depth=1)
    if founder:
        user = new_user(organisation, founder, now=now)
        for role in (Role.HR, Role.IT_ADMINISTRATOR):
            grant_role(root, role, user=user, by=None, now=now)
    return organisation


@transaction.atomic
def found_first_organisation(
    name: str, *, founder: Founder, now: datetime, language: str = ""
) -> Organisation:
    """Raises AccountError when somebody was first: the page for this is open to everyone until then."""
    lock_roots()
    if Organisation.objects.exists():
        raise AccountError(_("There is an organisation already. Ask its administrator for access."))
    return found_organisation(name, founder=founder, now=now, language=language)


def new_user(organisation: Organisation, founder: Founder, *, now: datetime) -> User:
    return user_for(
        organisation, founder.email, by=None, now=now, name=founder.name, password=founder.password
    )
