"""What units agreed to do about what they saw: done, stopped, late, to come, and one because of a signal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from actions.models import Action
from actions.services import Plan, close_action, plan_action
from orgunits.models import OrgUnit, Role, RoleGrant
from results.signals.models import Signal, SignalQuerySet
from surveys.models import Cycle, Theme

from . import stories
from .municipality import SLUG


@dataclass(frozen=True, slots=True)
class Agreed:
    """`begins`, `ready` and `closed` are numbers of waves: on the day that they opened or will open."""

    unit: str
    theme: str
    title: str
    why: str
    begins: int
    ready: int
    closed: int | None = None
    outcome: str = Action.Outcome.DONE
    what_came_of_it: str = ""


AGREED = (
    Agreed(
        stories.RECOVERED,
        "energy",
        "Een rooster dat past bij de drukste uren",
        "Op maandag en rond twaalf uur stond iedereen onder druk. We maken het rooster voortaan samen.",
        begins=13,
        ready=17,
        closed=17,
        what_came_of_it="Er zijn nu genoeg mensen op de drukste uren, en pauzes gaan door.",
    ),
    Agreed(
        stories.ASKING,
        "returning_questions",
        "Een vraagbaak op intranet",
        "Dezelfde vragen komen elke week terug.",
        begins=17,
        ready=22,
        closed=21,
        outcome=Action.Outcome.STOPPED,
        what_came_of_it="Niemand had tijd om de antwoorden bij te houden. We zoeken een andere oplossing.",
    ),
    Agreed(
        "Zorg en Wmo",
        "change",
        "Eén kalender met alles wat er verandert",
        "Er loopt te veel door elkaar. We willen zien wat er aankomt, en kunnen schuiven.",
        begins=20,
        ready=25,
    ),
    Agreed(
        "Directie Stadsbeheer",
        "cooperation",
        "Elke maand een uur met de teams waar we op wachten",
        "Werk blijft liggen tussen teams. We bespreken samen waar.",
        begins=27,
        ready=30,
    ),
)
BECAUSE_OF_A_SIGNAL = Agreed(
    "Vergunningen en Toezicht",
    "friction",
    "Met de leverancier drie stappen uit het zaaksysteem halen",
    "De afspraken zijn helder, maar elke zaak kost te veel klikken.",
    begins=25,
    ready=29,
)


def plan_agreed(cycle: Cycle, *, now: datetime) -> None:
    for one in AGREED:
        on = min(_day(cycle, one.begins), now.date())
        action = _plan(cycle, one, now=_morning(on, cycle))
        if one.closed:
            closing = _morning(_day(cycle, one.closed), cycle)
            close_action(action, one.outcome, one.what_came_of_it, by=action.owner, now=closing)


def unanswered() -> SignalQuerySet:
    """The signal that someone acts on, once it is raised."""
    return Signal.objects.ongoing().filter(
        organisation__slug=SLUG,
        unit__name=BECAUSE_OF_A_SIGNAL.unit,
        kind=Signal.Kind.FRICTION,
        state=Signal.State.NEW,
    )


def act_on_signal(*, now: datetime) -> None:
    signal = unanswered().first()
    if signal is not None:
        cycle = Cycle.objects.get(organisation=signal.organisation, kind=Cycle.Kind.RECURRING)
        _plan(cycle, BECAUSE_OF_A_SIGNAL, now=now, signal=signal)


def _plan(cycle: Cycle, one: Agreed, *, now: datetime, signal: Signal | None = None) -> Action:
    unit = OrgUnit.objects.current().get(organisation=cycle.organisation, name=one.unit)
    leader = RoleGrant.objects.filter(unit=unit, role=Role.MANAGER).order_by("pk")[0].user
    plan = Plan(
        title=one.title,
        why=one.why,
        theme=Theme.objects.get(organisation=None, code=one.theme),
        owner=leader,
        starts_on=_day(cycle, one.begins),
        due_on=_day(cycle, one.ready),
    )
    return plan_action(unit, plan, by=leader, now=now, signal=signal)


def _day(cycle: Cycle, wave: int) -> date:
    return cycle.starts_on + timedelta(weeks=stories.WEEKS_APART * (wave - 1))


def _morning(day: date, cycle: Cycle) -> datetime:
    return datetime.combine(day, time(10), tzinfo=cycle.organisation.zone)
