"""What is compared, and what comes of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from enum import Enum
from typing import Any, Self

import numpy as np
from django.db import models
from django.utils.translation import gettext_lazy
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FEWEST_OTHERS = 4  # units to compare with


@dataclass(frozen=True, slots=True)
class Series:
    """Units × waves, on a scale of five points; NaN where nothing is shown. `people`: of whom n answered."""

    mean: Floats
    n: Floats
    people: Floats

    def of(self, units: slice | Flags) -> Series:
        return Series(self.mean[units], self.n[units], self.people[units])

    def and_of(self, more: Series) -> Series:
        pairs = ((self.mean, more.mean), (self.n, more.n), (self.people, more.people))
        return Series(*(np.concatenate(pair) for pair in pairs))


class Caution(Enum):
    """Why a before/after comparison may mislead."""

    FEW_OTHERS = "few_others"
    FEW_WAVES = "few_waves"
    ALREADY_MOVING = "already_moving"
    EXTREME_START = "extreme_start"
    OTHER_CHANGES = "other_changes"
    BECAUSE_LOW = "because_low"


class Moved(models.TextChoices):
    """How figures moved since something began."""

    BETTER = "better", gettext_lazy("It did better here than was to be expected.")
    WORSE = "worse", gettext_lazy("It did worse here than was to be expected.")
    UNCLEAR = "unclear", gettext_lazy("No clear difference from what was to be expected.")


@dataclass(frozen=True, slots=True)
class Effect:
    """In points of the theme's scale; `expected`: the change that there would have been without it."""

    size: float
    lowest: float
    highest: float
    affected_change: float
    expected: float
    affected: int
    others: int
    cautions: tuple[Caution, ...]

    @property
    def clear(self) -> bool:
        return self.lowest > 0 or self.highest < 0

    @property
    def moved(self) -> Moved:
        if not self.clear:
            return Moved.UNCLEAR
        return Moved.BETTER if self.size > 0 else Moved.WORSE

    def in_points(self, points: float) -> Effect:
        """`points` of the theme's scale in a point of the scale of five."""
        sizes = ("size", "lowest", "highest", "affected_change", "expected")
        return replace(self, **{name: points * getattr(self, name) for name in sizes})

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "cautions": [one.value for one in self.cautions]}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        return cls(**{**kept, "cautions": tuple(Caution(one) for one in kept["cautions"])})
