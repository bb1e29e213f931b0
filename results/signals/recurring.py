"""Topics that recur in released comments after a wave, and where they grow.

Read are comments that leaders may read: what HR hid is left out. A comment counts for the unit whose comments
are read together, and for all above it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from orgunits.models import OrgUnit
from results.comments.queries import Remark, remarks
from results.signals.false_discovery import confirmed
from results.signals.growing import WHOLE, WINDOW, Growth, growth
from results.signals.models import CommentTopic
from results.signals.rates import RATES
from results.signals.topics import FEWEST, Counts, Topic, normal, terms_in, topics
from surveys.models import Wave

WAVES = 26  # about a year
MOST = 6000  # comments, the newest
NEWEST = 400  # comments at least that say which topics there are
PRIOR = 0.05  # that a topic which takes a larger part does so by more than chance


@dataclass(frozen=True, slots=True)
class Grown:
    """A topic that may have grown in one unit; `terms`: those that name it there.

    `course`: per wave how many of its comments are about it, and how many there are.
    """

    unit_id: int
    terms: tuple[str, ...]
    counts: Growth
    is_confirmed: bool
    course: Counts

    @property
    def size(self) -> float:
        """How much larger a part of the comments it is than before."""
        now, before = self._parts()
        return now - before

    @property
    def error(self) -> float:
        numbers = (self.counts.of_now, max(self.counts.of_before, 1))
        return float(
            np.sqrt(sum(part * (1 - part) / n for part, n in zip(self._parts(), numbers, strict=True)))
        )

    def _parts(self) -> tuple[float, float]:
        counts = self.counts
        return counts.now / counts.of_now, counts.before / max(counts.of_before, 1)

    @property
    def probability(self) -> float:
        """At most this: what a p-value can say against chance (Sellke, Bayarri and Berger 2001)."""
        p_value = max(self.counts.p_value, 1e-12)
        against = -np.e * p_value * np.log(p_value) if p_value < 1 / np.e else 1.0
        return float(1 / (1 + (1 - PRIOR) / PRIOR * against))

    def is_growing(self, sensitivity: str) -> bool:
        """`RATES` are per 1,000 pairs of a unit and a topic here."""
        return self.counts.p_value <= RATES[sensitivity] / 1000

    def is_about(self, terms: Sequence[str]) -> bool:
        """The same topic after another wave may be named a little differently."""
        return bool(_words(self.terms) & _words(terms))


@dataclass(frozen=True, slots=True)
class Recurring:
    """`grown`: the likeliest first. `looked_at`: all units and topics; `earlier`: by a wave less."""

    waves: Sequence[Wave]
    found: Sequence[Remark]
    topics: Sequence[Topic]
    grown: Sequence[Grown]
    looked_at: Sequence[Growth]
    earlier: Sequence[Growth]

    def growing(self, sensitivity: str) -> list[Grown]:
        return [one for one in self.grown if one.is_growing(sensitivity)]

    def begun(self, level: float) -> int:
        """Topics in a unit with a p-value of at most this, that it had not a wave earlier."""
        before = {(one.unit, one.topic) for one in self.earlier if one.p_value <= level}
        now = {(one.unit, one.topic) for one in self.looked_at if one.p_value <= level}
        return len(now - before)

    def by_chance(self, level: float) -> float:
        """How many chance alone is expected to make, at most: some of these go on from a wave earlier."""
        return sum(one.by_chance(level) for one in self.looked_at)

    def terms_by_unit(self, sensitivity: str) -> dict[int, list[str]]:
        """Of what grows, each topic in a line."""
        found: defaultdict[int, list[str]] = defaultdict(list)
        for one in self.growing(sensitivity):
            found[one.unit_id].append(", ".join(one.terms))
        return found

    def rows(self, sensitivity: str) -> list[CommentTopic]:
        """What the comments of the newest wave are about."""
        newest, growing = self.waves[-1], self.growing(sensitivity)
        about = [
            [self.found[place].pk for place in topic.comments if self.found[place].wave_id == newest.pk]
            for topic in self.topics
        ]
        return [
            CommentTopic(
                organisation_id=newest.organisation_id,
                wave=newest,
                position=number,
                terms=topic.terms,
                comments=about[number],
                growing=[one.unit_id for one in growing if one.counts.topic == number],
            )
            for number, topic in enumerate(self.topics)
            if about[number]
        ]


def recurring(waves: Sequence[Wave], units: Mapping[int, OrgUnit]) -> Recurring | None:
    """After the last of these waves; None when nothing was released of it. `units`: all there are."""
    waves = waves[-WAVES:]
    found = remarks(waves)[-MOST:]
    if not found or found[-1].wave_id != waves[-1].pk:
        return None
    places = {wave.pk: place for place, wave in enumerate(waves)}
    found.sort(key=lambda one: (places[one.wave_id], one.text))  # their ids are random, what is told is not
    when = np.array([places[one.wave_id] for one in found])
    newest = max(int((when > when.max() - WINDOW).sum()), NEWEST)
    told = topics([one.text for one in found], newest=newest)
    homes = _homes(found, units)
    looked_at = growth(told, homes, when)
    until = int((when < when.max()).sum())
    without_newest = [Topic(one.terms, one.comments[one.comments < until]) for one in told]
    earlier = growth(without_newest, homes[:until], when[:until])
    root = next(unit.pk for unit in units.values() if unit.depth == 1)
    grown = list(_grown(looked_at, found, told, homes, when, root))
    return Recurring(
        waves,
        found,
        told,
        sorted(grown, key=lambda one: (one.counts.p_value, one.unit_id, one.counts.topic)),
        looked_at,
        earlier,
    )


def _grown(
    looked_at: Sequence[Growth],
    found: Sequence[Remark],
    told: Sequence[Topic],
    homes: Counts,
    when: Counts,
    root: int,
) -> Iterator[Grown]:
    """Those with ten different comments now, by terms that say nothing of other units."""
    sure = confirmed(np.array([one.p_value for one in looked_at]))
    for counts, is_sure in zip(looked_at, sure.tolist(), strict=True):
        about, everywhere = told[counts.topic].comments, counts.unit == WHOLE
        inside = np.full(len(found), True) if everywhere else (homes == counts.unit).any(axis=1)
        here = about[inside[about]]
        texts = [found[place].text for place in here[when[here] > when.max() - WINDOW]]
        terms = terms_in(told[counts.topic].terms, texts)
        if terms and len({normal(text) for text in texts}) >= FEWEST:
            course = np.array(
                [np.bincount(one, minlength=when.max() + 1) for one in (when[here], when[inside])]
            )
            yield Grown(root if everywhere else counts.unit, terms, counts, is_sure, course)


def _homes(found: Sequence[Remark], units: Mapping[int, OrgUnit]) -> Counts:
    """Of each comment the units that it counts for, layer by layer below the top; -1 where there is none."""
    by_path = {unit.path: unit.pk for unit in units.values()}
    depth = max(unit.depth for unit in units.values())
    ends = [OrgUnit.steplen * layer for layer in range(2, depth + 1)]
    homes = [
        [by_path.get(one.path[:end], -1) if len(one.path) >= end else -1 for end in ends] for one in found
    ]
    return np.array(homes, dtype=np.int64).reshape(len(found), len(ends))


def _words(terms: Sequence[str]) -> set[str]:
    return {word for term in terms for word in term.split()}
