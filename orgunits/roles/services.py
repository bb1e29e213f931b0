from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import Organisation, User
from accounts.services import user_for
from orgunits.errors import OrgUnitError
from orgunits.models import OrgUnit, Role, RoleGrant
from orgunits.roles.notices import tell_soon
from orgunits.tree import lock_tree, today

WHOLE_ORGANISATION = frozenset({Role.PRIVACY_OFFICER, Role.IT_ADMINISTRATOR})


@transaction.atomic
def grant_role(
    unit: OrgUnit,
    role: Role,
    *,
    user: User,
    by: User | None,
    now: datetime,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> RoleGrant:
    """From today unless said otherwise; both days are included."""
    if user.organisation_id != unit.organisation_id:
        raise OrgUnitError(_("This person belongs to another organisation."))
    return _grant(unit, role, user=user, by=by, now=now, starts_on=starts_on, ends_on=ends_on)


def _grant(
    unit: OrgUnit,
    role: Role,
    *,
    user: User,
    by: User | None,
    now: datetime,
    starts_on: date | None,
    ends_on: date | None,
) -> RoleGrant:
    organisation = unit.organisation
    lock_tree(organisation)
    starts_on = starts_on or today(organisation, now)
    if role in WHOLE_ORGANISATION and unit.depth > 1:
        raise OrgUnitError(_("This role is for the whole organisation. Choose the top unit."))
    if ends_on and ends_on < starts_on:
        raise OrgUnitError(_("The last day is before the first day."))
    if overlapping(unit, role, user, starts_on, ends_on):
        raise OrgUnitError(
            _("%(user)s already has this role here. End it first if the days must change.")
            % {"user": user.email}
        )
    grant = RoleGrant.objects.create(
        organisation=organisation, user=user, role=role, unit=unit, starts_on=starts_on, ends_on=ends_on
    )
    audit.record(organisation, "role.granted", by=by, now=now, target=grant, **described(grant))
    return grant


@transaction.atomic
def grant_role_by_email(
    organisation: Organisation,
    *,
    email: str,
    name: str,
    role: Role,
    unit: OrgUnit,
    by: User | None,
    now: datetime,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> RoleGrant:
    """Makes the user when there is none with this address, and mails that they have the role.

    An address that signs in for another organisation gets the same answer as a new one, or whoever asks would
    learn that it does. Its grant opens nothing: only those of one's own organisation count.
    """
    user = User.objects.filter(email__iexact=email).first()
    if user is None or user.organisation_id == organisation.pk:
        user = user_for(organisation, email, name=name, by=by, now=now)
    grant = _grant(unit, role, user=user, by=by, now=now, starts_on=starts_on, ends_on=ends_on)
    tell_soon(grant)
    return grant


def overlapping(unit: OrgUnit, role: Role, user: User, starts_on: date, ends_on: date | None) -> bool:
    grants = RoleGrant.objects.not_ended_before(starts_on).filter(unit=unit, role=role, user=user)
    return (grants.filter(starts_on__lte=ends_on) if ends_on else grants).exists()


@transaction.atomic
def end_role(grant: RoleGrant, *, by: User | None, now: datetime) -> RoleGrant:
    """Access stops now: yesterday becomes its last day. One organisation always keeps an HR administrator."""
    organisation = grant.organisation
    lock_tree(organisation)
    day = today(organisation, now)
    if is_last_hr(grant, day):
        raise OrgUnitError(
            _(
                "This is the last HR administrator of the organisation. "
                "First name another one, who then signs in."
            )
        )
    grant.ends_on = day - timedelta(days=1)
    grant.save(update_fields=["ends_on"])
    audit.record(organisation, "role.ended", by=by, now=now, target=grant, **described(grant))
    return grant


def is_last_hr(grant: RoleGrant, day: date) -> bool:
    if grant.role != Role.HR or grant.unit.depth > 1:
        return False
    lasting = RoleGrant.objects.valid_on(day).filter(
        organisation=grant.organisation,
        user__organisation=grant.organisation,
        user__last_login__isnull=False,  # an address that nobody opens keeps no organisation
        role=Role.HR,
        unit__depth=1,
        ends_on=None,
    )
    return not lasting.exclude(pk=grant.pk).exists()


def described(grant: RoleGrant) -> dict[str, str]:
    return {
        "user": grant.user.email,
        "role": grant.role,
        "unit": grant.unit.name,
        "from": grant.starts_on.isoformat(),
        "to": grant.ends_on.isoformat() if grant.ends_on else "",
    }
