"""Signals as pages, mails and exports need them. Callers pass only units that their viewer may see."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from accounts.models import Organisation, User
from orgunits.access import Scope
from orgunits.models import ChangeEvent, OrgUnit
from results.queries import released_waves, unit_paths
from results.signals.models import (
    CommentTopic,
    DigestChoice,
    Signal,
    SignalQuerySet,
    SignalRun,
    SignalSetting,
)
from results.signals.rates import RATES
from results.signals.topics import FEW, terms_in
from surveys.models import Question, Wave

Units = Collection[int] | QuerySet[Any]
Shown = set[int] | None

BEFORE_START = timedelta(days=92)  # a change that fell this long before a shift may have to do with it
RUNS = 26  # waves over which it is counted how many signals chance makes


def unread_waves(organisation: Organisation | None = None) -> QuerySet[Wave]:
    """Shown waves, of one organisation or all, that were not looked at yet; the oldest first."""
    waves = released_waves(organisation).filter(kind=Wave.Kind.RECURRING)
    return waves.filter(~Exists(SignalRun.objects.filter(wave=OuterRef("pk")))).order_by("closes_at", "pk")


def shown_waves(organisation: Organisation) -> set[int]:
    """Their ids, for a page with several queries: each would have to find out by itself which these are."""
    return set(released_waves(organisation).order_by().values_list("pk", flat=True))


def signals(organisation: Organisation, units: Units, shown: Shown = None) -> SignalQuerySet:
    """Of waves whose figures are shown, the weightiest first. `shown`: see `shown_waves`."""
    waves = released_waves(organisation) if shown is None else shown
    found = Signal.objects.filter(organisation=organisation, unit__in=units, wave__in=waves)
    return found.select_related("unit", "theme").order_by("-weight", "pk")


def signals_in_reach(scope: Scope) -> SignalQuerySet:
    return signals(scope.organisation, scope.units().values("pk"))


def heads(
    organisation: Organisation, units: Units, *, most: int | None = None, shown: Shown = None
) -> list[Signal]:
    """Signals that stand for themselves, as far as the viewer sees. `most`: of the weightiest, so many.

    A part whose head lies outside the units is shown by itself.
    """
    return as_still_shown(organisation, list(unexplained(organisation, units, shown)[:most]), shown)


def parts(
    organisation: Organisation, units: Units, heads: Sequence[Signal], shown: Shown = None
) -> SignalQuerySet:
    """What these signals explain, as far as the viewer sees."""
    return signals(organisation, units, shown).ongoing().to_look_at().filter(within__in=heads)


def units_explained(
    organisation: Organisation, units: Units, heads: Sequence[Signal], shown: Shown = None
) -> dict[int, int]:
    """By signal, in how many other units it shows too; without those in no other."""
    elsewhere = parts(organisation, units, heads, shown).exclude(unit=F("within__unit"))
    return dict(elsewhere.order_by().values_list("within").annotate(Count("unit", distinct=True)))


def unexplained(organisation: Organisation, units: Units, shown: Shown = None) -> SignalQuerySet:
    """What goes on and is part of no other signal that goes on in these units.

    The others are listed: to plan a join with them took PostgreSQL longer than all the rest.
    """
    others = Signal.objects.filter(organisation=organisation, unit__in=units).ongoing().to_look_at()
    return signals(organisation, units, shown).ongoing().to_look_at().exclude(within__in=others)


def as_still_shown(organisation: Organisation, signals: list[Signal], shown: Shown = None) -> list[Signal]:
    """Without figures of waves that were shown when the signal was raised, and are not any more."""
    shown = shown_waves(organisation) if shown is None else shown
    for signal in signals:
        points = signal.evidence["points"]
        if not shown.issuperset(point["wave"] for point in points):
            kept = [
                point if point["wave"] in shown else {"wave": point["wave"], "day": point["day"]}
                for point in points
            ]
            signal.evidence |= {"points": kept, "questions": []}
    return signals


def past(organisation: Organisation, units: Units, shown: Shown = None) -> SignalQuerySet:
    """Closed by people, or fallen back by themselves; the newest first."""
    over = Q(state=Signal.State.CLOSED) | Q(fell_back_after__isnull=False)
    return signals(organisation, units, shown).filter(over).order_by("-raised_at", "-weight", "pk")


def questions_of(signals: Sequence[Signal]) -> dict[int, Question]:
    """Those that the evidence names."""
    named = {one["question"] for signal in signals for one in signal.evidence.get("questions", ())}
    return Question.objects.in_bulk(named)


def events_of(signals: Sequence[Signal]) -> dict[int, list[ChangeEvent]]:
    """Changes at each signal's unit or above it, in the three months before it began at the latest."""
    if not signals:
        return {}
    reach = {
        signal.pk: (
            signal.unit.path,
            day_of(signal, "earliest") - BEFORE_START,
            day_of(signal, "latest"),
        )
        for signal in signals
    }
    first, last = (
        min(start for _path, start, _end in reach.values()),
        max(end for *_rest, end in reach.values()),
    )
    within = ChangeEvent.objects.filter(organisation=signals[0].organisation_id, on__range=(first, last))
    events = list(within.select_related("unit").order_by("on", "pk"))
    return {
        pk: [one for one in events if path.startswith(one.unit.path) and start <= one.on <= end]
        for pk, (path, start, end) in reach.items()
    }


