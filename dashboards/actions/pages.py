"""The list of actions in one's own layer, the page of one of them, and what other pages show of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions import queries
from actions.effects import beginning_of
from actions.models import Action, ActionQuerySet
from dashboards.actions.words import HistoryLine, history_line
from dashboards.addresses import addresses_of
from dashboards.effect import Comparison, comparison
from dashboards.tabs import Tab
from dashboards.unit.page import Step
from orgunits.access import Scope
from orgunits.models import OrgUnit
from results.signals.models import Signal
from results.signals.queries import signals_in_reach
from results.signals.telling import title

A_PAGE = 50
LISTED = 5  # on pages about something else
State = Action.State
# What a list may be narrowed to; closed ones are one group.
GROUPS: dict[str, tuple[State, ...]] = {
    "overdue": (State.OVERDUE,),
    "running": (State.RUNNING,),
    "planned": (State.PLANNED,),
    "closed": (State.DONE, State.STOPPED),
}


@dataclass(frozen=True, slots=True)
class ActionLine:
    action: Action
    state: State
    url: str


@dataclass(frozen=True, slots=True)
class ActionList:
    """`within`: the unit that the list is narrowed to; `parts`: units to narrow it to further."""

    sentence: str
    groups: list[Tab]
    parts: list[Tab]
    within: OrgUnit | None
    page: Page[Action]
    lines: list[ActionLine]


def action_list(scope: Scope, within: OrgUnit | None, group: str, number: str, *, on: date) -> ActionList:
    seen = queries.actions_in_reach(scope)
    if within:
        seen = seen.at_or_below(within)
    counted = queries.numbers(seen, on)
    group = group if group in GROUPS else ""
    found = queries.by_urgency(seen.in_states(on, *GROUPS[group]) if group else seen, on)
    page = Paginator(found, A_PAGE).get_page(number)
    return ActionList(
        sentence=sentence(counted),
        groups=_groups(counted, within, group),
        parts=_parts(scope, within, seen),
        within=within,
        page=page,
        lines=lines(page, on),
    )


def lines(actions: Iterable[Action], on: date) -> list[ActionLine]:
    address = addresses_of("action")
    return [ActionLine(one, one.state(on), address(one.pk)) for one in actions]


def sentence(counted: queries.Numbers) -> str:
    """How many are open, on top of a page; "" when none is."""
    if not counted.going_on:
        return ""
    told = [
        ngettext("%(n)s action is open.", "%(n)s actions are open.", counted.going_on)
        % {"n": counted.going_on}
    ]
    if counted.overdue:
        late = ngettext("%(n)s of them is overdue.", "%(n)s of them are overdue.", counted.overdue)
        told.append(late % {"n": counted.overdue})
    return " ".join(told)


def _groups(counted: queries.Numbers, within: OrgUnit | None, current: str) -> list[Tab]:
    named = {
        "": (_("All"), counted.going_on + counted.closed),
        "overdue": (_("Overdue"), counted.overdue),
        "running": (_("Under way"), counted.running),
        "planned": (_("Planned"), counted.planned),
        "closed": (_("Closed"), counted.closed),
    }
    return [
        Tab(label, list_url(within, group), group == current, count)
        for group, (label, count) in named.items()
        if count or group in {"", current}
    ]


def list_url(within: OrgUnit | None = None, group: str = "") -> str:
    asked = {"unit": within.pk if within else "", "state": group}
    query = urlencode({name: value for name, value in asked.items() if value})
    return reverse("actions") + (f"?{query}" if query else "")


def _parts(scope: Scope, within: OrgUnit | None, seen: ActionQuerySet) -> list[Tab]:
    """The unit that the list is narrowed to, and those right below it where there are actions."""
    top = within or scope.home_unit()
    if top is None:
        return []
    step = len(top.path) + OrgUnit.steplen
    paths = {path[:step] for path in seen.values_list("unit__path", flat=True) if path.startswith(top.path)}
    below = OrgUnit.objects.filter(organisation=scope.organisation, path__in=paths - {top.path})
    units = [*([within] if within else []), *below.order_by("name")]
    if not units:
        return []
    return [
        Tab(_("All units"), list_url(), within is None),
        *(Tab(unit.name, list_url(unit), unit == within) for unit in units),
    ]


@dataclass(frozen=True, slots=True)
class SignalLink:
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class ActionPage:
    """`signal`: the one that it was agreed on for, while the viewer sees it.

    Once it began, `comparison` is of the theme that it is meant for, and `beside` of the others: of so many
    one or the other differs by chance. Without such a theme all are in the first.
    """

    action: Action
    state: State
    path: list[Step]
    signal: SignalLink | None
    history: list[HistoryLine]
    comparison: Comparison | None = None
    beside: Comparison | None = None


def action_page(scope: Scope, action: Action, *, on: date) -> ActionPage:
    seen = signals_in_reach(scope)
    signal = seen.filter(pk=action.signal_id).first() if action.signal_id else None
    page = ActionPage(
        action=action,
        state=action.state(on),
        path=[Step(_("Actions"), reverse("actions")), Step(action.title)],
        signal=SignalLink(title(signal), reverse("signal", args=[signal.pk])) if signal else None,
        history=[history_line(one) for one in queries.history(action)],
    )
    if action.starts_on > on:
        return page
    found = comparison(beginning_of(action, signal))
    own = [line for line in found.lines if line.theme == action.theme]
    if not own:
        return replace(page, comparison=found)
    others = [line for line in found.lines if line not in own]
    return replace(page, comparison=replace(found, lines=own), beside=replace(found, lines=others))


@dataclass(frozen=True, slots=True)
class UnitActions:
    """`lines`: what goes on in the unit itself, as far as it is listed; `more`: besides and below."""

    unit: OrgUnit
    lines: list[ActionLine]
    more: int
    url: str


def unit_actions(unit: OrgUnit, *, on: date) -> UnitActions:
    """Of a unit that the viewer may see. Two queries."""
    listed = lines(queries.going_on_in(unit, on)[:LISTED], on)
    in_all = Action.objects.at_or_below(unit).going_on().count()
    return UnitActions(unit, listed, in_all - len(listed), list_url(unit))


def signal_actions(signal: Signal, scope: Scope, *, on: date) -> list[ActionLine]:
    """Agreed on because of this signal, as far as the viewer sees."""
    return lines(queries.by_urgency(queries.actions_in_reach(scope).filter(signal=signal), on), on)


@dataclass(frozen=True, slots=True)
class Standing:
    """How it is with all actions in one's layer, in a sentence that leads to them; "" when none go on."""

    sentence: str
    url: str


def standing_of_actions(scope: Scope, *, on: date) -> Standing:
    counted = queries.numbers(queries.actions_in_reach(scope), on)
    return Standing(sentence(counted), list_url(group="overdue" if counted.overdue else ""))
