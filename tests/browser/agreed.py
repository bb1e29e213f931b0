"""Actions in the town: one for a signal that is late, one that has just begun, and one that is done."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from actions.models import Action
from actions.services import Plan, close_action, plan_action
from surveys.models import Theme
from tests.browser.signals import raised_in
from tests.browser.town import DEPARTMENT, TEAM, Town

DAY = timedelta(days=1)


def agreed_in(town: Town) -> Action:
    """The late one."""
    if agreed := Action.objects.filter(signal__isnull=False).first():
        return agreed
    now, on = timezone.now(), timezone.localdate()
    lead = town.users["lead"]
    theme = Theme._default_manager.get(organisation=None, code="energy")
    late = Plan(
        "Eén ochtend per week zonder overleg",
        starts_on=on - 60 * DAY,
        due_on=on - 4 * DAY,
        why="We komen niet toe aan werk dat aandacht vraagt. We proberen de woensdagochtend.",
        theme=theme,
        owner=lead,
    )
    begun = Plan("Samen de week plannen", starts_on=on, due_on=on + 30 * DAY, owner=lead)
    done = Plan("Vaste vraagbaak aanwijzen", starts_on=on - 90 * DAY, due_on=on - 30 * DAY)
    made = plan_action(town.unit(TEAM), late, by=lead, now=now, signal=raised_in(town))
    plan_action(town.unit(TEAM), begun, by=lead, now=now)
    closed = plan_action(town.unit(DEPARTMENT), done, by=town.users["hr"], now=now)
    close_action(closed, "done", "Iedereen weet nu bij wie je moet zijn.", by=town.users["hr"], now=now)
    return made
