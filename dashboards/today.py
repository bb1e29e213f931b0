"""HR's first page: open waves, what needs attention, the next dates, and what came of closed waves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest
from typing import NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.models import Action
from actions.queries import actions_in_reach
from dashboards.actions.pages import list_url
from dashboards.signals import NewSignals, new_signals
from orgunits.access import Scope
from orgunits.models import Employee, Role
from orgunits.tree import today as local_day
from results import queries
from results.figures import Taking
from results.outcomes import Outcome
from results.verdicts import outcomes
from surveys.cycles.queries import cycles_of
from surveys.mailing.queries import MailCounts, mail_counts
from surveys.mailing.refused import refused_people
from surveys.models import Cycle, LetterRun, Wave, WaveUnit

CLOSED_SHOWN = 4
WAITING_SHOWN = 12
UNITS_LISTED = 20
DATES_SHOWN = 8


class UnitTaking(NamedTuple):
    pk: int
    name: str
    depth: int
    taking: Taking | None

    @property
    def url(self) -> str:
        return reverse("unit", args=[self.pk])


@dataclass(frozen=True, slots=True)
class OpenWave:
    """`units`: those that are listed; of many only the ones where fewest take part, lowest first.

    `url` is empty when the viewer's HR does not cover the whole wave.
    """

    wave: Wave
    taking: Taking | None
    mails: MailCounts
    units: list[UnitTaking]
    unit_count: int
    url: str

    @property
    def shows_all(self) -> bool:
        return len(self.units) == self.unit_count


@dataclass(frozen=True, slots=True)
class ClosedWave:
    wave: Wave
    url: str
    taking: Taking | None
    units_shown: int
    units_asked: int


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
    allowed, cycles = _depths(scope), list(cycles_of(scope))
    covered, active = {one.pk for one in cycles}, [one for one in cycles if one.state == Cycle.State.ACTIVE]
    opened = _open_waves(list(_open(scope)), allowed, covered, now)
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
        closed_waves=_closed_waves(scope, allowed),
        has_people=Employee.objects.filter(organisation=organisation).exists(),
        has_cycles=Cycle.objects.filter(organisation=organisation).exists(),
    )


def open_wave(scope: Scope, wave_id: int, *, now: datetime) -> OpenWave | None:
    """As on the page, for the numbers that are fetched again while it is open."""
    covered = set(cycles_of(scope).values_list("pk", flat=True))
    found = _open_waves(list(_open(scope).filter(pk=wave_id)), _depths(scope), covered, now)
    return found[0] if found else None


def _open(scope: Scope) -> QuerySet[Wave]:
    waves = Wave.objects.open().filter(organisation=scope.organisation).select_related("organisation")
    return waves.order_by("closes_at", "pk")


def _open_waves(
    waves: Sequence[Wave], allowed: dict[int, int], covered: Collection[int], now: datetime
) -> list[OpenWave]:
    """`covered`: ids of the cycles of which the viewer's HR covers all units."""
    mails = mail_counts(waves)
    found = []
    for wave in waves:
        taking = queries.participation_so_far(wave, now=now)
        lines = _lines(wave, allowed, taking)
        url = reverse("wave", args=[wave.pk]) if wave.cycle_id in covered else ""
        if wave.is_journey and (lines or url):
            found.append(OpenWave(wave, None, mails[wave.pk], [], 0, url))
        elif lines:
            found.append(OpenWave(wave, lines[0].taking, mails[wave.pk], _first(lines), len(lines), url))
    return found


def unit_takings(scope: Scope, wave_id: int, *, now: datetime) -> tuple[Wave, list[UnitTaking]] | None:
    """All units of an open wave that are in reach, in the order of the tree."""
    wave = _open(scope).filter(pk=wave_id).first()
    if wave is None:
        return None
    allowed = _depths(scope)
    lines = _lines(wave, allowed, queries.participation_so_far(wave, now=now))
    return (wave, lines) if lines else None


def _depths(scope: Scope) -> dict[int, int]:
    """Of the units in reach."""
    return dict(scope.units().values_list("pk", "depth"))


def _lines(wave: Wave, allowed: dict[int, int], taking: dict[int, Taking]) -> list[UnitTaking]:
    units = WaveUnit.objects.filter(wave=wave).order_by("position").values_list("unit_id", "name")
    return [UnitTaking(pk, name, allowed[pk], taking.get(pk)) for pk, name in units if pk in allowed]


def _first(lines: list[UnitTaking]) -> list[UnitTaking]:
    """All of a few; of many those where someone may want to ask a manager why."""
    if len(lines) <= UNITS_LISTED:
        return lines
    known = [(one.taking.percentage, place) for place, one in enumerate(lines) if one.taking]
    return [lines[place] for _percentage, place in nsmallest(UNITS_LISTED, known)]


def _without_figures(covered: Collection[int]) -> list[WaitingWave]:
    """Of the waves that were over last, the newest first."""
    over = Wave.objects.filter(cycle__in=covered).exclude(state=Wave.State.OPEN)
    waves = list(over.order_by("-closes_at", "-pk")[:WAITING_SHOWN])
    found = outcomes(wave.pk for wave in waves)
    return [
        WaitingWave(wave, reverse("wave", args=[wave.pk]), found[wave.pk])
        for wave in waves
        if found[wave.pk] is not Outcome.SHOWN
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
    for run in ready.select_related("wave").defer("sealed"):
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
        yield Attention(text % {"n": late}, _("See what"), list_url(group="overdue"))


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


def _closed_waves(scope: Scope, allowed: Collection[int]) -> list[ClosedWave]:
    waves = queries.closed_waves_bare(scope.organisation, last=CLOSED_SHOWN)[::-1]
    top = scope.home_unit()
    if top is None:
        return []
    takings = queries.participation(waves, [top.pk])
    shown = queries.units_with_figures(waves, allowed)
    asked = queries.units_asked(waves, scope.units())
    return [
        ClosedWave(
            wave=wave,
            url=f"{reverse('heatmap')}?wave={wave.pk}",
            taking=takings.get((wave.pk, top.pk)),
            units_shown=shown.get(wave.pk, 0),
            units_asked=asked[wave.pk],
        )
        for wave in waves
        if wave.pk in asked
    ]
