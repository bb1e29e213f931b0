"""What happened to an action, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from actions.models import Action
from actions.queries import Happened

HAPPENED: Mapping[str, Promise] = {
    "action.planned": pgettext_lazy("an action was", "Agreed"),
    "action.changed": pgettext_lazy("an action was", "Changed"),
    "action.reopened": pgettext_lazy("an action was", "Opened again"),
}
CHANGED: Mapping[str, Promise] = {
    "title": gettext_lazy("what will be done"),
    "why": gettext_lazy("why and how"),
    "theme": gettext_lazy("the theme"),
    "owner": gettext_lazy("who sees to it"),
    "is_shared": gettext_lazy("who is told"),
}


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """`what`: in a few words, such as “Changed: ready by 1 May in place of 1 April”."""

    at: datetime
    by: str
    what: str


def history_line(one: Happened) -> HistoryLine:
    return HistoryLine(one.at, one.by, _what(one))


def _what(one: Happened) -> str:
    if one.event == "action.closed":
        return capfirst(str(Action.Outcome(one.detail["outcome"]).label))
    told = str(HAPPENED[one.event])
    if one.event != "action.changed":
        return told
    return f"{told}: {', '.join(_changes(one.detail))}"


def _changes(detail: Mapping[str, Any]) -> list[str]:
    days = detail["days"]
    found = [str(CHANGED[name]) for name in detail["changed"] if name in CHANGED]
    if "starts_on" in days:
        found.append(_("begins on %(now)s in place of %(before)s") % _from_to(days["starts_on"]))
    if "due_on" in days:
        found.append(_("ready by %(now)s in place of %(before)s") % _from_to(days["due_on"]))
    return found


def _from_to(days: list[str]) -> dict[str, str]:
    before, now = (date_format(date.fromisoformat(day), _("j F Y")) for day in days)
    return {"before": before, "now": now}
