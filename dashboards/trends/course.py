"""One theme in one unit along the waves that asked it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import dropwhile

from django.utils import timezone

from dashboards.charts.line import shown
from dashboards.charts.trend import Beside, range_on_scale
from dashboards.trends.lineage import Estimate, Lineage
from results.figures import Figure, Reason, Shown, Withheld
from results.queries import Sheet
from surveys.models import Theme, Wave


@dataclass(frozen=True, slots=True)
class Moment:
    """`estimate`: what stands for a wave from before a reorganisation."""

    day: date
    figure: Figure
    estimate: Estimate | None = None

    @property
    def is_known(self) -> bool:
        """Whether the unit was there, or those that it came from."""
        return self.estimate is not None or self.figure != Withheld(Reason.NOT_ASKED)


@dataclass(frozen=True, slots=True)
class ShownMoment:
    day: date
    figure: Shown


@dataclass(frozen=True, slots=True)
class Course:
    name: str
    moments: Sequence[Moment]
    lowest: float = 1
    highest: float = 5

    @property
    def figures(self) -> list[Figure]:
        return [one.figure for one in self.moments]

    def beside(self, kind: str) -> Beside:
        """As another trend shows it."""
        return Beside(self.name, self.figures, kind)

    @property
    def last(self) -> tuple[date, float] | None:
        found = [(one.day, one.figure.mean) for one in self.moments if isinstance(one.figure, Shown)]
        return found[-1] if found else None

    def stretches(self) -> list[list[ShownMoment]]:
        """Shown figures that follow each other without a withheld one between them."""
        found: list[list[ShownMoment]] = [[]]
        for one in self.moments:
            if isinstance(one.figure, Shown):
                found[-1].append(ShownMoment(one.day, one.figure))
            elif found[-1]:
                found.append([])
        return [stretch for stretch in found if stretch]


def course(
    name: str, unit_id: int, theme: Theme, waves: Sequence[Wave], sheet: Sheet, lineage: Lineage | None = None
) -> Course:
    """From the first wave on in which something of it is known."""
    every = [
        Moment(
            timezone.localdate(wave.closes_at),
            sheet.index(wave, unit_id, theme.pk),
            lineage.estimate(sheet, wave, unit_id, theme.pk) if lineage else None,
        )
        for wave in waves
    ]
    moments = list(dropwhile(lambda one: not one.is_known, every)) or every
    scale = shown([one.figure for one in moments])
    if not scale:
        return Course(name, moments)
    points = scale[0].highest - scale[0].lowest
    values = [one.mean for one in scale] + [one.estimate.mean for one in moments if one.estimate]
    places = [(value - scale[0].lowest) / points for value in values]
    return Course(name, moments, *range_on_scale(scale[0], (min(places), max(places))))
