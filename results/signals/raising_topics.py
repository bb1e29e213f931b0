"""Signals where a topic of comments grows, with what became of those raised before."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from results.panel import Panel
from results.signals import VERSION
from results.signals.evidence import BAND, Evidence
from results.signals.growing import WINDOW
from results.signals.models import CommentTopic, Signal
from results.signals.recurring import Grown, Recurring
from results.signals.topics import FEWEST

OVER = 0.1  # p-value above which a topic no longer grows
Ongoing = dict[int, list[Signal]]


def raise_topics(figures: Panel, read: Recurring, sensitivity: str, now: datetime) -> int:
    """The number raised anew. A topic is one of a unit's signals as long as its terms share a word."""
    CommentTopic.objects.bulk_create(read.rows(sensitivity))
    ongoing = _ongoing(figures)
    _go_on(figures, read, ongoing)
    fresh = []
    for one in read.growing(sensitivity):
        if not any(one.is_about(signal.evidence["terms"]) for signal in ongoing[one.unit_id]):
            fresh.append(_signal(figures, one, now))
            ongoing[one.unit_id].append(fresh[-1])
    Signal.objects.bulk_create(fresh)
    return len(fresh)


def _ongoing(figures: Panel) -> defaultdict[int, list[Signal]]:
    found: defaultdict[int, list[Signal]] = defaultdict(list)
    signals = Signal.objects.ongoing().filter(
        organisation=figures.organisation, kind=Signal.Kind.TOPIC, unit__ended_on=None
    )
    for signal in signals.order_by("pk"):
        found[signal.unit_id].append(signal)
    return found


def _go_on(figures: Panel, read: Recurring, ongoing: Ongoing) -> None:
    for unit, signals in ongoing.items():
        here = [one for one in read.grown if one.unit_id == unit]
        for signal in list(signals):
            one = next((one for one in here if one.is_about(signal.evidence["terms"])), None)
            if one is None or one.counts.p_value > OVER:
                signal.fell_back_after = figures.waves[-1]
                signals.remove(signal)
            else:
                began = [wave.pk for wave in figures.waves]
                start = began.index(signal.since_id) if signal.since_id in began else 0
                latest = began.index(signal.latest_id) if signal.latest_id in began else 0
                signal.evidence = _evidence(figures, one, start, latest)
                signal.weight, signal.is_confirmed = _weight(one), one.is_confirmed
            signal.save(update_fields=["evidence", "weight", "is_confirmed", "fell_back_after"])


def _signal(figures: Panel, one: Grown, now: datetime) -> Signal:
    last = len(figures.waves) - 1
    start = max(last - WINDOW + 1, 0)
    told = _evidence(figures, one, start, last)
    return Signal(
        organisation=figures.organisation,
        unit_id=one.unit_id,
        wave=figures.waves[-1],
        kind=Signal.Kind.TOPIC,
        topic=", ".join(one.terms)[:200],
        since=figures.waves[start],
        earliest=figures.waves[start],
        latest=figures.waves[last],
        size=told["size"],
        size_error=told["error"],
        probability=told["probability"],
        is_confirmed=one.is_confirmed,
        weight=_weight(one),
        version=VERSION,
        raised_at=now,
        evidence=told,
    )


def _evidence(figures: Panel, one: Grown, start: int, latest: int) -> Evidence:
    """As `results.signals.evidence`, in percent; `topic`: its place among those of this wave."""
    return {
        "points": _points(figures, one),
        "start": start,
        "earliest": start,
        "latest": latest,
        "size": round(one.size, 3),
        "error": round(one.error, 3),
        "probability": round(one.probability, 3),
        "terms": list(one.terms),
        "topic": one.counts.topic,
        "now": one.counts.now,
        "of_now": one.counts.of_now,
        "before": one.counts.before,
        "of_before": one.counts.of_before,
    }


def _points(figures: Panel, one: Grown) -> list[dict[str, Any]]:
    """Of waves with ten comments or more; expected is the part that it had before."""
    usual = max(one.counts.before, 0.5) / one.counts.of_before
    points: list[dict[str, Any]] = [
        {"wave": wave.pk, "day": wave.closes_at.date().isoformat()} for wave in figures.waves
    ]
    for point, (about, n) in zip(reversed(points), one.course.T[::-1].tolist(), strict=False):
        if n >= FEWEST:
            spread = BAND * (usual * (1 - usual) / n) ** 0.5
            parts = about / n, usual, max(usual - spread, 0.0), min(usual + spread, 1.0)
            values = (round(100 * part, 1) for part in parts)
            point |= {"n": n} | dict(zip(("value", "expected", "low", "high"), values, strict=True))
    return points


def _weight(one: Grown) -> float:
    return float(one.probability * one.size * one.counts.of_now**0.5)