def day_of(signal: Signal, name: str) -> date:
    """Of a place in the evidence, which with more waves becomes more exact than it was when raised."""
    told = signal.evidence
    return date.fromisoformat(told["points"][told[name]]["day"])


@dataclass(frozen=True, slots=True)
class Subject:
    """A topic of what a viewer reads: by the terms that are in it, with how many comments there."""

    terms: str
    n: int
    is_growing: bool


def subjects(wave: Wave, unit: OrgUnit, readable: QuerySet[Any]) -> list[Subject]:
    """The largest first; two queries. `readable`: comments of this wave that the viewer may read."""
    rows = list(CommentTopic.objects.filter(wave=wave).order_by("position"))
    if not rows:
        return []
    texts = dict(readable.order_by().values_list("pk", "text"))
    found = []
    for row in rows:
        here = [texts[pk] for pk in row.comments if pk in texts]
        terms = terms_in(row.terms, here)
        if terms and len(here) >= FEW:
            found.append(Subject(", ".join(terms), len(here), unit.pk in row.growing))
    return sorted(found, key=lambda one: (-one.n, one.terms))


@dataclass(frozen=True, slots=True)
class Noise:
    """What a sensitivity means for this organisation: signals per wave, and how many of ten chance makes."""

    sensitivity: str
    rate: float
    per_wave: float
    by_chance: float

    @property
    def of_ten(self) -> int | None:
        """None before there is anything to go by."""
        return round(10 * min(self.by_chance / self.per_wave, 1)) if self.per_wave else None


def noise(organisation: Organisation) -> list[Noise]:
    """From the last year or so of waves."""
    runs = SignalRun.objects.filter(organisation=organisation).order_by("-wave__closes_at")
    read = runs.values_list("outcome", flat=True)[:RUNS]
    outcomes = [outcome["levels"] for outcome in read if outcome.get("unit_waves")]
    return [_noise(name, rate, [levels[name] for levels in outcomes]) for name, rate in RATES.items()]


def _noise(name: str, rate: float, levels: list[dict[str, float]]) -> Noise:
    waves = max(len(levels), 1)
    raised, chance = (sum(level[part] for level in levels) / waves for part in ("raised", "by_chance"))
    return Noise(name, rate, raised, chance)


def digest_choice(user: User) -> str:
    chosen = DigestChoice.objects.filter(user=user).values_list("frequency", flat=True)
    return chosen.first() or DigestChoice.Frequency.NEWS


def sensitivity(organisation: Organisation) -> str:
    chosen = SignalSetting.objects.filter(organisation=organisation).values_list("sensitivity", flat=True)
    return chosen.first() or SignalSetting.Sensitivity.NORMAL


def exported(organisation: Organisation) -> Iterator[dict[str, Any]]:
    """One row per signal in the order in which they were raised; `docs/signals.md` describes them."""
    paths: dict[int, dict[int, str]] = {}
    everyone = OrgUnit.objects.filter(organisation=organisation)
    raised = signals(organisation, everyone).select_related("wave", "since")
    for signal in raised.order_by("wave__closes_at", "pk"):
        wave: Wave = signal.wave
        if wave.pk not in paths:
            paths[wave.pk] = unit_paths(wave)
        yield {
            "unit": paths[wave.pk].get(signal.unit_id, signal.unit.name),
            "wave": wave.number,
            "kind": signal.kind,
            "index": signal.theme.code if signal.theme else signal.topic,
            "since_wave": signal.since.number,
            "size": round(signal.size, 4),
            "probability": round(signal.probability, 4),
        }
