"""The only form in which an answer leaves this app: a figure is shown, or withheld with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from statistics import fmean
from typing import NamedTuple, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# A released figure does not tell how far its answers lie apart. On five-point agreement their standard
# deviation is about 1 in staff surveys: a quarter of the scale.
SPREAD = 0.25


class Reason(Enum):
    """Why there is no figure; never dependent on what was answered. The sentence says what to do as well."""

    NOT_ASKED = "not_asked"
    TOO_FEW = "too_few"
    STILL_OPEN = "still_open"
    UNCHECKED = "unchecked"
    BREACH = "breach"

    @property
    def sentence(self) -> Promise:
        return SENTENCES[self]


SENTENCES = {
    Reason.NOT_ASKED: _("Not asked here in this wave: choose another wave."),
    Reason.TOO_FEW: _(
        "Too few or too similar answers to keep people anonymous. Look one level up, where they count "
        "if possible."
    ),
    Reason.STILL_OPEN: _("The wave is still open. Come back when it has closed."),
    Reason.UNCHECKED: _("The figures are being checked. Come back in a few minutes."),
    Reason.BREACH: _(
        "All figures are withheld, because the check found that people could be found out. Ask the "
        "privacy officer."
    ),
}


@dataclass(frozen=True, slots=True)
class Withheld:
    reason: Reason

    @property
    def is_shown(self) -> bool:
        return False


class Shares(NamedTuple):
    """Percentages of the answers that are favourable, neutral and unfavourable.

    of: how many answers these are, where they are fewer than the n of the figure; groups that are large
    enough for a mean and too small for shares are left out.
    """

    favourable: float
    neutral: float
    unfavourable: float
    of: int | None = None


class Shown(NamedTuple):
    """A released figure; a higher mean is always the better one, also for a reversed question.

    A tuple, as `Shares`, because a page may have thousands, and a frozen dataclass takes three times as long.

    mean: on the scale `lowest`..`highest`. n: answers. covered of invited: the people asked in this unit
    whose own group is in the figure; the others' groups were too small and count one level up.
    """

    mean: float
    n: int
    lowest: int
    highest: int
    shares: Shares | None
    distribution: tuple[int, ...] | None
    covered: int
    invited: int

    @property
    def is_shown(self) -> bool:
        return True

    @property
    def coverage(self) -> float:
        return self.covered / self.invited

    @property
    def left_out(self) -> int:
        return self.invited - self.covered

    @property
    def position(self) -> float:
        """Where the mean lies on its scale, from 0 to 1."""
        return (self.mean - self.lowest) / (self.highest - self.lowest)

    def without_distribution(self) -> Shown:
        """Written out: `_replace` takes three times as long, and a heatmap asks it of each cell."""
        if self.distribution is None:
            return self
        return Shown(
            self.mean, self.n, self.lowest, self.highest, self.shares, None, self.covered, self.invited
        )


Figure: TypeAlias = Shown | Withheld


@dataclass(frozen=True, slots=True)
class Chosen:
    """A released distribution of a single choice: how many chose each option, in order. It has no mean."""

    counts: tuple[int, ...]
    n: int
    covered: int
    invited: int

    @property
    def is_shown(self) -> bool:
        return True

    @property
    def left_out(self) -> int:
        return self.invited - self.covered

    @property
    def percentages(self) -> tuple[float, ...]:
        return tuple(100 * count / self.n for count in self.counts)


ChoiceFigure: TypeAlias = Chosen | Withheld


def index(figures: Iterable[Figure]) -> Figure:
    """A theme's figure: the mean of its released question means, so it adds no information.

    Questions on another scale than the first are left out; n and coverage are those of the smallest.
    """
    shown = [figure for figure in figures if isinstance(figure, Shown)]
    if not shown:
        return Withheld(Reason.TOO_FEW)
    if len(shown) == 1:
        return shown[0].without_distribution()
    alike = [figure for figure in shown if figure.highest == shown[0].highest]
    smallest = min(alike, key=lambda figure: (figure.n, figure.covered))
    return Shown(
        mean=fmean(figure.mean for figure in alike),
        n=smallest.n,
        lowest=smallest.lowest,
        highest=smallest.highest,
        shares=_mean_shares([figure.shares for figure in alike]),
        distribution=None,
        covered=smallest.covered,
        invited=smallest.invited,
    )


def _mean_shares(shares: list[Shares | None]) -> Shares | None:
    known = [share for share in shares if share is not None]
    if len(known) < len(shares):
        return None
    return Shares(
        fmean(share.favourable for share in known),
        fmean(share.neutral for share in known),
        fmean(share.unfavourable for share in known),
        min((share.of for share in known if share.of is not None), default=None),
    )


class Taking(NamedTuple):
    """Participation of a unit and those below it: how many answered of how many invited."""

    answered: int
    invited: int

    @property
    def percentage(self) -> float:
        return 100 * self.answered / self.invited
