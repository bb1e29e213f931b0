"""Where a topic takes a larger part of a unit's comments than before and than elsewhere.

What a unit writes about is compared with what the rest of the organisation writes about now, so that a topic
that grows everywhere is told of the organisation only. Units differ in that beside chance: a beta-binomial,
of which the spread is estimated from all units and topics by the method of moments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, gammaln

from results.signals.topics import FEWEST, Topic

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

WHOLE = -1  # in place of a unit: the organisation
WINDOW = 3  # waves that a topic grows in
LEAST_LIKENESS, MOST_LIKENESS = 0.005, 0.2  # of two comments of one unit, beside the organisation's share
USUAL_LIKENESS, USUAL_PAIRS = 0.02, 500.0  # what is thought before anything is known, and its weight


@dataclass(frozen=True, slots=True)
class Growth:
    """A topic in one unit: comments about it and all, now and before.

    `p_values`: of `FEWEST` comments about it now, of one more, and so on; `tails`: how often chance makes as
    many where nothing grows.
    """

    topic: int
    unit: int
    now: int
    of_now: int
    before: int
    of_before: int
    p_values: Floats
    tails: Floats

    @property
    def p_value(self) -> float:
        return float(self.p_values[self.now - FEWEST]) if self.now >= FEWEST else 1.0

    def by_chance(self, level: float) -> float:
        """How often chance alone makes a p-value of at most this."""
        few_enough = self.p_values <= level
        return float(self.tails[few_enough.argmax()]) if few_enough.any() else 0.0


@dataclass(frozen=True, slots=True)
class _Shares:
    """Comments about each topic and all: `about` (topics, units, now or before), `every` (units, …)."""

    about: Counts
    every: Counts


def growth(found: Sequence[Topic], units: Counts, waves: Counts) -> list[Growth]:
    """Of each topic and unit with ten comments now and ten before, the likeliest or not.

    `waves`: the place of each comment's; `units`: that of its unit, or of several (units that lie in each
    other, one per column), -1 for none.
    """
    if not found or not len(waves):
        return []
    units = units.reshape(len(waves), -1)
    names = np.unique(units[units >= 0])
    shares = _shares(found, units, names, waves > waves.max() - WINDOW)
    likeness = _likeness(shares)
    enough = np.flatnonzero((shares.every >= FEWEST).all(axis=1)).tolist()
    return [
        _growth(shares, topic, place, WHOLE if place == len(names) else int(names[place]), likeness)
        for topic in range(len(found))
        for place in enough
    ]


def _shares(found: Sequence[Topic], units: Counts, names: Counts, recent: NDArray[np.bool_]) -> _Shares:
    """The organisation comes last."""
    member = np.zeros((len(names) + 1, len(units)), dtype=np.int64)
    comment, layer = np.nonzero(units >= 0)
    member[np.searchsorted(names, units[comment, layer]), comment] = 1
    member[-1] = 1
    when = np.stack([recent, ~recent], axis=1).astype(np.int64)
    about = [member[:, topic.comments] @ when[topic.comments] for topic in found]
    return _Shares(np.array(about), member @ when)


def _likeness(shares: _Shares) -> float:
    """ρ: how alike the comments of one unit are, beside the organisation's share; from before the window.

    E(x - np)² = np(1 - p)(1 + (n - 1)ρ) for a beta-binomial.
    """
    about, every = shares.about[:, :-1, 1], shares.every[:-1, 1]
    part = shares.about[:, -1:, 1] / max(int(shares.every[-1, 1]), 1)
    known = (every >= FEWEST) & (part > 0) & (part < 1)
    variance = np.where(known, part * (1 - part), 1)
    apart = np.where(known, (about - every * part) ** 2 / variance - every, 0).sum()
    pairs = np.where(known, every * (every - 1.0), 0).sum()
    found = (apart + USUAL_LIKENESS * USUAL_PAIRS) / (pairs + USUAL_PAIRS)
    return float(np.clip(found, LEAST_LIKENESS, MOST_LIKENESS))


def _growth(shares: _Shares, topic: int, place: int, unit: int, likeness: float) -> Growth:
    (now, before), (of_now, of_before) = shares.about[topic, place].tolist(), shares.every[place].tolist()
    usual = before / of_before
    if unit != WHOLE:
        elsewhere = shares.about[topic, -1, 0] - now, shares.every[-1, 0] - of_now
        usual = max(usual, float((elsewhere[0] + 0.5) / (elsewhere[1] + 1)))
    usual = min(max(usual, 0.5 / of_before), 0.999)
    alike = 1 / likeness - 1
    tails = _tails(of_now, usual * alike, (1 - usual) * alike)
    predicted = _tails(of_now, before + 0.5, of_before - before + 0.5)
    return Growth(topic, unit, now, of_now, before, of_before, np.maximum(tails, predicted), tails)


def _tails(n: int, a: float, b: float) -> Floats:
    """That a beta-binomial is at least `FEWEST`, one more, … n."""
    k = np.arange(n + 1.0)
    chosen = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    chance = np.exp(chosen + betaln(k + a, n - k + b) - betaln(a, b))
    found: Floats = np.minimum(chance[::-1].cumsum()[::-1], 1)[FEWEST:]
    return found
