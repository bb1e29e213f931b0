"""The pages about people, side by side above each of them."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from orgunits.access import ScopedRequest
from orgunits.models import Role


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    current: bool
    count: int | None = None


def people_tabs(request: ScopedRequest) -> list[Tab]:
    tabs = [(_("Import"), reverse("orgunits:imports")), (_("Units"), reverse("orgunits:units"))]
    if request.scope.has_on_root(Role.HR):
        tabs.append((_("Roles"), reverse("orgunits:roles")))
    return [Tab(label, url, request.path.startswith(url)) for label, url in tabs]
