"""After a wave's figures are shown: look, raise, and see what fell back; once per wave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db import transaction

from accounts.audit import record
from accounts.models import Organisation
from orgunits.models import OrgUnit
from results.panel import Panel, panel
from results.signals import VERSION, friction, reorganisation
from results.signals.announcing import announce_raised
from results.signals.calibration import FALLBACK
from results.signals.digests import queue_digests
from results.signals.evidence import Evidence, evidence
from results.signals.false_discovery import confirmed
from results.signals.ground import ground
from results.signals.grouping import Shift, grouped
from results.signals.models import Signal, SignalRun, SignalSetting
from results.signals.queries import unread_waves
from results.signals.raising_topics import raise_topics
from results.signals.rates import RATES
from results.signals.recurring import recurring
from results.signals.telling import LIKELY
from results.signals.watching import Watched, watched
from surveys.models import Wave


def organisations_to_read() -> list[int]:
    return sorted(set(unread_waves().values_list("organisation_id", flat=True)))


def read_waves(organisation: Organisation, *, now: datetime) -> list[Wave]:
    """Look at every wave that nobody looked at yet, and see that people and systems hear of it; these waves.

    The oldest first, whoever else is at it: to a newer wave an older one would look like what comes after.
    """
    read: list[Wave] = []
    while (wave := unread_waves(organisation).first()) and _read_and_tell(wave, now):
        read.append(wave)
    return read


@transaction.atomic
def _read_and_tell(wave: Wave, now: datetime) -> bool:
    """Together, so that a worker that dies has told of nothing or is asked to do it again."""
    if read_wave(wave, now=now) is None:
        return False
    announce_raised(wave, now=now)
    queue_digests(wave, now=now)
    return True


def read_wave(wave: Wave, *, now: datetime) -> SignalRun | None:
    """None when it was read already or another worker is at it.

    A wave that is shown only after a later one was read changes nothing that the later one told.
    """
    organisation = wave.organisation
    setting, _new = SignalSetting.objects.get_or_create(organisation=organisation)
    with transaction.atomic():
        locked = SignalSetting.objects.select_for_update(skip_locked=True).filter(pk=setting.pk).first()
        if locked is None or SignalRun.objects.filter(wave=wave).exists():
            return None
        later = SignalRun.objects.filter(organisation=organisation, wave__closes_at__gt=wave.closes_at)
        figures = None if later.exists() else panel(organisation, until=wave)
        outcome: dict[str, Any] = {}
        if figures is not None and figures.themes:
            outcome = _Reading(figures, wave, locked.sensitivity, now).done()
        run = SignalRun.objects.create(
            organisation=organisation,
            wave=wave,
            read_at=now,
            version=VERSION,
            sensitivity=locked.sensitivity,
            outcome=outcome,
        )
        record(organisation, "signals.read", by=None, now=now, target=wave, raised=outcome.get("raised", 0))
        return run


@dataclass(frozen=True, slots=True)
class _Hit:
    one: Watched
    row: int


class _Reading:
    """One look at all figures up to a wave."""

    def __init__(self, figures: Panel, wave: Wave, sensitivity: str, now: datetime) -> None:
        found = reorganisation.moves(figures)
        self.figures = figures = reorganisation.inherited(figures, found)
        self.wave, self.sensitivity, self.now = wave, sensitivity, now
        self.units = OrgUnit.objects.filter(organisation=figures.organisation).in_bulk()
        self.places = {unit: row for row, unit in enumerate(figures.units)}
        self.watched = watched(figures, ground(figures, self.units, reorganisation.turnover(figures, found)))
        self.comments = recurring(figures.waves, self.units)
        self.grown = self.comments.terms_by_unit(sensitivity) if self.comments else {}
        self.family = _families([self.units[unit] for unit in figures.units])

    def done(self) -> dict[str, Any]:
        ongoing = self._ongoing()
        self._go_on(ongoing)
        fresh = [hit for hit in self._hits() if self._key(hit) not in ongoing]
        Signal.objects.bulk_create([self._signal(hit) for hit in fresh])
        topics = 0
        if self.comments is not None:
            topics = raise_topics(self.figures, self.comments, self.sensitivity, self.now)
        self._group()
        return {"raised": len(fresh) + topics} | self._by_chance()

    def _hits(self) -> Iterator[_Hit]:
        for one in self.watched:
            limit = one.seen.thresholds[self.sensitivity]
            for row in np.flatnonzero(one.seen.statistic[:, -1] >= limit).tolist():
                if self._is_current(row) and self._is_meant(one, row):
                    yield _Hit(one, row)

    def _is_current(self, row: int) -> bool:
        return self.units[self.figures.units[row]].ended_on is None

    def _is_meant(self, one: Watched, row: int) -> bool:
        """A gap that grows because paper became clearer is no friction."""
        if one.kind != Signal.Kind.FRICTION:
            return True
        practice = next(other for other in self.watched if other.kind == "drift" and other.theme is one.theme)
        start = int(one.told(row).start[0]) + 1
        y = practice.prepared.y[row]
        fallen = _mean(y[:start]) - _mean(y[start:][-3:])
        return fallen >= (1 - friction.STILL_CLEAR) * _mean_change(one.prepared.y[row], start)

    def _key(self, hit: _Hit) -> tuple[int, str, int]:
        return self.figures.units[hit.row], hit.one.kind, hit.one.theme.theme.pk

    def _ongoing(self) -> dict[tuple[int, str, int | None], Signal]:
        signals = Signal.objects.ongoing().filter(organisation=self.figures.organisation)
        watched = signals.exclude(kind=Signal.Kind.TOPIC)
        return {(one.unit_id, one.kind, one.theme_id): one for one in watched}

    def _go_on(self, ongoing: dict[tuple[int, str, int | None], Signal]) -> None:
        """What was raised before: tell how it is now, and whether it fell back."""
        found = {(one.kind, one.theme.theme.pk): one for one in self.watched}
        for key, signal in list(ongoing.items()):
            one, row = found.get((signal.kind, signal.theme_id or 0)), self.places.get(signal.unit_id)
            if one is None or row is None or not np.isfinite(one.seen.statistic[row, -1]):
                continue
            signal.evidence = self._evidence(_Hit(one, row))
            signal.weight = _weight(one, row)
            signal.is_confirmed = self._is_confirmed(_Hit(one, row))
            if one.seen.statistic[row, -1] < one.seen.thresholds[self.sensitivity] - FALLBACK:
                signal.fell_back_after = self.wave
                del ongoing[key]
            signal.save(update_fields=["evidence", "weight", "is_confirmed", "fell_back_after"])

    @staticmethod
    def _is_confirmed(hit: _Hit) -> bool:
        """Among all units, for this index; never what is told to be rather chance than not."""
        seen = hit.one.seen
        watched = np.isfinite(seen.statistic[:, -1])
        sure = np.zeros(len(watched), dtype=bool)
        sure[watched] = confirmed(seen.p_value[watched])
        return bool(sure[hit.row]) and float(seen.probability[hit.row]) >= LIKELY

    def _evidence(self, hit: _Hit) -> Evidence:
        told = evidence(self.figures, hit.one, hit.row, self.family[hit.row])
        return told | {"topics": self.grown.get(self.figures.units[hit.row], [])}

    def _signal(self, hit: _Hit) -> Signal:
        told = self._evidence(hit)
        waves = self.figures.waves
        return Signal(
            organisation=self.figures.organisation,
            unit_id=self.figures.units[hit.row],
            wave=self.wave,
            kind=hit.one.kind,
            theme=hit.one.theme.theme,
            since=waves[told["start"]],
            earliest=waves[told["earliest"]],
            latest=waves[told["latest"]],
            size=told["size"],
            size_error=told["error"],
            probability=float(hit.one.seen.probability[hit.row]),
            is_confirmed=self._is_confirmed(hit),
            weight=_weight(hit.one, hit.row),
            version=VERSION,
            raised_at=self.now,
            evidence=told,
        )

    def _group(self) -> None:
        signals = list(
            Signal.objects.ongoing()
            .filter(organisation=self.figures.organisation)
            .select_related("unit", "theme")
        )
        shifts = [
            Shift(
                key=signal.pk,
                path=signal.unit.path,
                what=_what(signal),
                people=_answers(signal.evidence),
                size=signal.evidence["size"],
                leads=signal.kind == Signal.Kind.FRICTION,
            )
            for signal in signals
        ]
        explained = grouped(shifts)
        for signal in signals:
            if signal.within_id != explained.get(signal.pk):
                signal.within_id = explained.get(signal.pk)
                signal.save(update_fields=["within"])

    def _by_chance(self) -> dict[str, Any]:
        """Per sensitivity, how many began in this wave, and how many chance alone begins."""
        unit_waves = sum(int(np.isfinite(one.seen.statistic[:, -1]).sum()) for one in self.watched)
        levels = {}
        for name, rate in RATES.items():
            begun = sum(one.seen.begun(name) for one in self.watched)
            chance = rate / 1000 * unit_waves
            if self.comments is not None:
                begun += self.comments.begun(rate / 1000)
                chance += self.comments.by_chance(rate / 1000)
            levels[name] = {"raised": begun, "by_chance": round(chance, 2)}
        return {"unit_waves": unit_waves, "levels": levels}


def _families(units: Sequence[OrgUnit]) -> list[Mapping[str, list[int]]]:
    """Per row the rows of the units beside it, and of the one above."""
    by_path = {unit.path: row for row, unit in enumerate(units)}
    children: dict[str, list[int]] = {}
    for row, unit in enumerate(units):
        children.setdefault(unit.path[: -OrgUnit.steplen], []).append(row)
    found: list[Mapping[str, list[int]]] = []
    for row, unit in enumerate(units):
        parent = unit.path[: -OrgUnit.steplen]
        beside = [other for other in children[parent] if other != row]
        found.append({"beside": beside, "above": [by_path[parent]] if parent in by_path else []})
    return found


def _what(signal: Signal) -> tuple[str, int | str | None]:
    """Signals that may be one; practice that declines, and the gap between paper and practice, are."""
    if signal.kind == Signal.Kind.TOPIC:
        return signal.kind, signal.evidence["topic"]
    alike = signal.theme is not None and signal.theme.code == friction.IN_PRACTICE
    return "friction" if alike and signal.kind == Signal.Kind.DRIFT else signal.kind, signal.theme_id


def _weight(one: Watched, row: int) -> float:
    """How sure, how large, and about how many people."""
    size = abs(float(one.seen.drift.size[row])) * (0.5 if one.is_logarithm else 1.0)
    return float(one.seen.probability[row]) * size * float(np.sqrt(one.n[row, -1]))


def _answers(told: Evidence) -> float:
    newest = (point["n"] for point in reversed(told["points"]) if "n" in point)
    return float(told.get("of_now") or next(newest, 0))


def _mean(values: Any) -> float:
    seen = values[np.isfinite(values)]
    return float(seen.mean()) if len(seen) else 0.0


def _mean_change(y: Any, start: int) -> float:
    return _mean(y[start:][-3:]) - _mean(y[:start])
