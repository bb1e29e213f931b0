from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import AccountError
from accounts.languages import default_language
from accounts.models import Organisation, User


@transaction.atomic
def create_organisation(
    name: str, *, by: User | None, now: datetime, language: str = "", slug: str = ""
) -> Organisation:
    """Without a slug it gets one from its name, with a number when that is taken."""
    organisation = Organisation.objects.create(
        name=name, slug=slug or free_slug(name), language=language or default_language()
    )
    audit.record(organisation, "organisation.created", by=by, now=now, target=organisation, name=name)
    return organisation


def free_slug(name: str) -> str:
    base = slugify(name)[:40] or "organisation"
    taken = set(Organisation.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    return next(slug for number in range(2, len(taken) + 3) if (slug := f"{base}-{number}") not in taken)


@transaction.atomic
def user_for(
    organisation: Organisation,
    email: str,
    *,
    by: User | None,
    now: datetime,
    name: str = "",
    language: str = "",
    password: str | None = None,
) -> User:
    """The organisation's user with this address, made when there is none yet.

    Raises AccountError when the address signs in for another organisation.
    """
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = User.objects.create_user(
            email,
            password,
            organisation=organisation,
            name=name,
            language=language or organisation.language,
        )
        audit.record(organisation, "user.created", by=by, now=now, target=user, email=user.email)
    if user.organisation_id != organisation.pk:
        raise AccountError(
            _("‘%(email)s’ already signs in for another organisation. Use another address.")
            % {"email": email}
        )
    return user


def choose_language(user: User, code: str) -> None:
    user.language = code
    user.save(update_fields=["language"])
