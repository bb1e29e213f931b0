"""How much more units changed since something began in them than was to be expected.

Each unit's surplus is what its waves after lie above what was to be expected (`expecting`). The effect is how
much more of it the affected units have than the others. What the others' surpluses differ beyond what is
reckoned with (τ²) is estimated by the method of moments (DerSimonian and Laird, Meta-analysis in clinical
trials, 1986) and counts for the affected units too: with so few of them the usual standard error is far too
small (Conley and Taber, Inference with "Difference in Differences" with a Small Number of Policy Changes,
2011). Affected units lie in one unit, so what comes over them may be the same for all of them: of the
variance only sampling becomes less with their number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from results.effects.effect import FEWEST_OTHERS, Caution, Effect, Series
from results.effects.expecting import surplus

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

ENOUGH_OTHERS = 10
CONFIDENCE = 0.9
LOW_START = 0.15  # of the others that start lower: from there figures rise by themselves
LIKELY = 0.5


def effect(
    affected: Series,
    others: Series,
    *,
    times: Floats,
    after: Sequence[bool],
    shifted: float | None = None,
) -> Effect | None:
    """On a scale of five points. `times`: of the waves, in usual intervals; `after`: per wave.

    `shifted`: how probable a shift of the affected units was, as the signal said because of which it began.
    None when there are fewer than four others, or no wave before or after.
    """
    since = np.array(after)
    own, rest = _with_both_sides(affected, since), _with_both_sides(others, since)
    if not len(own.mean) or len(rest.mean) < FEWEST_OTHERS:
        return None
    here = np.arange(len(own.mean) + len(rest.mean)) < len(own.mean)
    found = surplus(own.and_of(rest), here, times, since, shifted)
    noise = found.course[~here] + found.sampling[~here]
    excess = _excess(found.size[~here], noise)
    weights = 1 / (excess + noise)
    size = float(found.size[here].mean() - np.average(found.size[~here], weights=weights))
    sampling = found.sampling[here].mean() / here.sum()
    variance = found.course[here].mean() + sampling + excess + 1 / weights.sum()
    reach = float(stdtrit(len(rest.mean) - 1, (1 + CONFIDENCE) / 2) * np.sqrt(variance))
    change = float((_average(own.mean[:, since]) - _average(own.mean[:, ~since])).mean())
    return Effect(
        size=size,
        lowest=size - reach,
        highest=size + reach,
        affected_change=change,
        expected=change - size,
        affected=len(own.mean),
        others=len(rest.mean),
        cautions=tuple(_cautions(own, rest, since, found.shifting[here], shifted is not None)),
    )


def _with_both_sides(series: Series, since: Flags) -> Series:
    """Of units with figures before and after."""
    seen = np.isfinite(series.mean)
    return series.of(np.asarray(seen[:, since].any(axis=1) & seen[:, ~since].any(axis=1)))


def _excess(sizes: Floats, noise: Floats) -> float:
    """τ² of the units that nothing happened to, by DerSimonian and Laird."""
    weights = 1 / noise
    mean = np.average(sizes, weights=weights)
    more = float((weights * (sizes - mean) ** 2).sum() - (len(sizes) - 1))
    return max(more / float(weights.sum() - (weights**2).sum() / weights.sum()), 0.0)


def _cautions(
    own: Series, rest: Series, since: Flags, shifting: Floats, signalled: bool
) -> Iterator[Caution]:
    if len(rest.mean) < ENOUGH_OTHERS:
        yield Caution.FEW_OTHERS
    if min(int(since.sum()), int((~since).sum())) < 2:
        yield Caution.FEW_WAVES
    if signalled:
        yield Caution.BECAUSE_LOW
        return
    if shifting.mean() > LIKELY:
        yield Caution.ALREADY_MOVING
    lower = float((_average(rest.mean[:, ~since]) < _average(own.mean[:, ~since]).mean()).mean())
    if not LOW_START < lower < 1 - LOW_START:
        yield Caution.EXTREME_START


def _average(values: Floats) -> Floats:
    """Per unit, over the waves with a figure."""
    seen = np.isfinite(values)
    found: Floats = np.where(seen, values, 0.0).sum(axis=1) / seen.sum(axis=1)
    return found
