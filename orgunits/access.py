"""Who may see what: the one place where tenant and role become a query.

A view names the roles it is for (`@needs(Role.HR)`) or says that it is open (`@public`); it then reads
through `request.scope`. A test walks all URLs and refuses a view that does neither.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django_htmx.http import HttpResponseClientRefresh

from accounts.models import Organisation, User
from orgunits.models import OrgUnit, OrgUnitQuerySet, Role, RoleGrant

RESULT_ROLES = frozenset({Role.HR, Role.DIRECTOR, Role.MANAGER})

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


@dataclass(frozen=True, slots=True)
class Grant:
    role: Role
    unit: OrgUnit

    @property
    def path(self) -> str:
        return str(self.unit.path)

    @property
    def depth(self) -> int:
        return int(self.unit.depth)


@dataclass(frozen=True, slots=True)
class Scope:
    """One user's reach in their own organisation on one day."""

    organisation: Organisation
    user: User
    grants: tuple[Grant, ...]

    def has(self, *roles: Role) -> bool:
        return any(grant.role in roles for grant in self.grants)

    def paths(self, *roles: Role) -> tuple[str, ...]:
        return tuple(grant.path for grant in self.grants if grant.role in roles)

    @property
    def result_paths(self) -> tuple[str, ...]:
        return self.paths(*RESULT_ROLES)

    def has_on_root(self, *roles: Role) -> bool:
        return any(grant.depth == 1 and grant.role in roles for grant in self.grants)

    @property
    def is_whole_organisation(self) -> bool:
        """Whether results of the root, and so of everyone, are in reach."""
        return self.has_on_root(*RESULT_ROLES)

    def reaches(self, unit: OrgUnit, *roles: Role) -> bool:
        """Whether the user has one of the roles (default: a result role) on the unit or above it."""
        paths = self.paths(*(roles or tuple(RESULT_ROLES)))
        return bool(unit.organisation_id == self.organisation.pk and unit.path.startswith(paths))

    def units(self) -> OrgUnitQuerySet:
        """The units whose results are in reach: the granted ones and all below them."""
        own = OrgUnit.objects.filter(organisation=self.organisation)
        return cast(OrgUnitQuerySet, own.at_or_below(self.result_paths))

    def unit_or_404(self, unit_id: int) -> OrgUnit:
        unit = self.units().filter(pk=unit_id).first()
        if unit is None:
            raise Http404
        unit.organisation = self.organisation  # the same one, so nothing looks it up again
        return cast(OrgUnit, unit)

    def home_unit(self) -> OrgUnit | None:
        """The highest unit whose results are in reach: where the user starts."""
        granted = (grant.unit for grant in self.grants if grant.role in RESULT_ROLES)
        highest = min(granted, key=lambda unit: (unit.depth, unit.path), default=None)
        if highest is None or highest.ended_on is None:
            return highest
        return cast(OrgUnit | None, self.units().current().order_by("depth", "path").first())


class ScopedRequest(HttpRequest):
    scope: Scope
    user: User


def scope_of(user: User, *, on: date) -> Scope:
    """Raises PermissionDenied for a user without an organisation."""
    if user.organisation is None:
        raise PermissionDenied
    grants = RoleGrant.objects.valid_on(on).filter(organisation=user.organisation, user=user)
    found = (Grant(Role(grant.role), grant.unit) for grant in grants.select_related("unit"))
    return Scope(user.organisation, user, tuple(found))


def signed_in(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """As Django's own, but when a part of a page is asked for, the whole page goes to sign in."""
    checked: Callable[..., HttpResponseBase] = login_required(view)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.headers.get("HX-Request") and not request.user.is_authenticated:
            return HttpResponseClientRefresh()
        return checked(request, *args, **kwargs)

    return guarded


def needs(*roles: Role, on_root: bool = False) -> Callable[[View], View]:
    """Sign-in plus one of the roles; the view gets `request.scope`. Without roles: any signed-in user.

    With `on_root` the role must be for the whole organisation.
    """

    def decorate(view: View) -> View:
        @signed_in
        @wraps(view)
        def guarded(request: ScopedRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request.scope = scope_of(request.user, on=timezone.localdate())
            held = request.scope.has_on_root if on_root else request.scope.has
            if roles and not held(*roles):
                raise PermissionDenied
            with timezone.override(request.scope.organisation.zone):  # times on the page are local ones
                return view(request, *args, **kwargs)

        guarded.access = frozenset(roles)  # type: ignore[attr-defined]
        return cast(View, guarded)

    return decorate


def public(view: View) -> View:
    """Open to anyone who has the address; the view itself decides what that opens."""
    view.access = "public"  # type: ignore[attr-defined]
    return view
