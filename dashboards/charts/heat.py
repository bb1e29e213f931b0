"""The colour of a heatmap cell: seven steps along the scale of its question."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from dashboards.rounding import as_shown
from results.figures import Shown

# Parts of the scale from 0 to 1; on a scale from 1 to 5 they are 2.4, 2.8, 3.2, 3.6, 4.0 and 4.4. The middle
# step lies where averages of such questions usually lie, above the middle of the scale.
BOUNDS = (0.35, 0.45, 0.55, 0.65, 0.75, 0.85)


def heat_step(figure: Shown) -> int:
    """From 1, least favourable, to 7; of the value as shown, so equal numbers have equal colours."""
    shown = (as_shown(figure.mean) - figure.lowest) / (figure.highest - figure.lowest)
    return 1 + bisect_right(BOUNDS, round(shown, 4))


@dataclass(frozen=True, slots=True)
class KeyStep:
    """One colour of the key: `sign` "<" up to `bound`, or "≥" from it."""

    sign: str
    bound: float


def heat_key(lowest: int, highest: int) -> list[KeyStep]:
    on_scale = [lowest + bound * (highest - lowest) for bound in BOUNDS]
    return [KeyStep("<", on_scale[0]), *(KeyStep("≥", bound) for bound in on_scale)]
