from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from dashboards.own_look import own_look
from orgunits.access import Scope, scope_of
from orgunits.models import OrgUnit, Role
from orgunits.tokens import TOKEN_ROLES
from orgunits.webhooks import WEBHOOK_ROLES


@dataclass(frozen=True, slots=True)
class MenuItem:
    """`here`: the item's own page; `inside`: any page below it."""

    label: str
    url: str
    here: bool
    inside: bool


@dataclass(frozen=True, slots=True)
class Link:
    """`below`: how the addresses begin that belong to it."""

    label: str
    url: str
    below: tuple[str, ...] = ()

    def item(self, path: str) -> MenuItem:
        return MenuItem(self.label, self.url, path == self.url, path.startswith(self.below or self.url))


OVERVIEWS = ("/heatmap/", "/waves/", "/layers/", "/changes/", "/indicators/")


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context of every page of a signed-in user: the organisation, its look and the menu for the roles."""
    scope = _scope(request)
    if scope is None:
        return {}
    unit, people = scope.home_unit(), _people_links(scope)
    return {
        "organisation": scope.organisation,
        "own_look": own_look(scope.organisation.pk),
        "navigation": [link.item(request.path) for link in _links(scope, unit, people)],
        "tokens_url": reverse("orgunits:tokens") if scope.has(*TOKEN_ROLES) else "",
        "webhooks_url": reverse("orgunits:webhooks") if scope.has_on_root(*WEBHOOK_ROLES) else "",
        "subnavigation": _submenu(scope, unit, people, request.path),
    }


def _submenu(scope: Scope, unit: OrgUnit | None, people: list[Link], path: str) -> list[MenuItem]:
    """The one that the page is in, if any."""
    is_overview = unit is not None and path.startswith(OVERVIEWS)
    items = [link.item(path) for link in (_overview_links(scope) if is_overview else people)]
    return items if any(item.inside for item in items) else []


def _scope(request: HttpRequest) -> Scope | None:
    """Of the view, or else of the user: pages about the account show the menu too."""
    scope: Scope | None = getattr(request, "scope", None)
    user = getattr(request, "user", None)
    if scope or not isinstance(user, User) or user.organisation is None:
        return scope
    return scope_of(user, on=timezone.localdate())


def _links(scope: Scope, unit: OrgUnit | None, people: list[Link]) -> list[Link]:
    links = []
    if scope.has(Role.HR):
        links.append(Link(_("Today"), reverse("today")))
    if unit is not None:
        links += [
            Link(_("Overview"), reverse("heatmap"), below=OVERVIEWS),
            Link(_("Signals"), reverse("signals")),
            Link(_("Actions"), reverse("actions")),
            Link(
                _("Whole organisation") if unit.is_root() else unit.name,
                reverse("unit", args=[unit.pk]),
                below=("/units/",),
            ),
        ]
    if scope.has(Role.HR):
        links.append(Link(_("Cycles"), reverse("surveys:cycles")))
        links.append(Link(_("Questions"), reverse("questions:list")))
    if scope.has_on_root(Role.PRIVACY_OFFICER):
        links.append(Link(_("Privacy"), reverse("privacy")))
    return links + [Link(_("People"), link.url, below=("/people/",)) for link in people[:1]]


def _overview_links(scope: Scope) -> list[Link]:
    links = [Link(_("Heatmap"), reverse("heatmap"))]
    if scope.has(Role.HR):
        links.append(Link(_("Waves side by side"), reverse("waves")))
    if scope.has(Role.HR, Role.DIRECTOR):
        links.append(Link(_("Between layers"), reverse("layers")))
    return [
        *links,
        Link(pgettext("in the work", "Changes"), reverse("change_timeline")),
        Link(_("Indicators"), reverse("indicators")),
    ]


def _people_links(scope: Scope) -> list[Link]:
    if not scope.has_on_root(Role.HR, Role.IT_ADMINISTRATOR):
        return []
    links = [Link(_("Import"), reverse("orgunits:imports")), Link(_("Units"), reverse("orgunits:units"))]
    if scope.has_on_root(Role.HR):
        links.append(Link(_("Roles"), reverse("orgunits:roles")))
        links.append(Link(_("Changes in the work"), reverse("orgunits:changes")))
        links.append(Link(_("Someone’s data"), reverse("persons:person")))
    return [*links, Link(_("Look of mails"), reverse("mailing:look"))]
