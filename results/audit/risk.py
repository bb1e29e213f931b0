"""How narrowly a figure confines one person's answer, or a hidden group's mean: a risk, not a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from results.audit.evidence import MEAN, Evidence, Released
from results.audit.groups import group, resolve

SMALL = 10  # answers; what is larger confines nobody
ROUNDING = 0.05  # a mean is shown with one decimal
NARROW = 0.5  # of the scale


@dataclass(frozen=True, slots=True)
class Scale:
    lowest: int
    highest: int

    @property
    def width(self) -> int:
        return self.highest - self.lowest


@dataclass(frozen=True, slots=True)
class Derived:
    """A group that follows from the means of a question: how many answers, and their sum."""

    question: str
    scale: Scale
    atoms: tuple[int, ...]
    n: int
    sum: int

    def width_for(self, people: int, rounding: float = ROUNDING) -> float:
        """How wide, as a share of the scale, the mean of so many of the group can still be."""
        others, slack = self.n - people, rounding * self.n
        highest = (self.sum + slack - others * self.scale.lowest) / people
        lowest = (self.sum - slack - others * self.scale.highest) / people
        return (min(highest, self.scale.highest) - max(lowest, self.scale.lowest)) / self.scale.width


@dataclass(frozen=True, slots=True)
class Risk:
    """Of groups under ten: how many confine one person, or a hidden group, to less than half of the scale."""

    groups: int
    persons_confined: int
    hidden_confined: int
    narrowest: float

    @property
    def sentence(self) -> str:
        return (
            f"risk: {self.groups} derivable groups of fewer than {SMALL} answers; {self.persons_confined} "
            f"confine one person, and {self.hidden_confined} a small group inside them, to less than "
            f"{NARROW:.0%} of the scale; the narrowest leaves {self.narrowest:.0%}"
        )


def scale_of(evidence: Evidence, question: str, means: Sequence[Released]) -> Scale | None:
    """By the tallies or a distribution; else 1 to 5 unless a mean says otherwise."""
    lengths = {len(tally.counts) for tally in evidence.tallies if tally.question == question}
    lengths |= {
        len(release.value)
        for release in evidence.releases
        if release.question == question and isinstance(release.value, tuple)
    }
    if not lengths and all(1 <= mean.value <= 5 for mean in means if isinstance(mean.value, float | int)):
        lengths = {5}
    points = next(iter(lengths), 0)
    if len(lengths) != 1:
        return None
    return Scale(0, 10) if points == 11 else Scale(1, points)


def derived_groups(evidence: Evidence) -> Iterator[Derived]:
    """Every group whose number of answers and mean follow by subtracting figures of a question."""
    means: dict[str, list[Released]] = {}
    for release in evidence.releases:
        if release.statistic == MEAN and release.question is not None and release.value is not None:
            means.setdefault(release.question, []).append(release)
    for question, releases in means.items():
        scale = scale_of(evidence, question, releases)
        if scale is None:
            continue
        grouping = group([release.atoms for release in releases], len(evidence.atoms))
        values = np.zeros((len(grouping.rows), 2), dtype=np.int64)
        for row, release in zip(grouping.of, releases, strict=True):
            values[row] = release.n, round(float(release.value) * release.n)  # type: ignore[arg-type]
        known, found = resolve(grouping, values)
        for one in np.flatnonzero(known).tolist():
            n, total = found[one].tolist()
            if n > 0:
                yield Derived(question, scale, tuple(grouping.members[one].tolist()), n, total)


def risk_of(evidence: Evidence, groups: Sequence[Derived]) -> Risk:
    people: NDArray[np.int64] = np.array([atom.people for atom in evidence.atoms], dtype=np.int64)
    small = [one for one in groups if one.n < SMALL]
    persons = [one.width_for(1) for one in small]
    hidden = [
        one.width_for(int(inside))
        for one in small
        for inside in people[list(one.atoms)]
        if 0 < inside < min(one.n, evidence.minimum)
    ]
    return Risk(
        len(small),
        sum(width < NARROW for width in persons),
        sum(width < NARROW for width in hidden),
        min([*persons, *hidden], default=1.0),
    )
