"""The colour of a heatmap cell: seven steps, on a scale, of a share or of a difference."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from dashboards.rounding import as_shown, with_one_decimal
from results.figures import Shown

# Parts of the scale from 0 to 1; on a scale from 1 to 5 they are 2.4, 2.8, 3.2, 3.6, 4.0 and 4.4. The middle
# step lies where averages of such questions usually lie, above the middle of the scale.
BOUNDS = (0.35, 0.45, 0.55, 0.65, 0.75, 0.85)
# Of a percentage that is favourable, which in staff surveys is about half.
SHARES = (0.25, 0.35, 0.45, 0.55, 0.65, 0.75)
# The same for a difference, which lies round nothing; on a scale of five points 0.1, 0.3 and 0.5.
DIFFERENCES = (-0.125, -0.075, -0.025, 0.025, 0.075, 0.125)
MIDDLE = 4


def heat_step(figure: Shown) -> int:
    """From 1, least favourable, to 7; of the value as shown, so equal numbers have equal colours."""
    shown = (as_shown(figure.mean) - figure.lowest) / (figure.highest - figure.lowest)
    return 1 + bisect_right(BOUNDS, round(shown, 4))


def share_step(percentage: float) -> int:
    return 1 + bisect_right(SHARES, round(percentage) / 100)


def difference_step(part: float) -> int:
    """`part`: of the scale. A difference on a bound takes the colour further from the middle."""
    steps = bisect_right(DIFFERENCES[MIDDLE - 1 :], round(abs(part), 4))
    return MIDDLE + steps if part > 0 else MIDDLE - steps


@dataclass(frozen=True, slots=True)
class KeyStep:
    """One colour of the key: `sign` "<" up to `bound`, "≥" from it; none for a difference from `bound` on."""

    sign: str
    bound: str


def heat_key(lowest: int, highest: int) -> list[KeyStep]:
    return _key([with_one_decimal(lowest + bound * (highest - lowest)) for bound in BOUNDS])


def share_key() -> list[KeyStep]:
    return _key([f"{bound:.0%}" for bound in SHARES])


def _key(bounds: list[str]) -> list[KeyStep]:
    return [KeyStep("<", bounds[0]), *(KeyStep("≥", bound) for bound in bounds)]


def difference_key(points: int) -> list[KeyStep]:
    """Of a difference on a scale of so many points between its ends."""
    far, more, some = (with_one_decimal(points * bound) for bound in reversed(DIFFERENCES[MIDDLE - 1 :]))
    below = [KeyStep("", f"−{bound}") for bound in (far, more, some)]
    return [*below, KeyStep("", "0"), *(KeyStep("", f"+{bound}") for bound in (some, more, far))]
