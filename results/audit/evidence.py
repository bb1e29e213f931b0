"""What the auditor is given of a wave, from the tables or from exported files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

INVITED = "invited"
FINAL = "final"
MEAN, COUNT, FAVOURABLE, DISTRIBUTION = "mean", "count", "favourable", "distribution"
STATISTICS = (MEAN, COUNT, FAVOURABLE, DISTRIBUTION)
COMMENTS = "comments"

Places = NDArray[np.int64]  # positions in a list, in rising order
Value = float | tuple[int, ...] | None  # None: left out of the files


@dataclass(frozen=True, slots=True)
class Atom:
    """People whom no figure tells apart: those who were invited (step `invited`), or who answered."""

    name: str
    unit: str
    step: str
    people: int
    bands: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Released:
    """One figure, about `n` people. Without a question it is participation, of `n` invited people.

    of_blocks: whether the ledger calls it a sum of blocks; a live figure is one of cells.
    """

    name: str
    statistic: str
    question: str | None
    atoms: Places
    n: int
    value: Value
    released_at: datetime
    of_blocks: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """The answers of one block, as the ledger keeps them; it is in no export."""

    question: str
    atoms: Places
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """`n` comments that are read together, each of another person; without a question: in general."""

    name: str
    question: str | None
    atoms: Places
    n: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """`minimum`: the `k` that was promised. `tree`: each unit's parent, "" for a root."""

    wave: str
    minimum: int
    tree: Mapping[str, str]
    atoms: Sequence[Atom]
    releases: Sequence[Released]
    tallies: Sequence[Tally] = ()
    problems: Sequence[str] = ()  # found while reading
    comments: Sequence[Gathered] = ()

    @property
    def questions(self) -> list[str]:
        return sorted({release.question for release in self.releases if release.question is not None})


def places(found: Sequence[int] | set[int]) -> Places:
    return np.array(sorted(found), dtype=np.int64)
