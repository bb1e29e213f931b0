from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from orgunits.access import RESULT_ROLES, Scope
from orgunits.models import Role


@dataclass(frozen=True, slots=True)
class MenuItem:
    label: str
    url: str
    current: bool


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context of every page of a signed-in user: the organisation and the menu for the user's roles."""
    scope: Scope | None = getattr(request, "scope", None)
    if scope is None:
        return {}
    items = [
        MenuItem(label, url, request.path.startswith(url))
        for label, url, roles in _menu(scope)
        if scope.has(*roles)
    ]
    return {"organisation": scope.organisation, "navigation": items}


def _menu(scope: Scope) -> list[tuple[str, str, frozenset[Role]]]:
    unit = scope.home_unit()
    people = frozenset({Role.HR, Role.IT_ADMINISTRATOR})
    menu = [(_("Today"), reverse("today"), frozenset({Role.HR}))]
    if unit is not None:
        menu += [
            (_("Heatmap"), reverse("heatmap"), RESULT_ROLES),
            (unit.name, reverse("unit", args=[unit.pk]), RESULT_ROLES),
        ]
    return [
        *menu,
        (_("Cycles"), reverse("surveys:cycles"), frozenset({Role.HR})),
        (_("People"), reverse("orgunits:imports"), people),
    ]
