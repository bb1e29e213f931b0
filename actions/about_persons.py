"""What actions tell of a person, for the overview of what is held about them."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from actions.models import Action
from surveys.persons.export import Row, Section
from surveys.persons.finding import Person

COLUMNS = {"title": _("What will be done"), "unit": _("Unit"), "from": _("From"), "to": _("Ready by")}


def sections(person: Person) -> Iterator[Section]:
    owned = Action.objects.filter(owner=person.user) if person.user else Action.objects.none()
    rows = owned.order_by("pk").values_list("title", "unit__name", "starts_on", "due_on")
    lines: list[Row] = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    yield Section("actions", _("Actions that they see to"), COLUMNS, lines)
