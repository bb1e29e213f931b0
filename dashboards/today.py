"""HR's first page: open waves, what needs attention, the next dates, and what came of closed waves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.models import Action
from actions.queries import actions_in_reach
from dashboards.actions.pages import list_url
from dashboards.open_waves import OpenWave, depths, open_waves
from dashboards.signals import NewSignals, new_signals
from orgunits.access import Scope
from orgunits.models import Employee, Role
from orgunits.tree import today as local_day
from results import queries
from results.figures import Taking
from results.outcomes import Outcome
from results.queries import UnitsAsked
from results.verdicts import with_outcomes
from surveys.cycles.queries import cycles_of
from surveys.mailing.refused import refused_people
from surveys.models import Cycle, LetterRun, Wave

CLOSED_SHOWN = 4
WAITING_SHOWN = 12
DATES_SHOWN = 8
# Of the many columns, those of which the page makes something.
OF_A_CYCLE = "name", "kind", "state", "next_opens_at"
OF_A_WAVE = "name", "number", "kind", "scheduled_for", "state"


@dataclass(frozen=True, slots=True)
class ClosedWave:
    """Of `units.number` in reach `units.with_figures` have one."""

    wave: Wave
    url: str
    taking: Taking | None
    units: UnitsAsked


@dataclass(frozen=True, slots=True)
class WaitingWave:
    """Over, and without figures yet: they are being counted or checked."""

    wave: Wave
    url: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Attention:
    """Something that HR can do something about."""

    text: str
    action: str
    url: str


@dataclass(frozen=True, slots=True)
class NextDate:
    at: datetime
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Today:
    open_waves: list[OpenWave]
    new_signals: NewSignals
    attention: list[Attention]
    dates: list[NextDate]
    waiting_waves: list[WaitingWave]
    closed_waves: list[ClosedWave]
    has_people: bool
    has_cycles: bool


def today(scope: Scope, *, now: datetime) -> Today:
    organisation = scope.organisation
    allowed, cycles = depths(scope), list(cycles_of(scope).only(*OF_A_CYCLE))
    covered, active = {one.pk for one in cycles}, [one for one in cycles if one.state == Cycle.State.ACTIVE]
    opened = open_waves(scope, allowed, covered, now=now)
    without_figures = _without_figures(covered)
    return Today(
        open_waves=opened,
        new_signals=new_signals(scope),
        attention=[
            *_withheld(without_figures),
            *_mail_trouble(scope, opened),
            *_letters(covered),
            *_waves_in_the_way(active, opened),
            *_late_actions(scope, now),
        ],
        dates=sorted(_dates(active, opened, now), key=lambda one: one.at)[:DATES_SHOWN],
        waiting_waves=[one for one in without_figures if one.outcome is not Outcome.WITHHELD],
        closed_waves=_closed_waves(scope),
        has_people=Employee.objects.filter(organisation=organisation).exists(),
        has_cycles=bool(cycles) or Cycle.objects.filter(organisation=organisation).exists(),
    )


def _without_figures(covered: Collection[int]) -> list[WaitingWave]:
    """Of the waves that were over last, the newest first."""
    waves = Wave.objects.filter(cycle__in=covered).only(*OF_A_WAVE).order_by("-closes_at", "-pk")
    return [
        WaitingWave(wave, reverse("wave", args=[wave.pk]), outcome)
        for wave, outcome in with_outcomes(waves, most=WAITING_SHOWN)
        if outcome is not Outcome.SHOWN
    ]


def _withheld(waves: Iterable[WaitingWave]) -> Iterator[Attention]:
    for one in waves:
        if one.outcome is Outcome.WITHHELD:
            words = _("%(wave)s: nobody sees the figures, because they could give people away.")
            yield Attention(words % {"wave": one.wave}, _("See what you can do"), one.url)


def _mail_trouble(scope: Scope, opened: Iterable[OpenWave]) -> Iterator[Attention]:
    for one in opened:
        failed = one.mails.refused + one.mails.held_back
        if one.url and failed:
            text = ngettext(
                "%(wave)s: the mail of %(people)d person was refused.",
                "%(wave)s: the mails of %(people)d people were refused.",
                failed,
            )
            words = text % {"wave": one.wave, "people": failed}
            yield Attention(words, _("See who, and send again"), f"{one.url}#not-reached")
        if one.url and one.mails.without_address:
            text = ngettext(
                "%(wave)s: %(people)d person has no e-mail address.",
                "%(wave)s: %(people)d people have no e-mail address.",
                one.mails.without_address,
            )
            words = text % {"wave": one.wave, "people": one.mails.without_address}
            yield Attention(words, _("Make letters"), reverse("waves:letters", args=[one.wave.pk]))
    refused = len(refused_people(scope.organisation)) if scope.has_on_root(Role.HR) else 0
    if refused:
        text = ngettext(
            "%(people)d address refuses mail and gets none.",
            "%(people)d addresses refuse mail and get none.",
            refused,
        )
        yield Attention(text % {"people": refused}, _("See the list"), reverse("waves:refused"))


def _letters(covered: Collection[int]) -> Iterator[Attention]:
    ready = LetterRun.objects.filter(wave__cycle__in=covered, state=LetterRun.State.READY)
    for run in ready.prefetch_related("wave").defer("sealed"):
        text = ngettext(
            "%(wave)s: %(letters)d letter is ready to print.",
            "%(wave)s: %(letters)d letters are ready to print.",
            run.letters,
        )
        words = text % {"wave": run.wave, "letters": run.letters}
        yield Attention(words, _("Fetch them"), reverse("waves:letters", args=[run.wave_id]))


def _waves_in_the_way(cycles: Iterable[Cycle], opened: Iterable[OpenWave]) -> Iterator[Attention]:
    by_cycle = {one.wave.cycle_id: one for one in opened}
    for cycle in cycles:
        one = None if cycle.is_journey else by_cycle.get(cycle.pk)
        if one and one.url and cycle.next_opens_at and cycle.next_opens_at < one.wave.closes_at:
            words = _("%(wave)s is still open on %(day)s, so the wave due on that day will be skipped.")
            day = date_format(timezone.localtime(cycle.next_opens_at), _("j F"))
            yield Attention(words % {"wave": one.wave, "day": day}, _("Look at this wave"), one.url)


def _late_actions(scope: Scope, now: datetime) -> Iterator[Attention]:
    late = actions_in_reach(scope).in_states(local_day(scope.organisation, now), Action.State.OVERDUE).count()
    if late:
        text = ngettext("%(n)s action is overdue.", "%(n)s actions are overdue.", late)
        yield Attention(text % {"n": late}, _("See which"), list_url(group="overdue"))


def _dates(cycles: Iterable[Cycle], opened: Iterable[OpenWave], now: datetime) -> Iterator[NextDate]:
    for cycle in cycles:
        if cycle.next_opens_at:
            words = _("%(cycle)s: the next wave opens") % {"cycle": cycle}
            if cycle.is_journey:
                words = _("%(cycle)s: the next period begins") % {"cycle": cycle}
            yield NextDate(cycle.next_opens_at, words, reverse("surveys:cycle", args=[cycle.pk]))
    for one in opened:
        wave = one.wave
        if wave.remind_at and not wave.reminded_at and wave.remind_at > now:
            yield NextDate(wave.remind_at, _("%(wave)s: reminders go out") % {"wave": wave}, one.url)
        yield NextDate(wave.closes_at, _("%(wave)s closes") % {"wave": wave}, one.url)


def _closed_waves(scope: Scope) -> list[ClosedWave]:
    waves = queries.closed_waves_bare(scope.organisation, last=CLOSED_SHOWN)[::-1]
    top = scope.home_unit()
    if top is None:
        return []
    takings = queries.participation(waves, [top.pk])
    asked, heatmap = queries.units_asked(waves, scope.units()), reverse("heatmap")
    return [
        ClosedWave(
            wave=wave,
            url=f"{heatmap}?wave={wave.pk}",
            taking=takings.get((wave.pk, top.pk)),
            units=asked[wave.pk],
        )
        for wave in waves
        if wave.pk in asked
    ]
